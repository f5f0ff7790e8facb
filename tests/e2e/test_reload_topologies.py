# SPDX-License-Identifier: Apache-2.0
"""`numproofctl reload` with a Redis of another shape, other feeds, and a directory in memory."""

import pathlib
import unittest

from harness import Daemon, Heart, call, event, redirect_of, unique, wait_for
from operator_home import CLIENT, make_topics
from redis_cluster import RedisCluster
from redundant_redis import RedundantRedis
from reloading import DEVICE, NUMBER, OTHER_DEVICE, OTHER_NUMBER, PARTITIONS, Stores

OURS = "directory.redis.tls.certificate_file"


class AnotherShape(Stores):
    def move_to(self, redis):
        """Takes the settings of `redis`; nothing but the truth is said while its directory is built."""
        self.config["directory"]["redis"] = {**redis, "deadline": "2s"}
        changed = self.reloaded()
        self.assertIn("directory.redis.addresses", changed)

        def built():
            self.assertIn(self.says(NUMBER), (None, True))
            self.assertIn(self.says(OTHER_NUMBER), (None, False))
            return self.np.is_ready()

        wait_for(built, 60, "the directory to be built")
        self.assertEqual((self.says(NUMBER), self.says(OTHER_NUMBER)), (True, False))

    def home_again(self):
        """What happened meanwhile is caught up with before an answer is given."""
        self.bind("r2", OTHER_NUMBER, OTHER_DEVICE)
        wait_for(lambda: self.says(OTHER_NUMBER, OTHER_DEVICE), 30, "the next session")
        self.kafka.produce(self.names["sessions"], [("-", event("release", session="r1", msisdn=NUMBER, ipv4=DEVICE,
                                                               access="3gpp"))], partition=0)
        wait_for(lambda: self.says(NUMBER) is None, 30, "the end of the session")
        self.config["directory"]["redis"] = self.single
        self.reloaded()

        def caught_up():
            self.assertIn(self.says(OTHER_NUMBER, OTHER_DEVICE), (None, True))
            return self.np.is_ready() and self.says(OTHER_NUMBER, OTHER_DEVICE)

        wait_for(caught_up, 60, "the first Redis to be caught up with")
        self.assertIsNone(self.says(NUMBER))

    def end_of_ours(self):
        """When the certificate that Redis is shown ends, in seconds since 1970."""
        lines = call(self.np.admin, "GET", "/metrics").body.decode().splitlines()
        start = f'numproof_certificate_expiry_seconds{{name="{OURS}"}} '
        ends = [float(line.split()[-1]) for line in lines if line.startswith(start)]
        self.assertEqual(len(ends), 1, ends)
        return ends[0]

    def setUp(self):
        super().setUp()
        self.single = self.config["directory"]["redis"]

    def test_sentinels_over_tls_and_back(self):
        redundant = RedundantRedis(self.home)
        self.addCleanup(redundant.stop)
        redis = redundant.settings(self.home)["directory.redis"]
        self.move_to(redis)
        self.redis.kill()
        callers = self.callers()
        before = self.end_of_ours()
        certificate, key = redundant.certificates.make("renewed", days=40)
        self.config["directory"]["redis"]["tls"].update(certificate_file=str(certificate), key_file=str(key))
        self.assertIn("directory.redis.tls.certificate_file", self.reloaded())
        self.wait_served(callers)
        self.assert_nothing_lost(callers)
        self.assertGreater(self.end_of_ours(), before + 30 * 86400)
        self.assertIn(self.np.status()["certificates"][OURS]["days_left"], (39, 40))
        # Under the same name: without a reload, from the next connection on.
        for new, old in zip(redundant.certificates.make("again", days=80), (certificate, key)):
            old.write_bytes(new.read_bytes())
        self.assertIn(self.np.status()["certificates"][OURS]["days_left"], (79, 80))
        self.config["directory"]["redis"]["tls"]["ca_file"] = str(certificate)
        self.write()
        self.assertIn("directory: ", self.refused())
        self.assertEqual((self.says(NUMBER), self.says(OTHER_NUMBER)), (True, False))

    def test_a_cluster_and_back(self):
        cluster = RedisCluster(self.home, replicas=0, node_timeout_ms=3000)
        self.addCleanup(cluster.kill)
        self.move_to({"mode": "cluster", "addresses": cluster.addresses()[:2]})
        self.home_again()


