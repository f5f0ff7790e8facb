# SPDX-License-Identifier: Apache-2.0
"""What becomes of records that cannot be used: dead letters, looked at and replayed, and bursts of them."""

import json
import pathlib
import subprocess
import sys
import unittest

from harness import BIN, ROOT, Daemon, EndToEnd, Kafka, Redis, event, folder, redirect_of, unique, wait_for

sys.path.insert(0, str(ROOT / "tests/services"))
from kafka_cluster import KafkaCluster

NUMBER = "+34611000007"


def setUpModule():
    global FOLDER, CLUSTER, KAFKA
    FOLDER = folder()
    CLUSTER = KafkaCluster(FOLDER.name, 1)
    KAFKA = Kafka(CLUSTER.address)


def tearDownModule():
    CLUSTER.stop()
    FOLDER.cleanup()


class Letters(EndToEnd):
    def setUp(self):
        self.folder = folder()
        self.names = {kind: unique(kind) for kind in ("sessions", "dlq", "audit")}
        self.daemons = []

    def tearDown(self):
        for daemon in self.daemons:
            daemon.kill()
        self.folder.cleanup()

    def start(self, **more):
        settings = {"kafka.brokers": [CLUSTER.address],
                    "ingest.feeds": [{"topic": self.names["sessions"], "dialect": "native"}],
                    "ingest.dead_letter_topic": self.names["dlq"], "audit.topic": self.names["audit"], **more}
        daemon = Daemon(self.folder.name, "np1", settings)
        self.daemons.append(daemon)
        return daemon

    def publish(self, *records, key="-", partition=0):
        KAFKA.produce(self.names["sessions"], [(key, record) for record in records], partition=partition)

    def dlq(self, daemon, *words):
        return subprocess.run([BIN / "numproofctl", "--socket", daemon.socket, *words], capture_output=True, text=True,
                              timeout=60)

    def letters(self, daemon, *words):
        done = self.dlq(daemon, "--json", "dlq", "list", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["letters"]

    def wait_letters(self, daemon, count):
        return wait_for(lambda: len(found := self.letters(daemon)) >= count and found, 30, f"{count} dead letters")

    def is_known(self, daemon, device):
        return "code" in redirect_of(daemon.authorize(device))

    def directory_key(self, *lines):
        file = pathlib.Path(self.folder.name) / "directory.key"
        file.write_text("".join(lines))
        file.chmod(0o600)
        return str(file)

    def new_key(self):
        return subprocess.run([BIN / "numproofctl", "key", "new", "directory"], capture_output=True, text=True,
                              check=True, timeout=30).stdout


class Listing(Letters):
    def test_where_from_and_why_but_never_what(self):
        np = self.start()
        self.publish("no json", key="cell-7", partition=2)
        self.publish('{"op":"dance","msisdn":"+34699999999"}', key="214010000000077", partition=1)
        letters = self.wait_letters(np, 2)
        places = {(one["topic"], one["partition"], one["state"]) for one in letters}
        self.assertEqual(places, {(self.names["sessions"], p, "kept") for p in (1, 2)})
        for one in letters:
            self.assertTrue(one["reason"])
            self.assertGreater(one["bytes"], 0)
            self.assertRegex(one["key_id"], "^[0-9a-f]{8}$")
        table = self.dlq(np, "dlq", "list").stdout
        self.assertIn("reason", table.splitlines()[0])
        self.assertIn(f"2 of 2 dead letters in {self.names['dlq']}", table)
        for told in (json.dumps(letters), table, np.output()):
            for secret in ("34699999999", "214010000000077", "dance"):
                self.assertNotIn(secret, told)

    def test_filters_and_limit(self):
        np = self.start()
        self.publish("no json", "still none", partition=0)
        self.publish('{"op":"dance"}', partition=1)
        letters = self.wait_letters(np, 3)
        self.assertEqual(len(self.letters(np, "--partition", "1")), 1)
        self.assertEqual(len(self.letters(np, "--reason", "no_such_reason")), 0)
        self.assertEqual(len(self.letters(np, "--limit", "1")), 1)
        first = next(one for one in letters if one["partition"] == 0)
        found = self.letters(np, "--topic", first["topic"], "--partition", "0", "--offset", str(first["offset"]))
        self.assertEqual([one["offset"] for one in found], [first["offset"]])

    def test_a_topic_that_is_missing_is_said_with_the_command_that_makes_it(self):
        np = self.start()
        CLUSTER.admin(f"delete:{self.names['dlq']}")
        done = wait_for(lambda: (d := self.dlq(np, "dlq", "list")).returncode and d, 30, "the topic to be gone")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"kafka topic '{self.names['dlq']}' does not exist", done.stderr)
        self.assertIn("--create", done.stderr)

    def test_nobody_answers_and_bad_words(self):
        np = self.start()
        self.assertEqual(self.dlq(np, "dlq", "replay").returncode, 64)
        self.assertEqual(self.dlq(np, "dlq", "list", "--limit", "0").returncode, 64)
        np.kill()
        self.assertEqual(self.dlq(np, "dlq", "list").returncode, 69)


