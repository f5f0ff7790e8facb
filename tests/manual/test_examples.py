# SPDX-License-Identifier: Apache-2.0
"""The configurations of docs/configure.md are good, with files of their own in the place of the operator's."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from pages import BIN, DOCS, ROOT

EXAMPLES = ROOT / "config/examples"
WHOLE = ("one-box.yaml", "two-nodes-sentinel.yaml", "cluster-three-brokers.yaml")


def run(*words, env=None):
    return subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **(env or {})})


def certificate(folder, name):
    """A certificate NAME.pem and its key NAME.key."""
    done = run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
               "-subj", f"/CN={name}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")
    assert done.returncode == 0, done.stderr
    (folder / f"{name}.key").chmod(0o600)


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.held = tempfile.TemporaryDirectory(prefix="numproof-examples-")
        cls.addClassCleanup(cls.held.cleanup)
        cls.etc = pathlib.Path(cls.held.name) / "etc"
        cls.credentials = pathlib.Path(cls.held.name) / "credentials"
        (cls.etc / "keys/signing").mkdir(parents=True)
        cls.credentials.mkdir()
        for file, kind in ((cls.etc / "keys/signing/k1.pem", "signing"), (cls.etc / "keys/directory.key", "directory"),
                           (cls.etc / "keys/audit.key", "audit"), (cls.credentials / "directory.key", "directory"),
                           (cls.credentials / "audit.key", "audit")):
            made = run(BIN / "numproofctl", "key", "new", kind, "--file", file)
            assert made.returncode == 0, made.stderr
        for file in (cls.etc / "keys/redis.password", cls.credentials / "redis-password",
                     cls.credentials / "sentinel-password", cls.credentials / "kafka-password"):
            file.write_text("correct-horse\n")
            file.chmod(0o600)
        for name in ("redis-ca", "kafka-ca", "node"):
            certificate(cls.etc, name)
        (cls.etc / "node.key").rename(cls.credentials / "node.key")
        (cls.etc / "clients.yaml").write_text((EXAMPLES / "clients.yaml").read_text())

    def check(self, name, *overrides):
        """Exit status and words of --check-config for the example, with our folder in the place of /etc/numproof."""
        file = self.etc / name
        file.write_text((EXAMPLES / name).read_text().replace("/etc/numproof", str(self.etc)))
        words = [word for override in overrides for word in ("--set", override)]
        done = run(BIN / "numproofd", "--config", file, "--check-config", *words,
                   env={"CREDENTIALS_DIRECTORY": str(self.credentials)})
        return done.returncode, done.stdout + done.stderr

    def test_each_is_good(self):
        for name in WHOLE:
            with self.subTest(name):
                self.assertEqual(self.check(name), (0, "the configuration is good\n"))

    def test_a_node_that_only_reads_feeds_is_good(self):
        self.assertEqual(self.check(WHOLE[2], "node.name=np-ingest-1", "node.roles=[ingest]")[0], 0)

    def test_each_file_that_they_name_is_looked_at(self):
        for name in WHOLE:
            text = (EXAMPLES / name).read_text()
            named = [self.etc / path for path in re.findall(r"_file: /etc/numproof/([^\s,}]+)", text)]
            named += [self.credentials / path for path in re.findall(r"credential:([^\s,}]+)", text)]
            self.assertGreater(len(named), 3)
            for file in set(named):
                with self.subTest(name, file=file.name):
                    away = file.rename(file.with_suffix(".away"))
                    try:
                        status, words = self.check(name)
                    finally:
                        away.rename(file)
                    self.assertEqual(status, 78, words)
                    self.assertIn(file.name, words)

    def test_the_page_shows_what_is_there(self):
        page = (DOCS / "configure.md").read_text()
        for name in (path.name for path in EXAMPLES.iterdir()):
            self.assertIn(f"(../config/examples/{name})", page)


if __name__ == "__main__":
    unittest.main()
