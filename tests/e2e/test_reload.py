# SPDX-License-Identifier: Apache-2.0
"""`numproofctl reload` on a real Redis and a real Kafka broker: all of a changed configuration, or none of it."""

import base64
import json
import os
import signal
import unittest

from harness import call, redirect_of, wait_for
from operator_home import CLIENT, ctl, make_client, make_topics
from reloading import DEVICE, NUMBER, Reloading


class UnderLoad(Reloading):
    def test_no_request_is_lost_and_no_connection_closed(self):
        extra, _ = make_client()
        callers = self.callers()
        for turn in range(24):
            self.config["http"]["limits"] = {"head_bytes": f"{8 + turn % 3}KiB", "connections": 20001 + turn}
            self.config["http"]["timeouts"] = {"idle": f"{60 + turn % 4}s", "request": f"{2 + turn % 2}s"}
            self.config["log"]["level"] = "debug" if turn % 2 else "info"
            self.config["auth"]["paths"] = {"token": ["/oauth2/token", f"/token-{turn}"]}
            self.clients = self.clients[:1] + [{**extra, "id": f"extra-{turn}"}] * (turn % 2)
            self.assertIn("http.limits.connections", self.reloaded())
            self.wait_served(callers)
        self.assert_nothing_lost(callers)
        self.assertGreater(min(caller.done for caller in callers), 24)
        self.assertEqual(self.metric('numproof_config_reloads_total{result="taken"}'), 24)


class Taken(Reloading):
    # A token whose client has gone is used up without an answer of the API; a GET is no request for a token.
    UNEVEN = ("claims of tokens", "token requests")

    def test_clients_come_and_go_at_once(self):
        extra, secret = make_client()
        self.clients.append({**extra, "id": "newcomer"})
        self.assertEqual(self.reloaded(), ["client newcomer is new"])
        token = self.token("newcomer", secret).json()["access_token"]
        code = redirect_of(self.np.authorize(DEVICE, client="newcomer"))["code"]

        del self.clients[1]
        self.assertEqual(self.reloaded(), ["client newcomer is gone"])
        self.assertEqual(self.np.authorize(DEVICE, client="newcomer").status, 400)
        self.assertEqual(self.np.token(code, "newcomer", secret).status, 401)
        self.assertEqual(self.np.verify(token, NUMBER).status, 401)
        self.assertEqual(self.np.verify(self.token().json()["access_token"], NUMBER).status, 200)

    def test_limits_and_paths_are_the_new_ones(self):
        long_path = "/" + "x" * 3000
        self.assertEqual(call(self.np.port, "GET", long_path).status, 404)
        self.config["http"]["limits"] = {"uri_bytes": "1KiB"}
        self.config["auth"]["paths"] = {"token": ["/oauth2/token", "/other/token"]}
        self.assertEqual(sorted(self.reloaded()), ["auth.paths.token", "http.limits.uri_bytes"])
        self.assertEqual(call(self.np.port, "GET", long_path).status, 414)
        self.assertEqual(call(self.np.port, "GET", "/other/token").status, 405)
        self.config["http"]["rate_limits"]["per_client"] = {"rate": 0.01, "burst": 1}
        self.reloaded()
        answers = [self.np.verify(self.token().json()["access_token"], NUMBER).status for _ in range(2)]
        self.assertEqual(answers, [200, 429])

    def test_the_audit_key_the_spool_and_the_log_are_the_new_ones(self):
        callers = self.callers()
        next_topic = self.names["audit"] + ".next"
        make_topics(self.kafka, {**self.names, "audit": next_topic})
        (self.home / "audit.key").write_text(ctl("key", "new", "audit"))
        self.config["audit"].update(topic=next_topic, spool_bytes_max="2GiB")
        self.config["log"]["format"] = "json"
        self.assertEqual(
            sorted(self.reloaded()), ["audit key", "audit.spool_bytes_max", "audit.topic", "log.format"])
        self.wait_served(callers)
        self.assert_nothing_lost(callers)
        self.assertEqual(self.metric("numproof_audit_spool_max_bytes"), 2 << 30)
        wait_for(lambda: self.kafka.read_all(next_topic), 30, "the new topic to have events")
        wait_for(lambda: self.metric("numproof_audit_spool_records") == 0, 30, "the new topic to take what waits")

    def test_from_redis_to_memory_and_back(self):
        def signed_in():
            sign_in = self.np.authorize(DEVICE, client=CLIENT)
            return sign_in.status == 302 and "code" in redirect_of(sign_in)

        for backend in ("memory", "redis"):
            self.config["directory"]["backend"] = backend
            self.assertEqual(self.reloaded(), ["directory.backend"])
            wait_for(signed_in, 60, f"the directory to be known in {backend}")
            self.assertEqual(self.np.verify(self.token().json()["access_token"], NUMBER).status, 200)

    def test_a_new_signing_key_signs_and_the_old_one_stays_published(self):
        first = [key["kid"] for key in call(self.np.port, "GET", "/oauth2/jwks").json()["keys"]]
        old = self.home / "signing/k1.pem"
        ctl("key", "new", "signing", "--file", self.home / "signing/k2.pem")
        os.utime(old, (1, 1))
        self.assertEqual(self.reloaded(), ["signing keys"])
        now = [key["kid"] for key in call(self.np.port, "GET", "/oauth2/jwks").json()["keys"]]
        self.assertEqual((first, now), (["k1"], ["k2", "k1"]))
        head = self.token().json()["id_token"].split(".")[0]
        self.assertEqual(json.loads(base64.urlsafe_b64decode(head + "=="))["kid"], "k2")

    def test_a_directory_key_is_changed_without_a_restart(self):
        file = self.home / "directory.key"
        old, new = file.read_text(), ctl("key", "new", "directory").splitlines()[-1] + "\n"
        before = self.token().json()["access_token"]
        file.write_text(old + new)
        self.assertEqual(self.reloaded(), ["directory keys"])
        file.write_text(new + old)
        self.assertEqual(self.reloaded(), ["directory keys"])
        listed = json.loads(ctl("--json", "--socket", self.np.socket, "key", "list"))
        self.assertEqual([key["current"] for key in listed["keys"]], [True, False])
        self.assertEqual(self.np.verify(before, NUMBER).json(), {"devicePhoneNumberVerified": True})
        after = self.token().json()["access_token"]
        self.assertEqual(self.np.verify(after, NUMBER).json(), {"devicePhoneNumberVerified": True})
        # Whoever reads the feeds has begun anew and seals the directory with it: the old one may go.
        keys = lambda: json.loads(ctl("--json", "--socket", self.np.socket, "key", "list"))
        wait_for(lambda: keys()["directory_sealed_with"] == listed["keys"][0]["id"], 30, "the directory to be sealed")
        file.write_text(new)
        self.assertEqual(self.reloaded(), ["directory keys"])
        now = self.token().json()["access_token"]
        self.assertEqual(self.np.verify(now, NUMBER).json(), {"devicePhoneNumberVerified": True})

    def test_a_key_that_the_directory_needs_cannot_go(self):
        (self.home / "directory.key").write_text(ctl("key", "new", "directory").splitlines()[-1] + "\n")
        self.assertRegex(self.refused(), "directory.key_file: lacks key [0-9a-f]+, which the directory is sealed with")
        self.assertEqual(self.token().status, 200)

    def test_a_hang_up_does_the_same_and_each_reload_is_in_the_audit_trail(self):
        extra, secret = make_client()
        self.clients.append({**extra, "id": "newcomer"})
        self.write()
        self.np.signal(signal.SIGHUP)
        wait_for(lambda: self.np.authorize(DEVICE, client="newcomer").status == 302, 30, "the new client")
        self.assertEqual(self.reloaded(), [])
        causes = lambda: [found["data"]["cause"] for found in self.kafka.audit_events(self.names["audit"])
                          if found["ce_type"] == "io.numproof.config.v1" and "/np1/" in found["ce_source"]]
        wait_for(lambda: causes() == ["start", "reload", "reload"], 30, "the audit events")


