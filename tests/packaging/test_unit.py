#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The unit as systemd's own tools judge it: it understands every line, and finds it hardened."""
import pathlib
import re
import subprocess
import tempfile
import unittest

PACKAGING = pathlib.Path(__file__).resolve().parents[2] / "packaging"
UNIT = PACKAGING / "systemd" / "numproofd.service"
SOCKET = PACKAGING / "systemd" / "numproofd.socket"
# Tenths of what systemd-analyze calls exposure: 0 (nothing can be harmed) to 100.
EXPOSURE_MAX = 10


def with_programs_of_this_machine(text):
    """What is started is not installed here; whether it is, is what the packages' test shows."""
    return re.sub(r"/usr/(bin|libexec)/[a-z/-]*(?=\s)", "/bin/true", text)


def directives(text):
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line and line[0] not in "#;")


class Unit(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.copy = pathlib.Path(folder.name) / "numproofd.service"
        self.text = UNIT.read_text(encoding="utf-8")

    def analyze(self, text, *command):
        self.copy.write_text(with_programs_of_this_machine(text), encoding="utf-8")
        return subprocess.run(["systemd-analyze", *command, str(self.copy)], capture_output=True, text=True, check=False)

    def verify(self, text):
        # Unknown directives and bad values are only printed: the exit status is 0.
        told = self.analyze(text, "verify", "--man=no")
        return told.returncode, told.stdout + told.stderr

    def exposure(self, text):
        return self.analyze(text, "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager")

    def test_every_line_is_understood(self):
        self.assertEqual(self.verify(self.text), (0, ""))

    def test_a_mistake_would_be_seen(self):
        self.assertIn("ProtectEverything", self.verify(self.text.replace("ProtectHome=", "ProtectEverything="))[1])

    def test_exposure(self):
        judged = self.exposure(self.text)
        self.assertEqual(judged.returncode, 0, judged.stdout)

    def test_less_hardening_would_be_seen(self):
        self.assertNotEqual(self.exposure(self.text.replace("ProtectSystem=strict\n", "")).returncode, 0)

    def test_what_systemd_does_not_score(self):
        unit = directives(self.text)
        for name, value in {"Type": "notify", "WatchdogSec": "30", "LimitCORE": "0", "NoExecPaths": "/",
                            "Restart": "on-failure", "RestartPreventExitStatus": "64 78", "User": "numproof",
                            "UMask": "0077", "ExecReload": "/usr/bin/numproofctl reload"}.items():
            self.assertEqual(unit.get(name), value, name)

    def test_examples_are_understood_with_it(self):
        for name in ("networks.conf", "credentials.conf"):
            example = (PACKAGING / "systemd" / name).read_text(encoding="utf-8")
            added = example.split("[Service]", 1)[1]
            self.assertEqual(self.verify(self.text.replace("\n[Install]", added + "\n[Install]")), (0, ""), name)


class OlderSystemd(Unit):
    """The variant for systemd 239 is judged by the systemd that is here: less, but nothing wrong."""

    def setUp(self):
        super().setUp()
        self.whole = self.text
        made = subprocess.run([PACKAGING / "systemd" / "unit_for.py", "239"], input=self.text,
                              capture_output=True, text=True, check=True)
        self.text = made.stdout

    def test_exposure(self):
        self.assertLess(len(directives(self.text)), len(directives(self.whole)))
        for newer in ("ExecCondition", "ProtectProc", "PrivateIPC", "ExecPaths", "ProtectClock"):
            self.assertNotIn(newer, directives(self.text))

    def test_what_systemd_does_not_score(self):
        for name, value in {"Type": "notify", "User": "numproof", "ProtectSystem": "strict",
                            "PrivateMounts": "yes"}.items():
            self.assertEqual(directives(self.text).get(name), value, name)

    test_less_hardening_would_be_seen = test_examples_are_understood_with_it = test_a_mistake_would_be_seen = None


class Socket(unittest.TestCase):
    """The listener that is held over restarts."""

    def verify(self, text):
        with tempfile.TemporaryDirectory() as name:
            service = UNIT.read_text(encoding="utf-8")
            (pathlib.Path(name) / UNIT.name).write_text(with_programs_of_this_machine(service), encoding="utf-8")
            socket = pathlib.Path(name) / SOCKET.name
            socket.write_text(text, encoding="utf-8")
            told = subprocess.run(["systemd-analyze", "verify", "--man=no", str(socket)], capture_output=True,
                                  text=True, check=False)
        return told.returncode, told.stdout + told.stderr

    def test_every_line_is_understood(self):
        text = SOCKET.read_text(encoding="utf-8")
        self.assertEqual(self.verify(text), (0, ""))
        self.assertIn("KeepOpen", self.verify(text.replace("NoDelay=", "KeepOpen="))[1])

    def test_it_listens_where_the_configuration_as_shipped_does(self):
        shipped = (PACKAGING.parent / "config" / "numproof.yaml").read_text(encoding="utf-8")
        unit = directives(SOCKET.read_text(encoding="utf-8"))
        self.assertRegex(shipped, r'(?m)^ *#? *- ?\{? ?address: "?' + re.escape(unit["ListenStream"]))
        self.assertEqual(unit["BindIPv6Only"], "ipv6-only")


class Waiting(unittest.TestCase):
    """What keeps an unconfigured service from starting."""

    def ask(self, configuration, shipped):
        return subprocess.run([PACKAGING / "systemd" / "is-configured", configuration, shipped],
                              capture_output=True, text=True, check=False)

    def test_missing_unchanged_and_changed(self):
        with tempfile.TemporaryDirectory() as name:
            shipped, mine = pathlib.Path(name) / "shipped.yaml", pathlib.Path(name) / "mine.yaml"
            shipped.write_text("auth: {issuer: null}\n", encoding="utf-8")
            told = self.ask(mine, shipped)
            self.assertEqual(told.returncode, 1)
            self.assertIn("is missing", told.stdout)
            mine.write_bytes(shipped.read_bytes())
            told = self.ask(mine, shipped)
            self.assertEqual(told.returncode, 1)
            self.assertIn("as it was shipped", told.stdout)
            self.assertIn("systemctl start numproofd", told.stdout)
            mine.write_text("auth: {issuer: https://idp.example.com}\n", encoding="utf-8")
            told = self.ask(mine, shipped)
            self.assertEqual((told.returncode, told.stdout, told.stderr), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
