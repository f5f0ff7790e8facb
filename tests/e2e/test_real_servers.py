# SPDX-License-Identifier: Apache-2.0
"""numproofd on a real Redis and a real Kafka broker: the same verifications, and what faults do to them."""

import concurrent.futures
import signal
import time
import unittest

from harness import Daemon, EndToEnd, Heart, RealKafka, Redis, event, folder, redirect_of, unique, wait_for
from operator_home import install

STALENESS = 3


def setUpModule():
    global KAFKA, FOLDER
    FOLDER = folder()
    KAFKA = RealKafka(FOLDER.name)


def tearDownModule():
    KAFKA.stop()
    FOLDER.cleanup()


class OnRealServers(EndToEnd):
    """Each test has its own Redis, topics and daemons."""

    def setUp(self):
        self.folder = folder()
        self.redis = Redis(self.folder.name)
        self.names = {kind: unique(kind) for kind in ("sessions", "dlq", "audit", "group")}
        self.daemons = []

    def tearDown(self):
        for daemon in self.daemons:
            daemon.kill()
        self.redis.kill()
        self.folder.cleanup()

    def start(self, name="np1", **more):
        settings = {
            "directory.backend": "redis",
            "directory.redis.addresses": [f"127.0.0.1:{self.redis.port}"],
            "directory.max_staleness": f"{STALENESS}s",
            "kafka.brokers": [KAFKA.address],
            "ingest.group": self.names["group"],
            "ingest.feeds": [{"topic": self.names["sessions"], "dialect": "native"}],
            "ingest.dead_letter_topic": self.names["dlq"],
            "audit.topic": self.names["audit"],
            "audit.spool_dir": f"{self.folder.name}/spool-{name}",
            **more,
        }
        daemon = Daemon(self.folder.name, name, settings)
        self.daemons.append(daemon)
        return daemon

    def publish(self, *events):
        """Through partition 0, so that their order is theirs."""
        KAFKA.produce(self.names["sessions"], [("-", e) for e in events], partition=0)

    def number_at(self, daemon, device):
        parts = redirect_of(daemon.authorize(device))
        if "code" not in parts:
            return parts["error_description"]
        # What is asked may change between two steps; then a later step says so.
        token = daemon.token(parts["code"]).json()
        if "access_token" not in token:
            return token["error"]
        answer = daemon.share(token["access_token"]).json()
        return answer.get("devicePhoneNumber", answer.get("code"))

    def wait_number(self, daemon, device, number):
        wait_for(lambda: self.number_at(daemon, device) == number, 10, f"{device} to be {number}")


class Verifying(OnRealServers):
    def test_an_event_makes_a_phone_known_and_the_audit_event_arrives(self):
        np = self.start()
        self.publish(event("bind", session="x1", msisdn="+34611000001", imsi="214010000000101", ipv4="127.0.20.1",
                           access="3gpp"))
        self.wait_number(np, "127.0.20.1", "+34611000001")
        answer = np.verify(np.sign_in("127.0.20.1"), "+34611000001", headers={"x-correlator": "real-1"})
        self.assertEqual(answer.json(), {"devicePhoneNumberVerified": True})
        mine = lambda: [e for e in KAFKA.audit_events(self.names["audit"]) if e.get("ce_correlationid") == "real-1"]
        events = wait_for(mine, 20, "the audit event")
        self.assertEqual(len(events), 1)
        self.assertEqual(events[0]["data"]["result"], "match")

    def test_nothing_readable_lies_in_redis(self):
        np = self.start()
        token = np.sign_in("127.0.10.1")
        dump = ""
        for key in self.redis.cli("--scan").splitlines():
            dump += key + self.redis.cli("--no-raw", "dump", key)
            is_hash = self.redis.cli("type", key).strip() == "hash"
            dump += self.redis.cli("--no-raw", "hgetall" if is_hash else "get", key)
        self.assertRegex(dump, r"np:a:[\w-]{4}:internet:127\.0\.10\.0-127")
        for marked in ("34600000001", "214010000000001", token):
            self.assertNotIn(marked, dump)

    def test_a_sim_swap_between_sign_in_and_verify_refuses(self):
        np = self.start()
        self.publish(event("bind", session="x2", msisdn="+34611000002", imsi="214010000000102", ipv4="127.0.20.2",
                           access="3gpp"))
        self.wait_number(np, "127.0.20.2", "+34611000002")
        token = np.sign_in("127.0.20.2")
        self.publish(event("subscriber", imsi="214010000000102", msisdn="+34611000002", state="active",
                           sim_changed=True))
        wait_for(lambda: self.number_at(np, "127.0.20.2") == "binding_outdated", 10, "the swap to be known")
        self.assertEqual(np.verify(token, "+34611000002").status, 401)

    def test_poison_goes_to_the_dead_letters_and_stops_nothing(self):
        np = self.start()
        self.publish('{"op":"bind","time":1}', "not json", '{"op":"dance"}')
        self.publish(event("bind", session="x3", msisdn="+34611000003", imsi="214010000000103", ipv4="127.0.20.3",
                           access="3gpp"))
        self.wait_number(np, "127.0.20.3", "+34611000003")
        letters = wait_for(lambda: (r := KAFKA.read_all(self.names["dlq"])) and len(r) >= 3 and r, 20, "dead letters")
        for letter in letters:
            self.assertEqual(letter["headers"]["np_topic"], self.names["sessions"])
            self.assertTrue(letter["headers"]["np_reason"])
            self.assertNotIn("dance", letter["payload"])

    def test_fifty_tokens_eight_at_once_on_two_daemons_give_fifty_answers(self):
        first, second = self.start("np1"), self.start("np2")
        self.publish(*[event("bind", session=f"y{i}", msisdn=f"+346120000{i:02}", imsi=f"2140100000002{i:02}",
                             ipv4=f"127.0.21.{i}", access="3gpp") for i in range(50)])
        self.wait_number(second, "127.0.21.49", "+34612000049")
        tokens = [first.sign_in(f"127.0.21.{i}") for i in range(50)]

        def ask(i, k):
            return (first if k % 2 else second).verify(tokens[i], f"+346120000{i:02}")

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda pair: ask(*pair), [(i, k) for i in range(50) for k in range(8)]))
        given = [a.json() for a in answers if a.status == 200]
        self.assertEqual(given, [{"devicePhoneNumberVerified": True}] * 50)
        self.assertEqual({a.status for a in answers}, {200, 401})


