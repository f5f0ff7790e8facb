# SPDX-License-Identifier: Apache-2.0
"""Topics that are set up so that records can be lost: said once when a node starts, with what mends it."""

import json
import shlex
import sys
import unittest

from harness import ROOT, Daemon, EndToEnd, Kafka, Redis, folder, unique, wait_for
from operator_home import install

sys.path.insert(0, str(ROOT / "tests/services"))
from kafka_cluster import KafkaCluster

WEAK = "NP-KAFKA-015"


def setUpModule():
    global FOLDER, CLUSTER, KAFKA
    FOLDER = folder()
    CLUSTER = KafkaCluster(FOLDER.name, 2)
    KAFKA = Kafka(CLUSTER.address)


def tearDownModule():
    CLUSTER.stop()
    FOLDER.cleanup()


class Survey(EndToEnd):
    def setUp(self):
        self.names = {kind: unique(kind) for kind in ("sessions", "dlq", "audit", "group")}
        self.folder = folder()
        self.redis = Redis(self.folder.name)
        self.file, _ = install(self.folder.name, self.redis, KAFKA, self.names, 5)
        self.daemons = []

    def tearDown(self):
        for daemon in self.daemons:
            daemon.kill()
        self.redis.kill()
        self.folder.cleanup()

    def start(self, name):
        settings = {"log.format": "json", "audit.spool_dir": f"{self.folder.name}/spool-{name}"}
        daemon = Daemon(self.folder.name, name, settings, ready=False, mode=("--config", self.file))
        self.daemons.append(daemon)
        return daemon

    def told(self, daemon):
        lines = (json.loads(line) for line in daemon.output().splitlines() if line.startswith("{"))
        return [line for line in lines if WEAK in json.dumps(line)]

    def test_each_weakness_is_told_once_with_a_command_that_mends_it(self):
        sessions, dlq, audit = (self.names[kind] for kind in ("sessions", "dlq", "audit"))
        CLUSTER.admin(f"create:{sessions}:1:2:retention.ms=3600000", f"create:{dlq}:1:1",
                      f"create:{audit}:1:2:min.insync.replicas=1:cleanup.policy=compact")
        np = self.start("np1")
        expected = {(sessions, "retention.ms=3600000"), (dlq, "replication factor 1"),
                    (audit, "min.insync.replicas=1"), (audit, "cleanup.policy=compact")}
        seen = lambda: [(line["topic"], line["value"]) for line in self.told(np)]
        wait_for(lambda: set(seen()) == expected, 60, f"{expected}\n")
        self.assertEqual(len(seen()), len(expected))
        self.assertIsNone(np.process.poll(), "never a refusal")

        # The commands that kafka-configs.sh takes, carried out by other means: then nothing is left to say.
        for line in self.told(np):
            words = shlex.split(line["command"].partition("   ")[0])
            if words[0] != "kafka-configs.sh":
                self.assertEqual((words[0], line["topic"]), ("kafka-reassign-partitions.sh", dlq))
                continue
            self.assertEqual(words[words.index("--bootstrap-server") + 1], CLUSTER.address)
            CLUSTER.admin(f"config:{words[words.index('--entity-name') + 1]}:{words[words.index('--add-config') + 1]}")
        np.kill()
        again = self.start("np2")
        wait_for(lambda: self.told(again), 60, "what is left")
        again.stop()
        self.assertEqual([(line["topic"], line["value"]) for line in self.told(again)], [(dlq, "replication factor 1")])

    def test_a_node_is_not_ready_while_a_topic_is_missing_and_names_it_with_the_command(self):
        sessions, dlq, audit = (self.names[kind] for kind in ("sessions", "dlq", "audit"))
        CLUSTER.admin(f"create:{sessions}:1:2", f"create:{dlq}:1:2")
        np = self.start("np1")
        refused = lambda: (answer := np.readiness()) and audit.encode() in answer.body and answer
        answer = wait_for(refused, 60, "the missing topic to be named")
        self.assertEqual(answer.status, 503)
        self.assertRegex(answer.body.decode(), rf"\[-\]topics: .*kafka-topics.sh .*--create --topic {audit} ")
        named = lambda: [line for line in np.output().splitlines() if "NP-KAFKA-005" in line]
        (line,) = wait_for(named, 60, "the missing topic in the log")
        self.assertIn(f"--topic {audit}", line)

        CLUSTER.admin(f"create:{audit}:1:2")
        wait_for(lambda: b"[+]topics ok" in np.readiness().body, 60, "the topic to be found")
        self.assertEqual(len(named()), 1)

    def test_sound_topics_are_not_spoken_of(self):
        CLUSTER.admin(*(f"create:{self.names[kind]}:1:2" for kind in ("dlq", "audit")),
                      f"create:{self.names['sessions']}:1:2:retention.ms=1000")
        np = self.start("np1")
        wait_for(lambda: self.told(np), 60, "the one that is not sound")
        np.stop()
        self.assertEqual([line["topic"] for line in self.told(np)], [self.names["sessions"]])


if __name__ == "__main__":
    unittest.main(verbosity=2)
