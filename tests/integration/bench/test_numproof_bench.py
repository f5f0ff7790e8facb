# SPDX-License-Identifier: Apache-2.0
"""numproof-bench against a daemon, a Redis and a Kafka that are all real."""

import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))
from harness import (BIN, CALLBACK, PURPOSE, SHARE, VERIFY, Daemon, Process, RealKafka, Redis, folder, free_port,
                     unique, wait_for)


def ctl(*words):
    done = subprocess.run([BIN / "numproofctl", *map(str, words)], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = folder()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.home = pathlib.Path(cls.folder.name)
        cls.kafka = RealKafka(cls.folder.name)
        cls.addClassCleanup(cls.kafka.stop)
        cls.redis = Redis(cls.folder.name)
        cls.addClassCleanup(cls.redis.kill)
        cls.secret = cls.configure()
        cls.sessions = cls.start("sessions", "--count", 40, "--make-topics", 3, "--heartbeats", "10m")
        wait_for(lambda: "acknowledged" in cls.sessions.output(), 60, "the sessions to be published")
        cls.daemon = Daemon(cls.folder.name, mode=("--config", cls.config), ready=False)
        cls.addClassCleanup(cls.daemon.kill)
        cls.daemon.wait_ready(90)

    @classmethod
    def configure(cls):
        home = cls.home
        (home / "signing").mkdir()
        ctl("key", "new", "signing", "--file", home / "signing/k1.pem")
        ctl("key", "new", "directory", "--file", home / "directory.key")
        ctl("key", "new", "audit", "--file", home / "audit.key")
        made = json.loads(ctl("--json", "client", "secret"))
        client = {"id": "bench-app", "auth": {"methods": ["client_secret_basic"], "secret_hash": made["secret_hash"]},
                  "redirect_uris": [CALLBACK], "purposes": [PURPOSE], "scopes": [VERIFY, SHARE]}
        (home / "clients.yaml").write_text(json.dumps([client]))
        cls.config = home / "numproof.yaml"
        cls.config.write_text(json.dumps({
            "http": {"rate_limits": {"per_client": None, "authorize_per_subscriber": None}},
            "auth": {"signing_keys_dir": f"{home}/signing", "clients_file": f"{home}/clients.yaml"},
            "directory": {"redis": {"addresses": [f"127.0.0.1:{cls.redis.port}"], "deadline": "1s"},
                          "key_file": f"{home}/directory.key", "max_staleness": "30s",
                          "domains": [{"name": "internet", "devices": ["127.64.0.0/10"]}]},
            "kafka": {"brokers": [cls.kafka.address]},
            "audit": {"spool_dir": f"{home}/spool", "key_file": f"{home}/audit.key"},
            "log": {"target": "stderr"}}))
        return made["secret"]

    @classmethod
    def words(cls, command, *arguments):
        # The issuer is a setting of the daemon that the harness gives it only on its command line.
        config = ("--config", cls.config, "--set", "auth.issuer=http://localhost:1") \
            if command in ("tokens", "sessions") else ()
        return [str(word) for word in (BIN / "numproof-bench", command, *config, *arguments)]

    @classmethod
    def start(cls, command, *arguments):
        process = Process(cls.words(command, *arguments), cls.folder.name, unique(command))
        cls.addClassCleanup(process.kill)
        return process

    def run_bench(self, command, *arguments, status=0):
        done = subprocess.run(self.words(command, *arguments), capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return json.loads(done.stdout) if status == 0 else done.stderr

    def mint(self, count, *more):
        file = self.home / f"{self.id()}.tokens"
        report = self.run_bench("tokens", "--count", count, "--file", file, "--subscribers", 40, *more)
        self.assertEqual(report["answers"], {"issued": count})
        return file

    def verify(self, file, *more, subscribers=40, **options):
        return self.run_bench("verify", "--url", f"http://127.0.0.1:{self.daemon.port}/number-verification/v2/verify",
                              "--tokens", file, "--subscribers", subscribers, "--seconds", 60, *more, **options)

    def test_each_token_gives_one_match(self):
        file = self.mint(300)
        tokens = file.read_text().split()
        self.assertEqual(len(set(tokens)), 300)
        self.assertEqual(file.stat().st_mode & 0o077, 0)
        first = self.verify(file, "--connections", 7, "--server-pid", self.daemon.process.pid,
                            "--store-pid", self.redis.process.pid)
        self.assertEqual((first["answers"], first["errors"], first["tokens_left"]), ({"200": 300}, 0, 0))
        for figure in ("per_second", "p50_us", "p99_us", "server_us", "store_us", "rss_bytes"):
            self.assertGreater(first[figure], 0, figure)
        again = self.verify(file)
        self.assertEqual((again["answers"], again["per_second"], again["p50_us"]), ({"401": 300}, 0, None))

    def test_the_number_belongs_to_the_token(self):
        file = self.mint(80)
        shifted = self.verify(file, "--skip", 40, subscribers=39)
        self.assertEqual((shifted["mismatches"], shifted["errors"], shifted["per_second"]), (40, 40, 0))

    def test_a_device_signs_in(self):
        report = self.run_bench("sign-in", "--url", f"http://127.0.0.1:{self.daemon.port}", "--secret", self.secret,
                                "--connections", 5, "--seconds", 1)
        self.assertEqual(report["errors"], 0)
        self.assertGreater(report["answers"]["200"], 0)
        self.assertGreater(report["authorize_p50_us"], 0)

    def test_a_subscriber_that_is_not_bound_is_named(self):
        said = self.run_bench("tokens", "--count", 41, "--file", self.home / "none", "--subscribers", 41, "--wait", 0,
                              status=69)
        self.assertRegex(said, "subscriber 40 cannot be signed in.*numproof-bench sessions --config .* --count 41")

    def test_heartbeats_end_by_a_signal(self):
        heart = self.start("sessions", "--count", 0, "--heartbeats", "10m")
        wait_for(lambda: "acknowledged" in heart.output(), 60, "the first heartbeat")
        self.assertEqual(heart.stop(), 0)

    def test_wrong_arguments_and_absent_servers_have_their_exit_status(self):
        file = self.mint(1)
        nobody = f"http://127.0.0.1:{free_port()}/"
        self.run_bench("dance", status=64)
        self.run_bench("verify", "--url", nobody, status=64)
        self.run_bench("verify", "--url", "ftp://x/", "--plain", status=64)
        self.run_bench("verify", "--url", nobody, "--plain", "--seconds", "soon", status=64)
        self.run_bench("tokens", "--count", 1, "--file", file, "--client", "nobody", status=64)
        self.assertIn("no process", self.verify(file, "--server-pid", 1 << 30, status=64))
        said = self.run_bench("verify", "--url", nobody, "--plain", status=69)
        self.assertIn("cannot connect to 127.0.0.1 port", said)
        self.assertIn("key_file", self.run_bench("tokens", "--count", 1, "--file", file, "--set",
                                                 "directory.key_file=relative", status=78))


if __name__ == "__main__":
    unittest.main(verbosity=2)