class Faults(OnRealServers):
    def assert_refuses(self, np, token, within):
        """Soon every sign-in is put off and every verification is 503, never anything else but the truth."""
        end = time.monotonic() + within
        while True:
            sign_in = redirect_of(np.authorize("127.0.10.1"))
            if sign_in.get("error") == "temporarily_unavailable":
                break
            self.assertIn("code", sign_in)
            self.assertLess(time.monotonic(), end, "sign-in is still answered")
            time.sleep(0.05)
        answer = np.verify(token, "+34600000001")
        self.assertEqual(answer.status, 503, answer)
        self.assertIn("Retry-After", answer.headers)

    def test_a_stopped_broker_makes_everything_wait_and_comes_back_by_itself(self):
        np = self.start()
        token = np.sign_in("127.0.10.1")
        KAFKA.pause()
        try:
            self.assert_refuses(np, token, STALENESS + 1)
        finally:
            KAFKA.resume()
        np.wait_ready()
        self.assertEqual(np.verify(token, "+34600000001").status, 200)

    def test_a_killed_redis_makes_everything_wait_and_an_empty_one_is_rebuilt(self):
        np = self.start()
        token = np.sign_in("127.0.10.1")
        port = self.redis.port
        self.redis.kill()
        self.assert_refuses(np, token, STALENESS + 1)
        self.redis = Redis(self.folder.name, port)
        seen = set()

        def settled():
            parts = redirect_of(np.authorize("127.0.10.1"))
            seen.add(parts.get("error", "code"))
            return "code" in parts

        wait_for(settled, 30, "the rebuild")
        np.wait_ready()
        self.assertLessEqual(seen, {"temporarily_unavailable", "code"})
        self.assertEqual(np.share(np.sign_in("127.0.10.2")).json()["devicePhoneNumber"], "+34600000002")
        self.assertIn(np.verify(token, "+34600000001").status, (401,))

    def test_killed_and_started_again_it_goes_on_where_it_was(self):
        np = self.start()
        self.publish(event("bind", session="z1", msisdn="+34613000001", imsi="214010000000301", ipv4="127.0.22.1",
                           access="3gpp"))
        self.wait_number(np, "127.0.22.1", "+34613000001")
        token = np.sign_in("127.0.22.1")
        np.kill()
        again = self.start()
        self.assertEqual(again.verify(token, "+34613000001").json(), {"devicePhoneNumberVerified": True})
        self.assertEqual(self.number_at(again, "127.0.22.1"), "+34613000001")
        sources = lambda: {e["ce_source"] for e in KAFKA.audit_events(self.names["audit"])}
        wait_for(lambda: len(sources()) == 2, 20, "the events of both lives")
        events = KAFKA.audit_events(self.names["audit"])
        for source in sources():
            numbers = sorted({int(e["ce_sequence"]) for e in events if e["ce_source"] == source})
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)))

    def test_a_full_redis_is_said_and_it_goes_on_by_itself(self):
        # Watermarks may be old here, so that nothing but Redis' own words can tell.
        np = self.start(**{"directory.max_staleness": "1m"})
        token = np.sign_in("127.0.10.1")
        self.redis.cli("config", "set", "maxmemory", "1")
        wait_for(lambda: b"refuses writes (OOM)" in np.readiness().body, 20, "readiness to say that Redis is full")
        self.assertEqual(np.readiness().status, 503)
        self.assertEqual(np.verify(token, "+34600000001").status, 503)
        self.redis.cli("config", "set", "maxmemory", "0")
        np.wait_ready()
        self.assertEqual(np.verify(token, "+34600000001").status, 200)

    def test_a_redis_that_may_evict_all_at_once_is_not_used(self):
        np = self.start(**{"directory.max_staleness": "1m"})
        token = np.sign_in("127.0.10.1")
        self.redis.cli("config", "set", "maxmemory-policy", "allkeys-lru")
        wait_for(lambda: b"maxmemory-policy is 'allkeys-lru'" in np.readiness().body, 20, "readiness to say it")
        # Each loop notices by itself. A question that is none leaves the token unused: 400 until then.
        wait_for(lambda: np.verify(token, "no number").status == 503, 20, "verifications to be refused")
        self.redis.cli("config", "set", "maxmemory-policy", "noeviction")
        np.wait_ready()
        answers = []
        wait_for(lambda: answers.append(np.verify(token, "+34600000001").status) or answers[-1] != 503, 20, "an answer")
        self.assertEqual(answers[-1], 200)

    def test_a_redis_that_has_evicted_is_built_again(self):
        np = self.start()
        token = np.sign_in("127.0.10.1")
        marker = lambda: self.redis.cli("--no-raw", "get", "np:gen")
        before = marker()
        self.redis.cli("config", "set", "maxmemory-policy", "allkeys-random", "maxmemory", "1")
        wait_for(lambda: "evicted_keys:0" not in self.redis.cli("info", "stats"), 20, "keys to be evicted")
        self.redis.cli("config", "set", "maxmemory", "0", "maxmemory-policy", "noeviction")
        np.wait_ready()
        wait_for(lambda: marker() not in ("(nil)", before), 30, "another directory")
        np.wait_ready()
        self.wait_number(np, "127.0.10.1", "+34600000001")
        self.assertEqual(np.verify(token, "+34600000001").status, 401)

    def test_a_frozen_redis_is_answered_within_the_deadline(self):
        np = self.start()
        token = np.sign_in("127.0.10.1")
        self.redis.signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            answer = np.verify(token, "+34600000001")
            self.assertIn(answer.status, (503, 504))
            self.assertLess(time.monotonic() - began, 3)
        finally:
            self.redis.signal(signal.SIGCONT)
        np.wait_ready()