class Refused(Reloading):
    def test_a_bad_file_leaves_the_old_one_in_force_and_says_where(self):
        extra, _ = make_client()
        self.clients.append({**extra, "id": "newcomer"})
        self.config["http"]["limmits"] = {}
        self.config["log"]["level"] = "loud"
        self.write()
        reasons = self.refused()
        self.assertRegex(reasons, rf'{self.file}:\d+:\d+: .*limmits.*did you mean "limits"')
        self.assertRegex(reasons, rf"{self.file}:\d+:\d+: .*level")
        self.assertEqual(self.np.authorize(DEVICE, client="newcomer").status, 400)
        self.assertEqual(self.token().status, 200)
        self.assertTrue(self.np.is_ready())

        status = self.np.status()["reload_refused"]
        self.assertEqual(len(status), 2)
        self.assertTrue(all(str(self.file) in reason for reason in status), status)
        self.assertEqual(self.metric("numproof_config_last_reload_success"), 0)
        refusal = self.manager.wait_told(f"reload refused, the former configuration is in force: {self.file}:")
        told = self.manager.told
        self.assertTrue(told[refusal].startswith("READY=1\nSTATUS="), told)
        self.assertTrue(told[refusal - 1].startswith("RELOADING=1\nMONOTONIC_USEC="), told)
        wait_for(lambda: "NP-LIFE-021" in self.np.output(), 30, "the log")

        del self.config["http"]["limmits"], self.config["log"]["level"]
        self.assertEqual(self.reloaded(), ["client newcomer is new"])
        self.assertIsNone(self.np.status()["reload_refused"])
        self.assertEqual(self.metric("numproof_config_last_reload_success"), 1)
        wait_for(lambda: self.manager.told[-1].startswith("READY=1\nSTATUS=ready"), 30, "the service manager to know")
        self.assertNotIn("refused", self.manager.told[-1])

    def test_a_bad_file_of_clients_is_named_with_its_line(self):
        self.clients.append({"id": "half"})
        self.write()
        self.assertRegex(self.refused(), rf"{self.home}/clients.yaml:\d+:\d+: ")
        self.assertEqual(self.token().status, 200)

    def test_what_needs_a_restart_is_named_and_nothing_is_taken(self):
        extra, _ = make_client()
        self.clients.append({**extra, "id": "newcomer"})
        self.config["http"]["workers"] = 5
        self.config["audit"]["spool_dir"] = f"{self.home}/elsewhere"
        self.write()
        reasons = self.refused()
        for setting in ("http.workers", "audit.spool_dir"):
            self.assertRegex(reasons, rf"{self.file}:\d+:\d+: {setting}: only a restart changes this")
        self.assertEqual(self.np.authorize(DEVICE, client="newcomer").status, 400)


if __name__ == "__main__":
    unittest.main()
