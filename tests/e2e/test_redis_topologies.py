# SPDX-License-Identifier: Apache-2.0
"""numproofd on a Redis with sentinels, TLS on both sides and users with few rights; failovers under load."""

import os
import signal
import subprocess
import threading
import time
import unittest

from harness import BIN, Daemon, EndToEnd, folder, redirect_of, wait_for
from redundant_redis import Certificates, RedundantRedis

DEVICE, NUMBER = "127.0.10.1", "+34600000001"


class Load:
    """Signs in and verifies all the time, and remembers every answer."""

    def __init__(self, daemon, count=3):
        self.daemon, self.stopped, self.lock = daemon, threading.Event(), threading.Lock()
        self.used, self.unused, self.statuses, self.wrong, self.good_at = [], [], set(), [], 0
        self.threads = [threading.Thread(target=self.run) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self):
        turn = 0
        while not self.stopped.wait(0.01):
            turn += 1
            token = self.sign_in()
            if token is None:
                continue
            if turn % 5 == 0:
                with self.lock:
                    self.unused.append(token)
                continue
            answer = self.daemon.verify(token, NUMBER)
            with self.lock:
                self.statuses.add(answer.status)
                if answer.status == 200:
                    self.used.append(token)
                    self.good_at = time.monotonic()
                    if answer.json() != {"devicePhoneNumberVerified": True}:
                        self.wrong.append(answer)

    def sign_in(self):
        parts = redirect_of(self.daemon.authorize(DEVICE))
        if "code" not in parts:
            if parts["error"] != "temporarily_unavailable":
                self.wrong.append(parts)
            return None
        answer = self.daemon.token(parts["code"])
        if answer.status in (503, 504):
            return None
        return answer.json().get("access_token")

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()


class Failover(EndToEnd):
    def setUp(self):
        self.folder = folder()
        self.redis = RedundantRedis(self.folder.name)
        settings = {**self.redis.settings(self.folder.name), "http.rate_limits.authorize_per_subscriber": None,
                    "audit.spool_dir": f"{self.folder.name}/spool"}
        self.daemon = Daemon(self.folder.name, settings=settings)
        self.loads = []

    def tearDown(self):
        for load in self.loads:
            load.stop()
        self.daemon.kill()
        self.redis.stop()
        self.folder.cleanup()

    def fail_over(self, lose):
        """Loses the primary under load; gives what the load saw, once it goes on with another one."""
        load = Load(self.daemon)
        self.loads.append(load)
        wait_for(lambda: len(load.used) > 50 and load.unused, 30, "the load to run")
        before = self.redis.primary()
        early = list(load.used), list(load.unused)
        lost_at = time.monotonic()
        lose(before)
        others = [store for store in self.redis.stores if store is not before]
        wait_for(lambda: any(f"127.0.0.1:{s.port}" in self.daemon.output() for s in others), 30, "another primary")
        met_at = time.monotonic()
        wait_for(lambda: load.good_at > met_at, 30, "verifications after the failover")
        print(f"from the loss to a verification by the new primary: {load.good_at - lost_at:.1f} s")
        load.stop()
        self.assertEqual(load.wrong, [])
        self.assertLessEqual(load.statuses, {200, 401, 503, 504})
        return early

    def assert_refused(self, tokens):
        """A loop that is not there yet says 503; from then on it is 401 for good."""
        for token in tokens:
            self.assertEqual(wait_for(lambda token=token: self.judgement(token), 30, "an answer"), 401)

    def judgement(self, token):
        status = self.daemon.verify(token, NUMBER).status
        return None if status in (503, 504) else status

    def test_a_killed_primary(self):
        used, unused = self.fail_over(lambda primary: primary.kill())
        self.assert_refused(used[-50:] + unused[-20:])

    def test_a_primary_that_stands_still_and_wakes_up(self):
        old = self.redis.primary()
        used, unused = self.fail_over(lambda primary: primary.signal(signal.SIGSTOP))
        old.signal(signal.SIGCONT)
        wait_for(lambda: "role:slave" in old.cli("admin", "info", "replication"), 40, "the old primary to follow")
        self.assert_refused(used[-50:] + unused[-20:])
        self.daemon.wait_ready()
        self.assertEqual(self.daemon.verify(self.daemon.sign_in(DEVICE), NUMBER).status, 200)

    def test_a_failover_that_the_operator_asks_for(self):
        ask = lambda _: self.redis.sentinels[0].cli("peer", "sentinel", "failover", "mymaster")
        used, unused = self.fail_over(ask)
        self.assert_refused(used[-50:] + unused[-20:])


class BadFiles(EndToEnd):
    """What is wrong with certificates is said before anything runs, with the file's name."""

    def test_are_refused_with_78_and_their_names(self):
        with folder() as home:
            certificates = Certificates(home)
            good, other = certificates.make("good"), certificates.make("other")
            expired = certificates.make("expired", days=-1)
            ca = str(certificates.authority)
            cases = [
                ({"ca_file": f"{home}/none.pem"}, f"{home}/none.pem: No such file"),
                ({"ca_file": str(expired[0])}, f"{expired[0]}: none of its certificates is valid today"),
                ({"ca_file": ca, "certificate_file": str(good[0]), "key_file": str(other[1])},
                 f"{other[1]}: is not the key of {good[0]}"),
                ({"ca_file": ca, "certificate_file": str(expired[0]), "key_file": str(expired[1])},
                 f"{expired[0]}: the certificate has expired")]
            for tls, message in cases:
                for check in ([], ["--check-config"]):
                    done = self.run_daemon(home, tls, check)
                    self.assertEqual(done.returncode, 78, done.stderr)
                    self.assertIn(message, done.stderr)
            os.chmod(good[1], 0o644)
            done = self.run_daemon(home, {"ca_file": ca, "certificate_file": str(good[0]), "key_file": str(good[1])},
                                   ["--check-config"])
            self.assertEqual((done.returncode, "everybody can read it" in done.stderr), (78, True), done.stderr)

    @staticmethod
    def run_daemon(home, tls, words):
        words = [*words, "--set", "directory.backend=redis", "--set", f"directory.redis.tls={tls}",
                 "--set", f"http.admin_socket={home}/a.sock", "--set", f"audit.spool_dir={home}/spool"]
        return subprocess.run([BIN / "numproofd", "--sandbox", *words], capture_output=True, text=True, timeout=60)


if __name__ == "__main__":
    unittest.main(verbosity=2)
