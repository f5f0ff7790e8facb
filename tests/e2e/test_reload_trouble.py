# SPDX-License-Identifier: Apache-2.0
"""Reloads that meet each other, an end, brokers that are away, or a thread that hangs."""

import json
import signal
import subprocess
import unittest

from frozen_thread import FrozenThread
from harness import BIN, event, free_port, redirect_of, wait_for
from operator_home import CLIENT, make_client
from reloading import DEVICE, NUMBER, OTHER_DEVICE, OTHER_NUMBER, Reloading


class Trouble(Reloading):
    def ask(self):
        asked = subprocess.Popen([BIN / "numproofctl", "--json", "--socket", self.np.socket, "reload"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: asked.poll() is None and (asked.kill(), asked.wait()))
        return asked

    def test_reloads_at_the_same_time_come_one_after_the_other(self):
        callers = self.callers()
        self.config["directory"]["redis"]["deadline"] = "1900ms"
        self.write()
        all_asked = [self.ask() for _ in range(4)]
        changed = []
        for asked in all_asked:
            told, complaint = asked.communicate(timeout=120)
            self.assertEqual(asked.returncode, 0, complaint)
            changed += json.loads(told)["changed"]
        self.assertEqual(changed, ["directory.redis.deadline"])
        self.wait_served(callers)
        self.assert_nothing_lost(callers)
        self.assertEqual(self.metric('numproof_config_reloads_total{result="taken"}'), 4)

    def test_an_end_while_a_reload_prepares_comes_first(self):
        self.config["directory"]["redis"]["deadline"] = "1900ms"
        self.write()
        self.redis.pause()
        self.addCleanup(self.redis.resume)
        asked = self.ask()
        self.manager.wait_told("RELOADING=1")
        self.np.signal(signal.SIGTERM)
        stopping = self.manager.wait_told("STOPPING=1")
        self.redis.resume()
        _, complaint = asked.communicate(timeout=60)
        self.assertEqual((asked.returncode, complaint), (1, "numproofctl: numproofd is on its way out\n\n"))
        self.assertEqual(self.np.process.wait(60), 0)
        self.assertEqual([told for told in self.manager.told[stopping:] if "READY" in told], [])

    def test_brokers_that_are_away_are_taken_and_left_again(self):
        good = self.config["kafka"]["brokers"]
        self.config["kafka"]["brokers"] = [f"127.0.0.1:{free_port()}"]
        self.assertEqual(self.reloaded(), ["kafka.brokers"])
        # What it knows is not stale yet.
        self.assertEqual(self.np.verify(self.token().json()["access_token"], NUMBER).status, 200)
        wait_for(lambda: "NP-KAFKA-003" in self.np.output(), 30, "the log")

        self.kafka.produce(self.names["sessions"], [("-", event("bind", session="r2", msisdn=OTHER_NUMBER,
                                                                ipv4=OTHER_DEVICE, access="3gpp"))], partition=0)
        self.config["kafka"]["brokers"] = good
        self.assertEqual(self.reloaded(), ["kafka.brokers"])
        wait_for(lambda: "code" in redirect_of(self.np.authorize(OTHER_DEVICE, client=CLIENT)), 60, "the new session")
        wait_for(lambda: self.metric("numproof_audit_spool_records") == 0, 60, "the audit topic to have it all")

    def test_a_worker_that_hangs_is_told_and_takes_it_when_it_moves(self):
        extra, _ = make_client()
        self.clients.append({**extra, "id": "newcomer"})
        self.write()
        worker = FrozenThread(self.np.process.pid, "np-worker")
        try:
            self.assertIn("in force, but not known of 1 worker", self.refused())
        finally:
            worker.thaw()
        self.assertRegex(self.np.output(), "NP-LIFE-022.*workers.*1")
        self.assertEqual(self.metric('numproof_config_reloads_total{result="taken"}'), 1)
        self.assertEqual(self.reloaded(), [])
        for _ in range(20):  # Whichever worker it is.
            self.assertEqual(self.np.authorize(DEVICE, client="newcomer").status, 302)


if __name__ == "__main__":
    unittest.main()
