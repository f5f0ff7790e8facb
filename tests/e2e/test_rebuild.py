# SPDX-License-Identifier: Apache-2.0
"""A directory that is built anew and a directory key that is changed, on a real Redis and a real Kafka broker."""

import json
import os
import subprocess
import threading
import unittest

from harness import BIN, Daemon, EndToEnd, Heart, RealKafka, Redis, call, event, folder, redirect_of, unique, wait_for
from operator_home import ctl, install, make_topics

PARTITIONS = 4
DEVICE, NUMBER = "127.0.30.1", "+34615000001"


def setUpModule():
    global KAFKA, FOLDER
    FOLDER = folder()
    KAFKA = RealKafka(FOLDER.name)


def tearDownModule():
    KAFKA.stop()
    FOLDER.cleanup()


class Operated(EndToEnd):
    """Nodes of one installation, each with a key file of its own."""

    def setUp(self):
        self.folder = folder()
        self.home = self.folder.name
        self.redis = Redis(self.home)
        self.names = {kind: unique(kind) for kind in ("sessions", "dlq", "audit", "group")}
        self.daemons = {}
        self.file, self.secret = install(self.home, self.redis, KAFKA, self.names, 60)
        make_topics(KAFKA, self.names)
        self.heart = Heart(KAFKA, self.names["sessions"], PARTITIONS)
        KAFKA.produce(self.names["sessions"], [("-", event("bind", session="r1", msisdn=NUMBER, ipv4=DEVICE,
                                                           access="3gpp"))], partition=0)

    def tearDown(self):
        for daemon in self.daemons.values():
            daemon.kill()
        self.heart.stop()
        self.redis.kill()
        self.folder.cleanup()

    def start(self, name, keys, ready=True):
        """Node `name` with these lines in its directory.key; the one that runs under that name is stopped first."""
        if name in self.daemons:
            self.assertEqual(self.daemons[name].stop(), 0)
        file = f"{self.home}/{name}.key"
        with open(file, "w", encoding="ascii", opener=private) as out:
            out.write("".join(f"{key}\n" for key in keys))
        settings = {"directory.key_file": file, "audit.spool_dir": f"{self.home}/spool-{name}"}
        self.daemons[name] = Daemon(self.home, name, settings, ready=ready, mode=("--config", self.file))
        return self.daemons[name]

    def ask(self, daemon):
        """Sign-in and verification to their ends: the answer, or what stood in its way."""
        parts = redirect_of(daemon.authorize(DEVICE, client="shop"))
        if "code" not in parts:
            return f"authorize: {parts}"
        token = daemon.token(parts["code"], "shop", self.secret)
        if token.status != 200:
            return f"token: {token}"
        answer = daemon.verify(token.json()["access_token"], NUMBER)
        return answer.json().get("devicePhoneNumberVerified", f"verify: {answer}")


def private(path, flags):
    return os.open(path, flags, 0o600)


def new_key():
    return ctl("key", "new", "directory").split()[-1]


