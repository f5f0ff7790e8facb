# SPDX-License-Identifier: Apache-2.0
"""Two nodes on three Kafka brokers that die, stand still and come back: nothing is lost, and nobody has to help."""

import os
import subprocess
import sys
import threading
import time
import unittest

from harness import ROOT, Daemon, Kafka, Redis, event, folder, redirect_of, unique, wait_for
from operator_home import install

sys.path.insert(0, str(ROOT / "tests/services"))
from kafka_cluster import KafkaCluster

LONG = os.environ.get("NUMPROOF_LONG") == "1"
STALENESS = 3
PARTITIONS = 3
RECOVERY = 30


def setUpModule():
    global FOLDER, CLUSTER, KAFKA
    FOLDER = folder()
    CLUSTER = KafkaCluster(FOLDER.name, 3)
    KAFKA = Kafka(CLUSTER.address)


def tearDownModule():
    CLUSTER.stop()
    FOLDER.cleanup()


class PacketCore:
    """Heartbeats for each partition and now and then a new session; remembers what Kafka acknowledged."""

    def __init__(self, topic):
        self.topic, self.sent = topic, 0
        self.stopped = threading.Event()
        self.pipes = [subprocess.Popen(
            ["kcat", "-P", "-b", CLUSTER.address, "-t", topic, "-p", str(partition), "-K", "\t", "-X", "linger.ms=0",
             "-X", "enable.idempotence=true", "-X", "message.timeout.ms=120000"],
            stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for partition in range(PARTITIONS)]
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def put(self, partition, record):
        with self.lock:
            self.pipes[partition].stdin.write(f"smf-1\t{record}\n")
            self.pipes[partition].stdin.flush()

    def run(self):
        while not self.stopped.wait(0.2):
            for partition in range(PARTITIONS):
                self.put(partition, event("heartbeat"))
            number = self.sent
            self.put(number % PARTITIONS, event("bind", session=f"s{number}", msisdn=number_of(number),
                                                ipv4=address_of(number), access="3gpp"))
            self.sent += 1

    def stop(self):
        """Ends when Kafka has acknowledged everything."""
        self.stopped.set()
        self.thread.join()
        for pipe in self.pipes:
            pipe.stdin.close()
            assert pipe.wait(150) == 0, "the packet core could not deliver"


def number_of(i):
    return f"+34620{i:06}"


def address_of(i):
    return f"127.1.{i // 250}.{i % 250 + 1}"


class Provider:
    """Signs phones in and verifies, without end; notes the audit trail's part of each answer."""

    def __init__(self, nodes, secret):
        self.nodes, self.secret = nodes, secret
        self.marks, self.wrong = [], []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def once(self, node, mark):
        parts = redirect_of(node.authorize("127.0.30.1", client="shop"))
        if "code" not in parts:
            return
        token = node.token(parts["code"], "shop", self.secret).json().get("access_token")
        if token is None:
            return
        answer = node.verify(token, "+34611000030", headers={"x-correlator": mark})
        if answer.status == 200:
            self.marks.append(mark)
            if answer.json() != {"devicePhoneNumberVerified": True}:
                self.wrong.append((mark, answer.json()))

    def run(self):
        count = 0
        while not self.stopped.wait(0.05):
            count += 1
            try:
                self.once(self.nodes[count % len(self.nodes)], f"call-{count}")
            except OSError:
                pass

    def stop(self):
        self.stopped.set()
        self.thread.join()


class Brokers(unittest.TestCase):
    def setUp(self):
        self.folder = folder()
        self.redis = Redis(self.folder.name)
        self.names = {kind: unique(kind) for kind in ("sessions", "dlq", "audit", "group")}
        CLUSTER.admin(f"create:{self.names['sessions']}:{PARTITIONS}:3", f"create:{self.names['dlq']}:1:3",
                      f"create:{self.names['audit']}:1:3")
        file, self.secret = install(self.folder.name, self.redis, CLUSTER, self.names, STALENESS)
        self.core = PacketCore(self.names["sessions"])
        self.core.put(0, event("bind", session="p", msisdn="+34611000030", ipv4="127.0.30.1", access="3gpp"))
        self.nodes = []
        for name in ("np1", "np2"):
            own = {"audit.spool_dir": f"{self.folder.name}/spool-{name}",
                   "http.admin_socket": f"{self.folder.name}/{name}.sock"}
            self.nodes.append(Daemon(self.folder.name, name, own, ready=False, mode=("--config", file)))
        self.provider = None
        for node in self.nodes:
            node.wait_ready(60)
        self.provider = Provider(self.nodes, self.secret)

    def tearDown(self):
        if self.provider:
            self.provider.stop()
        if not self.core.stopped.is_set():
            self.core.stop()
        for node in self.nodes:
            node.kill()
        self.redis.kill()
        for number, broker in CLUSTER.brokers.items():
            if broker.process.poll() is not None:
                CLUSTER.revive(number)
        self.folder.cleanup()

    def works(self, node):
        """Ready, and a call comes to its end."""
        answer = node.readiness()
        return answer is not None and answer.status == 200 and "code" in redirect_of(
            node.authorize("127.0.30.1", client="shop"))

    def assert_recovers(self, what):
        began = time.monotonic()
        for node in self.nodes:
            wait_for(lambda: self.works(node), RECOVERY - (time.monotonic() - began), f"{node.name} after {what}")
        print(f"    {what}: all well after {time.monotonic() - began:.1f} s", file=sys.stderr)

    def assert_nothing_is_lost(self):
        """Every session that Kafka took can be signed in; every answer has its one audit event."""
        self.provider.stop()
        self.core.stop()
        heart = PacketCore(self.names["sessions"])
        try:
            self.assert_recovers("the end")
            last = self.core.sent
            for i in sorted({*range(0, last, max(1, last // 40)), last - 1}):
                wait_for(lambda: "code" in redirect_of(self.nodes[i % 2].authorize(address_of(i), client="shop")),
                         RECOVERY, f"session {i} of {last}")
        finally:
            heart.stop()
        self.assertEqual(self.provider.wrong, [])
        self.assertGreater(len(self.provider.marks), 10)
        missing = lambda: set(self.provider.marks) - self.audited()
        wait_for(lambda: not missing(), RECOVERY * 2, "the audit events of all answers")
        events = KAFKA.audit_events(self.names["audit"])
        for source in {e["ce_source"] for e in events}:
            numbers = sorted({int(e["ce_sequence"]) for e in events if e["ce_source"] == source})
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        for node in self.nodes:
            self.assertIsNone(node.process.poll(), node.output()[-2000:])

    def audited(self):
        return {e.get("ce_correlationid") for e in KAFKA.audit_events(self.names["audit"])
                if e.get("ce_type") == "io.numproof.verification.answered.v1"}

    def lead(self, topic):
        return wait_for(lambda: CLUSTER.leader_of(topic), 60, f"a leader of {topic}")

    def test_the_leaders_of_input_and_audit_die_and_come_back(self):
        for kind in ("sessions", "audit") if LONG else ("audit",):
            number = self.lead(self.names[kind])
            CLUSTER.brokers[number].kill()
            wait_for(lambda: CLUSTER.leader_of(self.names[kind]) not in (None, number), 60, "another leader")
            self.assert_recovers(f"the death of the leader of {kind}")
            CLUSTER.revive(number)
            wait_for(lambda: len(CLUSTER.in_sync(self.names[kind])) == 3, 90, "the broker to catch up")
        self.assert_nothing_is_lost()

    def test_below_the_least_in_sync_the_spool_keeps_what_kafka_refuses(self):
        leader = self.lead(self.names["audit"])
        others = [number for number in CLUSTER.brokers if number != leader]
        for number in others:
            CLUSTER.brokers[number].kill()
        backlog = lambda: sum(node.status()["audit"]["undelivered_events"] for node in self.nodes)
        wait_for(lambda: backlog() > 3, 60, "events in the spools")
        wait_for(lambda: all(node.readiness().status == 503 for node in self.nodes), 60, "stale nodes to say so")
        for number in others:
            CLUSTER.revive(number)
        self.assert_recovers("two of three brokers")
        wait_for(lambda: backlog() < 20, RECOVERY * 2, "the spools to run empty")
        self.assert_nothing_is_lost()

    @unittest.skipUnless(LONG, "only in the long slice")
    def test_a_leader_that_stands_still_is_replaced(self):
        number = self.lead(self.names["sessions"])
        CLUSTER.brokers[number].pause()
        try:
            wait_for(lambda: CLUSTER.leader_of(self.names["sessions"]) not in (None, number), 90, "another leader")
            self.assert_recovers("a leader that stands still")
        finally:
            CLUSTER.brokers[number].resume()
        self.assert_nothing_is_lost()

    @unittest.skipUnless(LONG, "only in the long slice")
    def test_a_topic_gets_more_partitions(self):
        CLUSTER.admin(f"grow:{self.names['sessions']}:{PARTITIONS + 1}")
        # Nobody has sent anything there: the directory is not whole without it.
        grown = subprocess.Popen(
            ["kcat", "-P", "-b", CLUSTER.address, "-t", self.names["sessions"], "-p", str(PARTITIONS), "-K", "\t"],
            stdin=subprocess.PIPE, text=True)
        stop = threading.Event()

        def beat():
            while not stop.wait(0.2):
                grown.stdin.write(f"smf-1\t{event('heartbeat')}\n")
                grown.stdin.flush()

        thread = threading.Thread(target=beat)
        thread.start()
        try:
            KAFKA.produce(self.names["sessions"], [("x", event("bind", session="g", msisdn="+34611000031",
                                                               ipv4="127.0.30.2", access="3gpp"))], PARTITIONS)
            wait_for(lambda: "code" in redirect_of(self.nodes[0].authorize("127.0.30.2", client="shop")), 90,
                     "the session in the new partition")
            self.assert_nothing_is_lost()
        finally:
            stop.set()
            thread.join()
            grown.stdin.close()
            grown.wait(30)


if __name__ == "__main__":
    unittest.main(verbosity=2)
