# SPDX-License-Identifier: Apache-2.0
"""Marked numbers, tokens and keys run through everything; then every byte that was written is searched for them."""

import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import marks  # noqa: E402
import memory  # noqa: E402
from feeding import Feeding  # noqa: E402
from harness import BIN, folder, wait_for  # noqa: E402
from search import Finder, marks_in, tell  # noqa: E402
from traffic import Traffic  # noqa: E402
from world import TOPICS, World  # noqa: E402

NOBODY = 65534


class Story:
    """All that happens, once; the tests look at what is left of it."""

    def __init__(self, home):
        most = resource.RLIM_INFINITY if os.geteuid() == 0 else resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))
        self.world = World(home)
        os.chdir(self.world.home / "run")
        try:
            self.tell()
        except BaseException:
            self.world.close()
            raise

    def tell(self):
        self.feed()
        self.plant()
        self.np = self.world.start()
        self.traffic = Traffic(self.world, self.np)
        phone = self.feeding.phone("the phone of the first life")
        self.traffic.wait_for_phone(phone)
        self.everything(phone)
        self.traffic.operator()
        self.redis_dies(phone)
        self.kafka_is_away(phone)
        self.second_life()

    def feed(self):
        before = len(self.world.marks)
        self.feeding = Feeding(self.world)
        self.feeding.good_records()
        self.poison = self.feeding.poison()
        self.fed = set(self.world.marks[before:])

    def plant(self):
        """Where a number does lie in Redis the search must say so."""
        self.control, number = marks.number("the control")
        redis = self.world.redis
        redis.cli("set", "np:control", f"before {number} after")
        redis.dump()
        shutil.copy(self.world.home / "redis/dump.rdb", self.world.home / "operator/control.rdb")
        redis.cli("del", "np:control")

    def everything(self, phone):
        for step in ("answers", "refused_sign_ins", "refused_authorizations", "revocations", "bad_bodies", "odd_places",
                     "bad_credentials", "bad_http"):
            getattr(self.traffic, step)(phone)

    def redis_dies(self, phone):
        """In the middle of sign-ins and verifications; they end as they may."""
        stopped = threading.Event()

        def go_on():
            while not stopped.is_set():
                code = self.traffic.code(phone, name="a code while Redis dies")
                answer = self.traffic.redeem(code or "none", "a token while Redis dies")
                self.traffic.verify(getattr(answer, "token", "none"), {"phoneNumber": phone.number})

        threads = [threading.Thread(target=go_on) for _ in range(4)]
        for thread in threads:
            thread.start()
        asked = self.traffic.asked
        wait_for(lambda: self.traffic.asked > asked + 20, 20, "requests under way")
        self.world.redis_again(lambda: wait_for(lambda: self.np.readiness().status == 503, 20, "not to be ready"))
        stopped.set()
        for thread in threads:
            thread.join()
        self.np.wait_ready()

    def kafka_is_away(self, phone):
        """Audit events stay in the spool; the daemon is killed with them."""
        token = self.traffic.token(phone, name="a token while Kafka is away")
        self.world.kafka.pause()
        try:
            assert self.traffic.verify(token, {"phoneNumber": phone.number}).status == 200
            self.correlators = self.traffic.correlators(phone)
            self.traffic.refused_authorizations(phone)
            shutil.copytree(self.world.home / "spool", self.world.home / "spool while Kafka was away")
            self.np.kill()
        finally:
            self.world.kafka.resume()

    def second_life(self):
        """What is freed is overwritten, so what is found in memory afterwards is held by somebody."""
        os.environ["GLIBC_TUNABLES"] = "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"
        self.np = self.world.start()
        del os.environ["GLIBC_TUNABLES"]
        self.traffic = Traffic(self.world, self.np)
        before = len(self.world.marks)
        phone = self.feeding.phone("the phone of the second life")
        self.traffic.wait_for_phone(phone)
        self.everything(phone)
        self.traffic.operator()
        idle = self.traffic.idle_connections(phone, 8)
        self.second = self.world.marks[before:]
        wait_for(self.is_shipped, 30, "all audit events to be delivered")
        self.remember()
        for connection in idle:
            connection.close()
        self.world.redis.dump()
        self.abort()

    def is_shipped(self):
        self.audit = self.world.kafka.audit_events(TOPICS["audit"])
        issued = {event["ce_id"] for event in self.audit if event["data"].get("result") == "issued"}
        given = [m for m in self.world.marks if m.kind in ("token", "code") and "changed" not in m.name]
        return len(issued) >= len(given)

    def remember(self):
        finder = Finder(self.second)
        keys = Finder([m for m in self.world.marks if m.kind == "key"])
        self.memory_of_keys, _ = memory.search(keys, self.np.process.pid)
        self.memory, self.memory_size = memory.search(finder, self.np.process.pid)
        print(f"memory, {self.memory_size >> 20} MiB: {memory.summary(self.second, self.memory)}", file=sys.stderr)

    def abort(self):
        """The worst moment for a core file: with all that was asked in memory."""
        pid = self.np.process.pid
        os.kill(pid, signal.SIGABRT)
        self.end = os.waitpid(pid, 0)[1]
        self.np.process.returncode = -os.WTERMSIG(self.end)