def ctl_of(daemon, *words):
    done = subprocess.run([BIN / "numproofctl", "--socket", daemon.socket, *words], capture_output=True, text=True,
                          timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


def keys_of(daemon):
    return json.loads(ctl_of(daemon, "--json", "key", "list"))


class Rotation(Operated):
    def test_a_key_is_changed_while_every_answer_stays_right(self):
        old, new = new_key(), new_key()
        for name in ("np1", "np2"):
            self.start(name, [old])
        before = keys_of(self.daemons["np1"])["directory_sealed_with"]
        generation = json.loads(ctl_of(self.daemons["np1"], "--json", "feed", "status"))["generation"]
        wrong, answers, resting, done = [], [], {}, threading.Event()

        def load(name):
            while not done.is_set():
                with resting[name]:
                    answer = self.ask(self.daemons[name])
                (answers if answer is True else wrong).append((name, answer))

        resting = {name: threading.Lock() for name in self.daemons}
        threads = [threading.Thread(target=load, args=(name,)) for name in self.daemons]
        for thread in threads:
            thread.start()
        try:
            for step in ([old, new], [new, old], [new]):
                for name in ("np1", "np2"):
                    with resting[name]:
                        self.start(name, step)
                    seen = len(answers)
                    wait_for(lambda: len(answers) > seen + 4 or wrong, 30, "answers")
        finally:
            done.set()
            for thread in threads:
                thread.join()
        self.assertEqual(wrong, [])
        self.assertGreater(len(answers), 30)
        keys = keys_of(self.daemons["np2"])
        self.assertNotEqual(keys["directory_sealed_with"], before)
        self.assertEqual([key["id"] for key in keys["keys"]], [keys["directory_sealed_with"]])
        self.assertEqual(json.loads(ctl_of(self.daemons["np1"], "--json", "feed", "status"))["generation"], generation,
                         "nothing was built anew")

        late = self.start("np3", [old], ready=False)
        wait_for(lambda: (r := late.readiness()) and b"key_missing" in r.body, 30, "the node to say what it lacks")
        self.assertIn(keys["directory_sealed_with"].encode(), late.readiness().body)
        self.assertEqual(self.ask(self.daemons["np1"]), True, "a node without the key harms nobody")

    def test_a_key_that_was_replaced_everywhere_begins_a_new_directory(self):
        np = self.start("np1", [new_key()])
        token = np.token(redirect_of(np.authorize(DEVICE, client="shop"))["code"], "shop", self.secret).json()
        generation = json.loads(ctl_of(np, "--json", "feed", "status"))["generation"]

        np = self.start("np1", [new_key()])

        self.assertNotEqual(json.loads(ctl_of(np, "--json", "feed", "status"))["generation"], generation)
        self.assertEqual(self.ask(np), True)
        self.assertEqual(np.verify(token["access_token"], NUMBER).status, 401)


class Progress(Operated):
    def test_a_rebuild_is_shown_and_comes_to_its_end(self):
        KAFKA.produce(self.names["sessions"], [
            ("-", event("bind", session=f"m{i}", msisdn=f"+346{i:08}", ipv4=f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}",
                        access="3gpp")) for i in range(30_000)], partition=1)
        np = self.start("np1", [new_key()], ready=False)
        shown = set()

        def ready_at_last():
            answer = np.readiness()
            if answer is not None:
                shown.add(next(line for line in answer.body.decode().splitlines() if "directory" in line))
            return answer is not None and answer.status == 200

        wait_for(ready_at_last, 60, "the rebuild")
        self.assertTrue(any(" % of 3" in line and "a second" in line for line in shown), shown)
        # What is shown may be a second old.
        status = lambda: json.loads(ctl_of(np, "--json", "feed", "status"))
        wait_for(lambda: status()["rebuild"] is None, 30, "the end of the rebuild in the status")
        report = status()
        self.assertEqual(report["standing"], "usable")
        rows = report["partitions"]
        self.assertEqual([row["partition"] for row in rows], list(range(PARTITIONS)))
        self.assertGreaterEqual(rows[1]["next_offset"], 30_000)
        for row in rows:
            self.assertEqual((row["dialect"], row["freshness"], row["reader"]), ("native", "heartbeat", "np1"))
            self.assertLess(row["watermark_age_ms"], 60_000)
            self.assertGreaterEqual(row["lag_records"], 0)
            self.assertIsNone(row["waits_for"])
        table = ctl_of(np, "feed", "status")
        self.assertIn("directory: usable", table)
        self.assertEqual(table.count(self.names["sessions"]), PARTITIONS)
        self.assertNotIn("\x1b", table)
        lines = ctl_of(np, "feed", "status", "--watch", "--turns", "2").splitlines()
        self.assertEqual(len(lines), 2)
        for line in lines:
            self.assertRegex(line, r"^usable; 4 partitions, lag \d+, oldest watermark \d+ ms$")
        metrics = call(np.admin, "GET", "/metrics").body.decode()
        self.assertIn("numproof_rebuild_running 0", metrics)
        self.assertIn('numproof_ingest_lag_records{partition="1"', metrics.replace(
            f'topic="{self.names["sessions"]}",partition="1"', 'partition="1"'))

    def test_who_watches_is_ended_by_a_signal(self):
        np = self.start("np1", [new_key()])
        watch = subprocess.Popen([BIN / "numproofctl", "--socket", np.socket, "feed", "status", "--watch"],
                                 stdout=subprocess.PIPE, text=True)
        try:
            self.assertTrue(watch.stdout.readline().startswith("usable"))
            watch.terminate()
            self.assertEqual(watch.wait(30), 0)
        finally:
            watch.kill()
            watch.wait()
            watch.stdout.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