class OtherFeeds(Stores):
    def test_a_feed_comes_and_goes(self):
        more = {**self.names, "sessions": unique("sessions"), "dlq": unique("dlq"), "audit": unique("audit")}
        make_topics(self.kafka, more)
        # Its heart beats before it is read: an answer needs all feeds to be fresh.
        heart = Heart(self.kafka, more["sessions"], PARTITIONS)
        self.addCleanup(heart.stop)
        bound = event("bind", session="n1", msisdn=OTHER_NUMBER, ipv4=OTHER_DEVICE, access="3gpp")
        self.kafka.produce(more["sessions"], [("-", bound)], partition=0)
        feeds = self.config["ingest"]["feeds"]
        feeds.append({"topic": more["sessions"], "dialect": "native"})
        self.assertEqual(self.reloaded(), ["ingest.feeds"])
        self.assertIn(self.says(NUMBER), (None, True))
        wait_for(lambda: self.says(OTHER_NUMBER, OTHER_DEVICE), 60, "the session of the new feed")
        self.assertEqual((self.says(NUMBER), self.says(OTHER_NUMBER)), (True, False))
        feeds.pop()
        self.assertEqual(self.reloaded(), ["ingest.feeds"])
        self.bind("r4", "+34616000003", "127.0.40.3")
        wait_for(lambda: self.says("+34616000003", "127.0.40.3"), 60, "the next session of the feed that stays")
        self.assertEqual((self.says(NUMBER), self.says(OTHER_NUMBER)), (True, False))


class InMemory(Stores):
    def test_records_and_codes_outlive_a_reload(self):
        self.config["directory"]["backend"] = "memory"
        self.config["audit"]["spool_dir"] = f"{self.home}/spool-2"
        self.config["ingest"]["group"] = unique("group")
        self.np.stop()
        self.write()
        self.np = Daemon(self.home, "np2", mode=("--config", self.file))
        self.addCleanup(self.np.kill)
        wait_for(lambda: self.says(NUMBER), 30, "the session")
        code = redirect_of(self.np.authorize(DEVICE, client=CLIENT))["code"]
        self.config["directory"]["conflict_skew"] = "3s"
        self.assertEqual(self.reloaded(), ["directory.conflict_skew"])
        token = self.np.token(code, CLIENT, self.secret).json()["access_token"]
        self.config["directory"]["missed_interims"] = 4
        self.reloaded()
        self.assertEqual(self.np.verify(token, NUMBER).json(), {"devicePhoneNumberVerified": True})
        self.assertEqual(self.np.verify(token, NUMBER).status, 401)


class ManyTimes(Stores):
    def held(self):
        process = pathlib.Path(f"/proc/{self.np.process.pid}")
        return len(list((process / "task").iterdir())), len(list((process / "fd").iterdir()))

    def test_nothing_is_left_of_former_editions(self):
        callers = self.callers()

        def reload(turn):
            self.config["directory"]["max_staleness"] = f"{50 + turn}s"
            self.config["kafka"]["properties"] = {"socket.timeout.ms": 20000 + turn}
            self.reloaded()
            self.wait_served(callers)

        reload(0)
        before = []
        wait_for(lambda: before.append(self.held()) or before[-2:-1] == before[-1:], 30, "rest")
        for turn in range(1, 13):
            reload(turn)
        self.assert_nothing_lost(callers)
        threads, files = before[-1]
        # A client of Kafka that has just been made may still hold a connection to a broker that it asked first.
        wait_for(lambda: self.held()[0] <= threads and self.held()[1] <= files + 4, 30,
                 f"{threads} threads and {files} files, not {self.held()}")


if __name__ == "__main__":
    unittest.main()