class Replaying(Letters):
    """A number out of our ranges is poison until the ranges are put right."""

    def setUp(self):
        super().setUp()
        self.redis = Redis(self.folder.name)

    def tearDown(self):
        super().tearDown()
        self.redis.kill()

    def start(self, **more):
        """A directory that outlives its node, so that what is behind is not read again."""
        return super().start(**{"directory.backend": "redis",
                                "directory.redis.addresses": [f"127.0.0.1:{self.redis.port}"], **more})

    def make_a_letter(self, **more):
        np = self.start(**{"directory.numbering.ranges": ["+346000"], **more})
        self.publish(event("bind", session="r1", msisdn=NUMBER, ipv4="127.0.20.7", access="3gpp"), key="r1")
        (letter,) = self.wait_letters(np, 1)
        np.stop()
        return letter

    def replay(self, daemon, *words):
        done = self.dlq(daemon, "--json", "dlq", "replay", *words)
        self.assertNotEqual(done.stdout, "", done.stderr)
        return done.returncode, json.loads(done.stdout)

    def test_it_comes_in_once_at_its_own_time_and_leaves_an_audit_event(self):
        letter = self.make_a_letter()
        np = self.start()
        self.assertFalse(self.is_known(np, "127.0.20.7"))
        code, answer = self.replay(np, "--reason", letter["reason"], "--dry-run")
        self.assertEqual((code, answer["replayed"], answer["letters"][0]["state"]), (0, 0, "would_replay"))
        self.assertEqual(self.letters(np)[0]["state"], "kept")

        code, answer = self.replay(np, "--reason", letter["reason"])
        self.assertEqual((code, answer["replayed"]), (0, 1))
        wait_for(lambda: self.is_known(np, "127.0.20.7"), 30, "the session")
        self.assertEqual(np.verify(np.sign_in("127.0.20.7"), NUMBER).json(), {"devicePhoneNumberVerified": True})
        back = [r for r in KAFKA.read_all(self.names["sessions"]) if "np_replayed_from" in r["headers"]]
        original = next(r for r in KAFKA.read_all(self.names["sessions"])
                        if (r["partition"], r["offset"]) == (letter["partition"], letter["offset"]))
        self.assertEqual([(r["key"], r["ts"], r["partition"], r["payload"]) for r in back],
                         [(original["key"], original["ts"], original["partition"], original["payload"])])

        self.assertEqual(self.letters(np)[0]["state"], "replayed")
        self.assertEqual(self.replay(np, "--all")[1]["letters"], [])
        self.assertEqual(self.replay(np, "--all", "--again")[1]["replayed"], 1)
        mine = lambda: [e["data"] for e in KAFKA.audit_events(self.names["audit"])
                        if e.get("ce_type") == "io.numproof.admin.v1"]
        events = wait_for(lambda: len(found := mine()) >= 2 and found, 30, "the audit events")
        place = f"{letter['topic']}/{letter['partition']}/{letter['offset']}"
        self.assertEqual({(e["action"], e["object"], e["reason"]) for e in events},
                         {("dlq_replay", place, letter["reason"])})

    def test_a_session_that_ended_meanwhile_does_not_begin_again(self):
        letter = self.make_a_letter()
        np = self.start()
        self.publish(event("release", session="r1"), key="r1")
        self.assertEqual(self.replay(np, "--reason", letter["reason"])[1]["replayed"], 1)
        self.publish(event("bind", session="r2", msisdn=NUMBER, ipv4="127.0.20.8", access="3gpp"), key="r1")
        wait_for(lambda: self.is_known(np, "127.0.20.8"), 30, "what came after it")
        self.assertFalse(self.is_known(np, "127.0.20.7"))

    def test_a_key_that_was_rotated_away_is_said(self):
        old, new = self.new_key(), self.new_key()
        self.make_a_letter(**{"directory.key_file": self.directory_key(old)})
        np = self.start(**{"directory.key_file": self.directory_key(new)})
        self.assertEqual(self.letters(np)[0]["state"], "key_gone")
        code, answer = self.replay(np, "--all")
        self.assertEqual((code, answer["replayed"], answer["letters"][0]["state"]), (1, 0, "key_gone"))
        np.stop()
        np = self.start(**{"directory.key_file": self.directory_key(new, old)})
        self.assertEqual(self.replay(np, "--all")[0], 0)
        wait_for(lambda: self.is_known(np, "127.0.20.7"), 30, "the session")


