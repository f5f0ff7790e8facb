# SPDX-License-Identifier: Apache-2.0
"""What the pages for operators say of alerts, messages, metrics and sizes is so."""

import re
import unittest

from pages import DOCS, ROOT

ALERTS = """NotReady WatermarkStale LagGrowing SpoolFilling SpoolFull AuditDenied IntegrityFailure ConflictRate
            FalseRatioHigh RedisUnavailable DLQBurst CertExpiring ReloadFailed ErrorBudgetBurn RestartLoop ClockSkew""".split()
FILES = {"directory.key", "audit.key"}
UNITS = {"MB": 1e6, "GB": 1e9, "GiB": 2**30, "hour": 3600, "hours": 3600}


def text_of(page):
    return (DOCS / page).read_text()


def table_below(text, heading):
    """The rows of the first table whose head begins with `heading`."""
    rows = text.split(f"| {heading} |", 1)[1].split("\n\n")[0].split("\n")[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def number(text):
    return float(re.match(r"[\d.,]+", text).group().replace(",", ""))


class Runbook(unittest.TestCase):
    def sections(self):
        parts = re.split(r"^## (\w+)\n", text_of("runbook.md"), flags=re.M)
        return dict(zip(parts[1::2], parts[2::2]))

    def test_each_alert_has_its_section(self):
        self.assertEqual(list(self.sections()), ALERTS)

    def test_each_section_says_what_has_to_be_said(self):
        for name, text in self.sections().items():
            words = " ".join(re.findall(r"^\*\*(.*?)\*\*", text, re.M)).lower()
            for word in ("means", "look at", "do", "over"):
                self.assertIn(word, words, name)

    def test_each_alert_that_is_shipped_has_a_section(self):
        for rules in (ROOT / "packaging").rglob("*.yml"):
            for alert in re.findall(r"^\s*- alert: (\w+)", rules.read_text(), re.M):
                self.assertIn(alert, ALERTS, rules.name)


class Names(unittest.TestCase):
    PAGES = ("runbook.md", "exit-codes.md", "configure.md", "sizing.md", "install.md", "upgrade.md", "backup.md",
             "hardening.md", "threat-model.md")

    def test_messages_exist(self):
        known = set(re.findall(r"NP-[A-Z]+-\d{3}", text_of("messages.md")))
        self.assertGreater(len(known), 30)
        for page in self.PAGES:
            # `NP-KAFKA-003`, `-011`: the second is of the same family.
            for family, number_, more in re.findall(r"`NP-([A-Z]+)-(\d{3})`((?:(?:,| or) `-\d{3}`)*)", text_of(page)):
                for each in [number_, *re.findall(r"\d{3}", more)]:
                    self.assertIn(f"NP-{family}-{each}", known, page)

    def test_metrics_exist(self):
        sources = "\n".join(path.read_text() for top in ("daemon", "adapters") for path in (ROOT / top).rglob("*.cc"))
        seen = 0
        for page in self.PAGES:
            for metric in re.findall(r"`(numproof_[a-z_]+)", text_of(page)):
                self.assertIn(f'"{metric}"', sources, page)
                seen += 1
        self.assertGreater(seen, 10)

    def test_settings_exist(self):
        known = set(re.findall(r"^\| `([^`]+)` \|", text_of("settings.md"), re.M))
        seen = 0
        for page in self.PAGES:
            for key in re.findall(r"`((?:node|http|auth|directory|kafka|ingest|audit|log)\.[a-z_.]+)(?:: \w+)?`", text_of(page)):
                self.assertTrue(key in known or key in FILES, f"{page}: {key}")
                seen += 1
        self.assertGreater(seen, 20)


class ThreatModel(unittest.TestCase):
    def test_what_is_said_to_show_it_exists(self):
        tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*") if path.suffix in (".txt", ".py", ".h", ".cc"))
        rows = table_below(text_of("threat-model.md"), "attack | what is done | shown by")
        self.assertGreater(len(rows), 15)
        for row in rows:
            for name in re.findall(r"`(?:fire: )?([^`]+)`", row[-1]):
                if name.startswith("tests/"):
                    self.assertTrue((ROOT / name).is_dir(), name)
                elif name.startswith("e2e_"):
                    self.assertTrue(list((ROOT / "tests").glob(f"*/test_{name[4:]}.py")), name)
                elif name.startswith("numproofctl "):
                    self.assertIn(f".It Ic {name.split(' ', 1)[1]}", (ROOT / "packaging/man/numproofctl.8").read_text())
                else:
                    self.assertRegex(tests, rf"\b{name}\b")


class Sizes(unittest.TestCase):
    """The tables of sizing.md are what its formulas give."""

    def test_memory_of_redis(self):
        for sessions, sign_ins, size in table_below(text_of("sizing.md"), "sessions | sign-ins a second | Redis"):
            bytes_ = 2 * (number(sessions) * 370 + number(sign_ins) * 300 * 2 * 300)
            value, unit = size.split()
            self.assertAlmostEqual(bytes_ / UNITS[unit] / float(value), 1, delta=0.03)

    def test_bytes_of_the_spool(self):
        page = text_of("sizing.md")
        head = "verifications with their sign-ins, a second on a node | events a second | 1 hour without Kafka | 8 hours"
        for rate, events, one, eight in table_below(page, head):
            self.assertEqual(number(events), 3 * number(rate))
            for hours, size in ((1, one), (8, eight)):
                need = number(events) * hours * 3600 * 1.6 * 1024 + 32 * 2**20
                self.assertAlmostEqual(need / 2**30, number(size), delta=max(0.06, number(size) * 0.03))


if __name__ == "__main__":
    unittest.main()
