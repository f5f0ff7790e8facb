#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The AppArmor profile as AppArmor's own compiler reads it; test_apparmor.py shows what it does in a kernel."""
import pathlib
import re
import subprocess
import unittest

PACKAGING = pathlib.Path(__file__).resolve().parents[2] / "packaging"
PROFILE = PACKAGING / "apparmor" / "numproofd"
PARSER = "/usr/sbin/apparmor_parser"


def rules(text):
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


class Profile(unittest.TestCase):
    def setUp(self):
        self.text = PROFILE.read_text(encoding="utf-8")

    def parse(self, text, *options):
        """Status and all that was told, without touching a kernel or a cache."""
        told = subprocess.run([PARSER, "--skip-kernel-load", "--skip-cache", *options], input=text, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        # A kernel without AppArmor has nowhere to say what it can; the profile names the features it is written for.
        kept = [line for line in told.stdout.splitlines() if "interface file missing" not in line]
        return told.returncode, "\n".join(kept)

    def test_it_parses(self):
        self.assertEqual(self.parse(self.text), (0, ""))

    def test_a_mistake_would_be_seen(self):
        self.assertNotEqual(self.parse(self.text.replace("/** rwk,", "/** rwkq,"))[0], 0)
        self.assertNotEqual(self.parse(self.text.replace("abstractions/base", "abstractions/bass"))[0], 0)

    def test_the_unit_names_it(self):
        self.assertEqual(self.parse(self.text, "--names"), (0, "numproofd"))
        unit = (PACKAGING / "systemd" / "numproofd.service").read_text(encoding="utf-8")
        self.assertIn("\nAppArmorProfile=-numproofd\n", unit)

    def test_it_gives_no_capability_and_starts_nothing(self):
        for rule in rules(self.text):
            self.assertNotRegex(rule, r"^(capability|mount|ptrace|change_profile|userns)\b")
            self.assertNotRegex(rule, r"\bflags=.*(complain|unconfined)")
            access = re.search(r"^(?:owner )?[@/]\S* ([a-zA-Z]+),$", rule)
            if access:
                self.assertRegex(access[1], r"^(m?r|r?wk?)$", rule)

    def test_only_its_own_folders_are_written(self):
        written = {rule.removeprefix("owner ").split()[0] for rule in rules(self.text) if re.search(r" r?wk?,$", rule)}
        whole = {path for path in written if path.endswith("**")}
        self.assertEqual(whole, {"/var/lib/numproof/**", "@{run}/numproof/**"})


if __name__ == "__main__":
    unittest.main()