def setUpModule():
    global FOLDER, STORY, HITS
    FOLDER = folder()
    STORY = Story(FOLDER.name)
    world = STORY.world
    for topic in ("dlq", "audit"):
        (world.home / f"kcat {topic}").write_bytes(world.kafka_octets(TOPICS[topic]))
    HITS = Finder(world.marks).search_tree(world.home, skip=[world.home / "operator", *world.input_segments()])


def tearDownModule():
    STORY.world.close()
    os.chdir("/")
    FOLDER.cleanup()


class Controls(unittest.TestCase):
    """The same search, where it must find."""

    def test_the_input_topic_holds_every_number_that_was_fed(self):
        (segments,) = STORY.world.input_segments()
        hits = Finder(STORY.fed).search_tree(segments)
        self.assertEqual({m.name for m in STORY.fed - marks_in(hits)}, set())
        self.assertGreater(len(STORY.fed), 40)

    def test_a_number_in_redis_is_found_in_its_dump_and_in_its_log(self):
        finder = Finder([STORY.control])
        home = STORY.world.home
        self.assertTrue(finder.search_file(home / "operator/control.rdb"))
        self.assertTrue([hit for hit in finder.search_tree(home / "redis") if ".aof" in hit.where])
        self.assertEqual(finder.search_file(home / "redis/dump.rdb"), [])

    def test_what_was_to_be_searched_is_there(self):
        home = STORY.world.home
        for place in ("run/np1.log", "redis/dump.rdb", "redis/wire", "redis/redis.log", "spool while Kafka was away",
                      "refusals", "operator's screen", "kcat dlq", "kcat audit", "services/kafka.log",
                      f"services/kafka-data/{TOPICS['dlq']}-0", f"services/kafka-data/{TOPICS['audit']}-0"):
            path = home / place
            size = sum(f.stat().st_size for f in path.rglob("*.log")) if "kafka-data" in place else (
                sum(f.stat().st_size for f in path.rglob("*")) if path.is_dir() else path.stat().st_size)
            self.assertGreater(size, 500, place)
        log = (home / "run/np1.log").read_text()
        self.assertIn('"level":"debug"', log)
        self.assertIn("numproof_", (home / "operator's screen").read_text())

    def test_all_poison_is_among_the_dead_letters(self):
        letters = STORY.world.kafka.read_all(TOPICS["dlq"])
        self.assertEqual(len({letter["headers"]["np_offset"] for letter in letters}), STORY.poison)

    def test_every_kind_of_answer_is_in_the_audit_trail(self):
        results = {event["data"].get("result") for event in STORY.audit}
        self.assertLessEqual({"match", "mismatch", "shared", "issued", "refused", "unknown"}, results)

    def test_nothing_in_kafka_is_compressed(self):
        codecs = {codec for path in (STORY.world.home / "services/kafka-data").rglob("*.log")
                  for codec in codecs_of(path.read_bytes())}
        self.assertEqual(codecs, {0})


def codecs_of(segment):
    """The compression of each batch in a segment of Kafka's log, 0 for none."""
    at = 0
    while at + 61 <= len(segment) and segment[at + 16] == 2:
        yield segment[at + 22] & 7
        at += 12 + int.from_bytes(segment[at + 8:at + 12], "big")


