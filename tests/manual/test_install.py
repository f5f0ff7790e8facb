# SPDX-License-Identifier: Apache-2.0
"""The keys, the client and the configuration that docs/install.md makes are good."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from pages import BIN, DOCS


class Install(unittest.TestCase):
    def test_what_the_page_makes_is_good(self):
        steps = re.findall(r"^```sh\n(.*?)^```$", (DOCS / "install.md").read_text(), re.M | re.S)
        self.assertEqual(len(steps), 3)
        with tempfile.TemporaryDirectory(prefix="numproof-install-") as folder:
            etc = pathlib.Path(folder)
            (etc / "keys/signing").mkdir(parents=True)
            text = "set -eu\n" + "\n".join(steps).replace("/etc/numproof", folder)
            # The folder of /etc is the default of these; here it is another one.
            words = f"--config {etc}/numproof.yaml --check-config"
            for key, name in (("auth.signing_keys_dir", "keys/signing"), ("auth.clients_file", "clients.yaml"),
                              ("directory.key_file", "keys/directory.key"), ("audit.key_file", "keys/audit.key")):
                words += f" --set {key}={etc}/{name}"
            self.assertEqual(text.count("numproofd --check-config"), 1)
            text = text.replace("numproofd --check-config", f"numproofd {words}")
            done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, timeout=60,
                                  env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertTrue(done.stdout.endswith("the configuration is good\n"), done.stdout)
            self.assertRegex((etc / "clients.yaml").read_text(), r'secret_hash: "sha256\$[\w-]{20,}\$[\w-]{40,}"')
            for key in ("keys/signing/key1.pem", "keys/directory.key", "keys/audit.key"):
                self.assertEqual((etc / key).stat().st_mode & 0o007, 0, f"{key} is open to everybody")


if __name__ == "__main__":
    unittest.main()