class AsAnOperator(OnRealServers):
    """No sandbox: a configuration file, keys and clients of one's own, topics made by hand."""

    def install(self):
        file, secret = install(self.folder.name, self.redis, KAFKA, self.names, STALENESS)
        return secret, ("--config", file)

    def test_a_node_whose_name_another_takes_ends_with_69(self):
        _, mode = self.install()
        self.start("maker").stop()
        heart = Heart(KAFKA, self.names["sessions"], 4)
        try:
            own = [{"audit.spool_dir": f"{self.folder.name}/s{i}", "http.admin_socket": f"{self.folder.name}/s{i}.sock"}
                   for i in range(2)]
            first = Daemon(self.folder.name, "twin", settings=own[0], mode=mode)
            self.daemons.append(first)
            second = Daemon(self.folder.name, "twin", settings=own[1], mode=mode, ready=False)
            self.daemons.append(second)
            self.assertEqual(first.process.wait(60), 69, first.output()[-2000:])
            second.wait_ready()
        finally:
            heart.stop()

    def test_a_feed_that_stops_makes_everything_wait(self):
        secret, mode = self.install()
        # A sandbox makes the topics, and leaves a Redis that is built with another key.
        self.start("maker").stop()
        self.publish(event("bind", session="o1", msisdn="+34614000001", ipv4="127.0.23.1", access="3gpp"))
        heart = Heart(KAFKA, self.names["sessions"], 4)
        try:
            np = Daemon(self.folder.name, settings={}, mode=mode)
            self.daemons.append(np)
            token = np.token(redirect_of(np.authorize("127.0.23.1", client="shop"))["code"], "shop", secret).json()
        finally:
            heart.stop()
        end = time.monotonic() + STALENESS + 1
        wait_for(lambda: redirect_of(np.authorize("127.0.23.1", client="shop")).get("error") == "temporarily_unavailable",
                 end - time.monotonic(), "sign-in to be put off")
        answer = np.verify(token["access_token"], "+34614000001")
        self.assertEqual((answer.status, answer.json()["code"]), (503, "UNAVAILABLE"))
        self.assertEqual(np.readiness().status, 503)
        heart = Heart(KAFKA, self.names["sessions"], 4)
        try:
            np.wait_ready()
            answer = np.verify(token["access_token"], "+34614000001")
            self.assertEqual(answer.json(), {"devicePhoneNumberVerified": True})
        finally:
            heart.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