class EveryByte(unittest.TestCase):
    def test_nothing_marked_was_written_anywhere(self):
        # A password goes over the wire to Redis, and only there.
        password = {m for m in STORY.world.marks if m.kind == "password"}
        wire = [hit for hit in HITS if hit.where.endswith("/redis/wire") and hit.mark in password]
        self.assertTrue(wire)
        others = [hit for hit in HITS if hit not in wire]
        self.assertEqual(len(others), 0, tell(others))
        self.assertGreater(len(STORY.world.marks), 300)

    def test_a_correlator_is_where_it_is_promised_and_nowhere_else(self):
        """x-correlator and traceparent are the client's own words: the audit trail repeats them."""
        home = STORY.world.home
        hits = Finder(STORY.correlators).search_tree(home, skip=[home / "operator"])
        places = {pathlib.Path(hit.where).relative_to(home).parts[:3] for hit in hits}
        audit = ("services", "kafka-data", f"{TOPICS['audit']}-0")
        self.assertIn(audit, places)
        self.assertEqual({p for p in places if p != audit and not p[0].startswith(("spool", "kcat audit"))}, set())
        self.assertTrue([p for p in places if p[0] == "spool while Kafka was away"])
        self.assertEqual(marks_in(hits), STORY.correlators)

    def test_the_clients_file_does_not_tell_their_secrets(self):
        secrets = [m for m in STORY.world.marks if m.kind == "secret"]
        self.assertEqual(Finder(secrets).search_file(STORY.world.clients_file), [])


class Memory(unittest.TestCase):
    def test_what_is_done_with_is_not_held(self):
        held = [hit for hit in STORY.memory if hit.mark.kind in ("imsi", "token", "code", "secret", "id_token")]
        self.assertEqual(len(held), 0, tell(held))
        self.assertGreater(STORY.memory_size, 1 << 20)

    def test_of_numbers_only_the_last_ones_are_left_on_stacks(self):
        numbers = [hit for hit in STORY.memory if hit.mark.kind == "number"]
        self.assertGreater(len([m for m in STORY.second if m.kind == "number"]), 40)
        self.assertLessEqual(len(marks_in(numbers)), 6, tell(numbers))

    def test_memory_is_searched_indeed(self):
        """The keys are in it."""
        keys = [m for m in STORY.world.marks if m.kind == "key" and m.name != "the client's key"]
        self.assertEqual(marks_in(STORY.memory_of_keys), set(keys))

    def test_no_core_file_is_written(self):
        self.assertTrue(os.WIFSIGNALED(STORY.end) and os.WTERMSIG(STORY.end) == signal.SIGABRT, STORY.end)
        self.assertFalse(os.WCOREDUMP(STORY.end))
        self.assertEqual(list((STORY.world.home / "run").glob("core*")), [])

    def test_another_program_does_write_one_here(self):
        if resource.getrlimit(resource.RLIMIT_CORE)[0] == 0:
            self.fail("core files are forbidden here: no test can show that numproofd writes none")
        with folder() as place:
            victim = subprocess.Popen([sys.executable, "-c", "import os; os.abort()"], cwd=place)
            end = os.waitpid(victim.pid, 0)[1]
            victim.returncode = -os.WTERMSIG(end)
        self.assertTrue(os.WCOREDUMP(end))

    def test_a_check_of_the_configuration_is_protected_as_well(self):
        """It reads the keys. A Redis that does not answer keeps it waiting; its memory is not its user's to read."""
        as_somebody = {"user": NOBODY} if os.getuid() == 0 else {}
        own = NOBODY if os.getuid() == 0 else os.getuid()
        with folder() as place, socket.create_server(("127.0.0.1", 0)) as silent:
            os.chmod(place, 0o755)
            program = shutil.copy(BIN / "numproofd", place)
            address = f"127.0.0.1:{silent.getsockname()[1]}"
            checking = subprocess.Popen(
                [program, "--sandbox", "--check-config", "--online", "--set", "directory.backend=redis",
                 "--set", f'directory.redis.addresses=["{address}"]', "--set", "directory.redis.deadline=10s"],
                cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_somebody)
            open_one = subprocess.Popen(["sleep", "60"], cwd=place, **as_somebody)
            try:
                connection, _ = silent.accept()
                with connection:
                    limits = pathlib.Path(f"/proc/{checking.pid}/limits").read_text(encoding="utf-8")
                    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
                    self.assertEqual(core.split()[4:6], ["0", "0"])
                    # What may not be dumped belongs to root.
                    self.assertEqual(os.stat(f"/proc/{checking.pid}/mem").st_uid, 0)
                    self.assertEqual(os.stat(f"/proc/{open_one.pid}/mem").st_uid, own)
            finally:
                for process in (checking, open_one):
                    process.kill()
                    process.wait()