class Poison(Letters):
    def metric(self, np, name):
        done = subprocess.run(["curl", "-s", f"http://127.0.0.1:{np.admin}/metrics"], capture_output=True, text=True,
                              timeout=20)
        return sum(float(line.rpartition(" ")[2]) for line in done.stdout.splitlines() if line.startswith(name))

    def feed(self, np):
        return json.loads(self.dlq(np, "--json", "feed", "status").stdout)["partitions"]

    def test_a_burst_stops_the_feed_says_so_and_goes_on_by_itself(self):
        np = self.start(**{"ingest.poison_burst": {"records": 20, "window": "1s", "share": 0.5},
                           "directory.max_staleness": "2s"})
        self.publish(*["no json"] * 60)
        wait_for(lambda: "NP-INGEST" in np.output() and any(p["waits_for"] == "poison" for p in self.feed(np)), 30,
                 "the feed to stand still")
        refused = wait_for(lambda: (r := np.readiness()) and r.status == 503 and r, 30, "not ready")
        self.assertIn("poison", refused.body.decode())
        self.assertLess(len(self.letters(np)), 60)
        # The hold and the trial are over without help; every record has become a letter then.
        np.wait_ready(150)
        self.assertEqual(len(self.wait_letters(np, 60)), 60)
        self.assertLess(np.output().count("poison"), 30)

    def test_dead_letters_that_cannot_be_kept_park_the_feed_and_nothing_is_skipped(self):
        np = self.start(**{"directory.max_staleness": "2s"})
        topic, dlq = self.names["sessions"], self.names["dlq"]
        CLUSTER.admin(f"delete:{dlq}")
        self.publish("no json", event("bind", session="p1", msisdn=NUMBER, ipv4="127.0.20.7", access="3gpp"))
        waits = f"{topic} stands still: dead_letters, which topic '{dlq}' does not take"
        wait_for(lambda: (r := np.readiness()) and r.status == 503 and waits in r.body.decode(), 40, "not ready, and why")
        wait_for(lambda: "NP-INGEST-003" in np.output() and f"--create --topic {dlq}" in np.output(), 40,
                 "what to do about it")
        wait_for(lambda: {p["waits_for"] for p in self.feed(np)} == {None, "dead_letters"}, 30, "one that waits")
        self.publish(event("bind", session="p2", msisdn="+34611000008", ipv4="127.0.20.8", access="3gpp"), partition=1)
        others = lambda: next(p for p in self.feed(np) if p["partition"] == 1)
        wait_for(lambda: others()["waits_for"] is None and others()["lag_records"] == 0, 30, "the other partitions")
        CLUSTER.admin(f"create:{dlq}:1:1")
        np.wait_ready(60)
        self.assertEqual(len(self.wait_letters(np, 1)), 1)
        wait_for(lambda: self.is_known(np, "127.0.20.7"), 30, "the session behind it")
        self.assertTrue(self.is_known(np, "127.0.20.8"))

    def test_a_dead_letter_topic_that_refuses_writes_gets_each_letter_once_in_the_end(self):
        np = self.start(**{"directory.max_staleness": "2s"})
        CLUSTER.admin(f"config:{self.names['dlq']}:max.message.bytes=10")
        self.publish("no json", "still none")
        wait_for(lambda: any(p["waits_for"] == "dead_letters" for p in self.feed(np)), 40, "the partition to wait")
        wait_for(lambda: "NP-INGEST-003" in np.output(), 30, "the reason")
        self.assertEqual(self.letters(np), [])
        CLUSTER.admin(f"config:{self.names['dlq']}:max.message.bytes=1048588")
        np.wait_ready(60)
        self.assertEqual(len(self.wait_letters(np, 2)), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
