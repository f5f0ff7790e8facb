# SPDX-License-Identifier: Apache-2.0
"""docs/install.md from its keys to its first answer, run from top to bottom on a real Redis and a real Kafka.

What takes a package and root stands in for them: `systemctl` starts the built daemon, `chgrp` does nothing, and
`kafka-topics.sh`, which comes with Kafka's own distribution, asks the broker in the same way.
"""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import unittest

from pages import BIN, DOCS, ROOT
from test_api_guide import blocks, fits

sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "tests/fire")]
from harness import RealKafka, Redis, folder, free_port  # noqa: E402

MARK = "=== end of block ==="
STAND_INS = """set -eu
numproofd() {
    command numproofd --config ETC/numproof.yaml --set auth.signing_keys_dir=ETC/keys/signing \\
        --set auth.clients_file=ETC/clients.yaml --set directory.key_file=ETC/keys/directory.key \\
        --set audit.key_file=ETC/keys/audit.key --set audit.spool_dir=ETC/spool \\
        --set http.admin_socket=ETC/admin.sock --set http.listen='[{"address":"127.0.0.1:9091"}]' "$@"
}
chgrp() { :; }
kafka-topics.sh() {
    [ "$1 $3 $4 $6" = "--bootstrap-server --create --topic --partitions" ]
    /usr/bin/python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); import wire
wire.persist(sys.argv[2], lambda broker: broker.create_topics({sys.argv[3]: int(sys.argv[4])}))' FIRE "$2" "$5" "$7"
}
systemctl() {
    [ "$*" = "restart numproofd" ]
    numproofd >ETC/log 2>&1 &
    curl -s --retry 600 --retry-delay 0 --retry-all-errors --retry-max-time 60 -f -o /dev/null http://127.0.0.1:9191/readyz
}
"""


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.held = folder()
        cls.addClassCleanup(cls.held.cleanup)
        cls.etc = pathlib.Path(cls.held.name) / "etc"
        (cls.etc / "keys/signing").mkdir(parents=True)
        cls.redis = Redis(cls.held.name)
        cls.addClassCleanup(cls.redis.kill)
        cls.kafka = RealKafka(cls.held.name)
        cls.addClassCleanup(cls.kafka.stop)
        cls.steps = list(blocks((DOCS / "install.md").read_text()))
        cls.said, cls.status = cls.run_all()

    @classmethod
    def here(cls, text):
        """The page's text with the addresses and folders of this test."""
        for there, own in (("/etc/numproof", str(cls.etc)), ("ETC", str(cls.etc)), ("FIRE", str(ROOT / "tests/fire")),
                           ("127.0.0.1:6379", f"127.0.0.1:{cls.redis.port}"), ("-p 6379", f"-p {cls.redis.port}"),
                           ("127.0.0.1:9092", cls.kafka.address), ("127.0.0.1:9191", f"127.0.0.1:{cls.admin}"),
                           ("127.0.0.1:9091", f"127.0.0.1:{cls.port}")):
            text = text.replace(there, own)
        return text

    @classmethod
    def run_all(cls):
        """What each step said, and the last status. All that the steps started is ended."""
        cls.port, cls.admin = free_port(), free_port()
        script = pathlib.Path(cls.held.name) / "page.sh"
        script.write_text(cls.here(STAND_INS + "".join(f"{body}\necho; echo '{MARK}'\n" for body, _ in cls.steps)))
        with open(script.with_suffix(".out"), "w+", encoding="utf-8") as out:
            shell = subprocess.Popen(["bash", script], stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
                                     env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"})
            try:
                status = shell.wait(240)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(shell.pid, signal.SIGKILL)
            out.seek(0)
            return out.read().split(MARK), status

    def test_it_leads_to_the_first_answer(self):
        log = self.etc / "log"
        self.assertEqual(self.status, 0, "\n".join(self.said) + (log.read_text() if log.exists() else ""))
        self.assertEqual(len(self.said) - 1, len(self.steps))
        self.assertEqual([shown for _, shown in self.steps if shown], ['{"devicePhoneNumberVerified":true}'])
        for (body, shown), words in zip(self.steps, self.said):
            if shown:
                self.assertTrue(fits(shown, words), f"{body}\nthe page shows\n{shown}\nand it said\n{words.strip()}")

    def test_its_checks_are_passed(self):
        checks = [words for (body, _), words in zip(self.steps, self.said) if "--check-config" in body]
        self.assertEqual(len(checks), 2)
        self.assertEqual(checks[0].strip(), "the configuration is good")
        for found in ("the configuration is good", "directory: reached", "kafka: reached"):
            self.assertIn(f"{found}\n", checks[1])

    def test_what_it_makes_is_as_it_should_be(self):
        self.assertRegex((self.etc / "clients.yaml").read_text(), r'secret_hash: "sha256\$[\w-]{20,}\$[\w-]{40,}"')
        for key in ("keys/signing/key1.pem", "keys/directory.key", "keys/audit.key"):
            self.assertEqual((self.etc / key).stat().st_mode & 0o007, 0, f"{key} is open to everybody")


if __name__ == "__main__":
    unittest.main()