class Mistakes(unittest.TestCase):
    """A secret where a value belongs is refused and not repeated; names of keys are."""

    def setUp(self):
        self.mark, self.secret = marks.random_text("a misplaced secret", "secret")
        self.folder = folder()
        self.home = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def refused(self, *words):
        done = subprocess.run([BIN / "numproofd", "--check-config", *words], capture_output=True, timeout=30,
                              check=False)
        told = done.stdout + done.stderr
        self.assertIn(done.returncode, (64, 78), words[:1])
        self.assertGreater(len(told), 10)
        hits = Finder([self.mark]).search_bytes("what was said", told)
        self.assertEqual(len(hits), 0, tell(hits))

    def file(self, name, content):
        path = self.home / name
        path.write_text(content)
        path.chmod(0o600)
        return path

    def test_in_the_configuration(self):
        for text in (f"directory: {{redis: {{password: {self.secret}}}}}",
                     f"directory: {{redis: {{password_file: {self.secret}}}}}",
                     f"directory: {{redis: {{addresses: ['redis://:{self.secret}@127.0.0.1:1']}}}}",
                     f"directory: {{key_file: {self.secret}}}", f"auth: {{issuer: 'https://me:{self.secret}@idp'}}",
                     f"auth: {{signing_keys_dir: '{self.secret}'}}", f"kafka: {{brokers: ['me:{self.secret}@host:9']}}",
                     f"kafka: {{security: {{protocol: sasl_ssl, mechanism: PLAIN, password: {self.secret}}}}}",
                     f"kafka: {{properties: {{sasl.password: {self.secret}}}}}",
                     f"kafka: {{properties: {{ssl.key.pem: {self.secret}}}}}",
                     f"kafka: {{properties: {{socket.timeout.ms: {self.secret}}}}}",
                     f'directory: {{password: "{self.secret}',
                     f"log: {{level: {self.secret}}}", f"http: {{workers: {self.secret}}}", self.secret):
            with self.subTest(text.replace(self.secret, "SECRET")):
                self.refused("--config", self.file("numproof.yaml", text))

    def test_on_the_command_line(self):
        for word in (f"directory.redis.password={self.secret}", f"directory.key_file={self.secret}",
                     f"kafka.properties={{sasl.password: {self.secret}}}", f"http.workers={self.secret}"):
            with self.subTest(word.replace(self.secret, "SECRET")):
                self.refused("--sandbox", "--set", word)

    def test_in_the_clients_file(self):
        rest = f"redirect_uris: ['https://a.example/cb'], scopes: [openid], purposes: ['dpv:X']"
        jwk = f"{{kty: EC, crv: P-256, x: a, y: b, d: {self.secret}}}"
        for auth in (f"{{methods: [client_secret_basic], secret: {self.secret}}}",
                     f"{{methods: [client_secret_basic], secret_hash: {self.secret}}}",
                     f"{{methods: [client_secret_basic], secret_hash: 'sha256$${self.secret}'}}",
                     f"{{methods: [private_key_jwt], jwks: {{keys: [{jwk}]}}}}"):
            with self.subTest(auth.replace(self.secret, "SECRET")):
                clients = self.file("clients.yaml", f"- {{id: a, auth: {auth}, {rest}}}\n")
                self.refused("--sandbox", "--set", f"auth.clients_file={clients}")

    def test_in_files_with_secrets(self):
        for setting in ("directory.key_file", "audit.key_file"):
            with self.subTest(setting):
                self.refused("--sandbox", "--set", f"{setting}={self.file('key', self.secret)}")
        (self.home / "signing").mkdir()
        body = f"-----BEGIN PRIVATE KEY-----\n{self.secret}\n-----END PRIVATE KEY-----\n"
        self.file("signing/k.pem", body)
        self.refused("--sandbox", "--set", f"auth.signing_keys_dir={self.home}/signing")
        self.file("open", self.secret).chmod(0o644)
        self.refused("--sandbox", "--set", "directory.backend=redis", "--set",
                     f"directory.redis.password_file={self.home}/open")


if __name__ == "__main__":
    unittest.main(verbosity=2)
