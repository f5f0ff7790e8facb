# SPDX-License-Identifier: Apache-2.0
"""What a node exports is what docs/metrics.md says, row by row: no metric without a row, no row without a metric."""

import re
import socket
import sys
import unittest

from harness import ROOT, Daemon, EndToEnd, Kafka, Redis, call, folder, free_port, wait_for
from kafka_security import Authority

sys.path.insert(0, str(ROOT / "tests/rules"))
from promtool import documented  # noqa: E402

# Only while a directory is built anew, which is over before a sandbox can be asked.
PASSING = {"numproof_rebuild_seconds_left"}


def families(text):
    """{name: [type, meaning, {label: {values}}]} of an exposition."""
    found = {}
    for line in text.splitlines():
        if line.startswith("# HELP "):
            _, _, name, meaning = line.split(" ", 3)
            found[name] = ["", meaning, {}]
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ", 3)
            found[name][0] = kind
        elif line:
            name, labels = re.fullmatch(r"(\w+)(?:\{(.*)\})? \S+", line).groups()
            family = name if name in found else re.sub("_(bucket|sum|count)$", "", name)
            for label, value in re.findall(r'(\w+)="([^"]*)"', labels or ""):
                if label != "le":
                    found[family][2].setdefault(label, set()).add(value)
    return found


class Metrics(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.folder = folder()
        cls.redis = Redis(cls.folder.name)
        ports = free_port(), free_port()
        try:
            certificate, key = Authority(cls.folder.name).issue("listener")
            cls.np = Daemon(cls.folder.name, ports=ports, settings={
                "http.listen": [{"address": f"127.0.0.1:{ports[0]}"},
                                {"address": f"127.0.0.1:{free_port()}",
                                 "tls": {"certificate_file": str(certificate), "key_file": str(key)}}],
                "directory.backend": "redis", "directory.redis.addresses": [f"127.0.0.1:{cls.redis.port}"]})
        except BaseException:
            cls.redis.stop()
            raise
        cls.np.verify(cls.np.sign_in("127.0.10.1"), "+34600000001")
        Kafka(cls.np.status()["kafka"]["brokers"][0]).produce("numproof.sessions", [("s", "no event")])
        cls.seen = wait_for(cls.with_dead_letter, 30, "the dead letter to be counted")
        cls.rows = documented()

    @classmethod
    def tearDownClass(cls):
        cls.np.stop()
        cls.redis.stop()
        cls.folder.cleanup()

    @classmethod
    def with_dead_letter(cls):
        found = families(call(cls.np.admin, "GET", "/metrics").body.decode())
        return found if "numproof_ingest_poison_records_total" in found else None

    def test_every_metric_has_its_row(self):
        self.assertEqual(set(self.seen) - set(self.rows), set())

    def test_every_row_has_its_metric(self):
        self.assertEqual(set(self.rows) - set(self.seen), PASSING)

    def test_types_meanings_and_labels_are_those_of_the_row(self):
        for name, (kind, meaning, labels) in self.seen.items():
            with self.subTest(name):
                row_kind, row_labels, row_meaning = self.rows[name]
                self.assertEqual((kind, meaning), (row_kind, row_meaning))
                self.assertEqual(set(labels), set(row_labels))
                for label, values in row_labels.items():
                    self.assertLessEqual(labels[label], set(values) or labels[label])

    def test_counters_add_up_whatever_is_sent(self):
        token = self.np.sign_in("127.0.10.2")
        for _ in range(2):
            self.np.verify(token, "+34600000001")
        self.np.verify("made-up", "+34600000001")
        self.np.authorize("127.0.0.1")
        self.np.token("made-up")
        call(self.np.port, "GET", "/nothing")
        for octets in (b"GET / HTTP/1.1\r\n\r\n", b"\0\r\n\r\n", b"GET / HTTP/3.0\r\nHost: a\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", self.np.port), timeout=30) as sender:
                sender.sendall(octets)
                self.assertTrue(sender.recv(100))
        self.np.settle()

    def test_the_node_tells_its_state(self):
        text = call(self.np.admin, "GET", "/metrics").body.decode()
        for line in ("numproof_ready 1", 'numproof_readiness_check{check="audit"} 1',
                     'numproof_directory_standing{standing="usable"} 1', 'numproof_directory_standing{standing="stale"} 0',
                     "numproof_directory_max_staleness_seconds 5"):
            self.assertIn(line + "\n", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
