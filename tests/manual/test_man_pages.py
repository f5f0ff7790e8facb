# SPDX-License-Identifier: Apache-2.0
"""The manual pages say what the programs do: no option, command, setting or exit status is missing or made up."""

import pathlib
import re
import subprocess
import tempfile
import unittest

from pages import BIN, DOCS, MAN, PAGES, ROOT, commands_of, exit_codes, help_of, options_of, rendered


def listed(text, section):
    """The part of a rendered page between this heading and the next."""
    return re.split(r"^(?=\S)", text.split(f"\n{section}\n", 1)[1], maxsplit=1, flags=re.M)[0]


def source(page):
    return (MAN / page).read_text().replace("\\-", "-").replace("\\&", "")


class Pages(unittest.TestCase):
    def test_all_are_there_and_nothing_else(self):
        self.assertEqual(sorted(path.name for path in MAN.iterdir()), sorted(PAGES))

    def test_they_are_rendered_without_a_warning(self):
        for page in PAGES:
            with self.subTest(page):
                text, complaints = rendered(MAN / page)
                self.assertEqual(complaints, "")
                self.assertIn("\nNAME\n", text)
                self.assertIn("\nSEE ALSO\n", text)

    def test_a_warning_would_be_seen(self):
        with tempfile.TemporaryDirectory(prefix="numproof-man-") as folder:
            bad = pathlib.Path(folder) / "bad.8"
            bad.write_text(".Dd November 23, 2026\n.Dt BAD 8\n.Os\n.Sh NAME\n.Nm bad\n.Nd bad\n.Zz unknown\n")
            self.assertIn("Zz", rendered(bad)[1])

    def test_what_they_refer_to_exists(self):
        others = {("systemd.exec", "5")}
        for page in PAGES:
            for name, section in re.findall(r"^\.Xr (\S+) (\d)", source(page), re.M):
                self.assertTrue(f"{name}.{section}" in PAGES or (name, section) in others, f"{page}: {name}({section})")


class Commands(unittest.TestCase):
    def test_options_of_the_daemon(self):
        there = set(re.findall(r"^\.It Fl (?:h , Fl )?-([a-z-]+)", source("numproofd.8"), re.M))
        self.assertEqual(there, options_of(help_of("numproofd")))

    def test_options_of_the_tool(self):
        there = set(re.findall(r"^\.It Fl (?:h , Fl )?-([a-z-]+)", source("numproofctl.8"), re.M))
        self.assertEqual(there, options_of(help_of("numproofctl")))

    def test_commands_of_the_tool(self):
        there = set(re.findall(r"^\.It Ic ([a-z ]+?)(?: Ar .*)?$", source("numproofctl.8"), re.M))
        self.assertEqual(there, {" ".join(words) for words in commands_of("numproofctl")})

    def test_options_of_its_commands(self):
        text = source("numproofctl.8")
        there = set(re.findall(r"\bFl -([a-z-]+)", text))
        for words, shown in commands_of("numproofctl").items():
            for option in options_of(shown):
                self.assertIn(option, there, f"numproofctl {' '.join(words)} --{option}")


class Settings(unittest.TestCase):
    def test_every_key_is_in_its_page(self):
        rows = re.findall(r"^(?:## (.*)|\| `([^`]+)` \|)", (DOCS / "settings.md").read_text(), re.M)
        page, found = "numproof.yaml.5", {"numproof.yaml.5": [], "numproof-clients.5": []}
        for heading, key in rows:
            if heading:
                page = "numproof-clients.5" if heading == "clients.yaml" else "numproof.yaml.5"
            else:
                found[page].append(key)
        for name, keys in found.items():
            self.assertGreater(len(keys), 20)
            shown = re.findall(r"^\.It Sy (\S+)$", source(name), re.M)
            self.assertEqual(shown, keys)


class ExitStatuses(unittest.TestCase):
    def statuses(self, page):
        return {int(n) for n in re.findall(r"^ {5}(\d+) ", listed(rendered(MAN / page)[0], "EXIT STATUS"), re.M)}

    def test_they_are_those_of_the_code(self):
        codes = exit_codes()
        self.assertGreater(len(codes), 5)
        self.assertEqual(self.statuses("numproofd.8"), set(codes.values()) - {codes["Failed"]})
        self.assertEqual(self.statuses("numproofctl.8"), set(codes.values()) - {codes["Configuration"]})
        rows = re.findall(r"^\| (\d+) \|", (DOCS / "exit-codes.md").read_text(), re.M)
        self.assertEqual([int(row) for row in rows], sorted(codes.values()))

    def test_they_are_those_of_sysexits(self):
        text = subprocess.run(["cc", "-E", "-dM", "-include", "sysexits.h", "-x", "c", "/dev/null"],
                              capture_output=True, text=True, check=True, timeout=60).stdout
        theirs = {name: int(number) for name, number in re.findall(r"^#define (EX_\w+) (\d+)", text, re.M)}
        names = {"Usage": "EX_USAGE", "Unavailable": "EX_UNAVAILABLE", "Bug": "EX_SOFTWARE", "Configuration": "EX_CONFIG"}
        for name, theirs_name in names.items():
            self.assertEqual(exit_codes()[name], theirs[theirs_name])

    def test_the_programs_end_so(self):
        for program in ("numproofd", "numproofctl"):
            done = subprocess.run([BIN / program, "--no-such-option"], capture_output=True, timeout=30)
            self.assertEqual(done.returncode, exit_codes()["Usage"])
        missing = subprocess.run([BIN / "numproofd", "--config", "/nonexistent.yaml"], capture_output=True, timeout=30)
        self.assertEqual(missing.returncode, exit_codes()["Configuration"])
        nobody = subprocess.run([BIN / "numproofctl", "--socket", "/nonexistent.sock", "status"], capture_output=True,
                                timeout=30)
        self.assertEqual(nobody.returncode, exit_codes()["Unavailable"])


class Links(unittest.TestCase):
    def test_links_between_pages_lead_somewhere(self):
        seen = 0
        for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
            for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
                if "://" in target:
                    continue
                path, _, anchor = target.partition("#")
                other = (page.parent / path).resolve() if path else page
                self.assertTrue(other.exists(), f"{page.name}: {target}")
                if anchor:
                    headings = re.findall(r"^#+ (.*)", other.read_text(), re.M)
                    slugs = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in headings}
                    self.assertIn(anchor, slugs, f"{page.name}: {target}")
                seen += 1
        self.assertGreater(seen, 20)


if __name__ == "__main__":
    unittest.main()
