# SPDX-License-Identifier: Apache-2.0
"""`numproofctl session lookup`: what is told, what is never told, and what the audit trail says of it."""

import json
import subprocess
import unittest

from harness import BIN, Daemon, EndToEnd, Kafka, folder, wait_for

NUMBER_1 = "+34600000001"


def setUpModule():
    global FOLDER, NODE, BROKER
    FOLDER = folder()
    NODE = Daemon(FOLDER.name)
    BROKER = Kafka(NODE.status()["kafka"]["brokers"][0])


def tearDownModule():
    NODE.kill()
    FOLDER.cleanup()


def lookup(*words, json_output=True, **more):
    command = [BIN / "numproofctl", *(["--json"] if json_output else []), "--socket", NODE.socket, "session", "lookup",
               *words]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, **more)


def admin_events():
    return [e["data"] for e in BROKER.audit_events() if e["ce_type"] == "io.numproof.admin.v1"]


class ByAddress(EndToEnd):
    def told(self, address):
        done = lookup(address)
        self.assertEqual(done.returncode, 0, done)
        self.assertNotIn("34600000", done.stdout)
        return json.loads(done.stdout)

    def test_whom_it_proves_as_the_audit_trail_calls_them(self):
        NODE.verify(NODE.sign_in("127.0.10.1"), NUMBER_1, headers={"x-correlator": "lookup-1"})
        found = self.told("127.0.10.1")
        self.assertTrue(found["proven"])
        self.assertEqual(found["session"]["held"], [{"domain": "internet", "prefix": "127.0.10.1/32", "held": True}])
        self.assertEqual((found["session"]["access"], found["session"]["ended"]), ("3gpp", None))
        event = wait_for(lambda: next((e for e in BROKER.audit_events() if e.get("ce_correlationid") == "lookup-1"),
                                      None), 30, "the event of the answer")
        self.assertEqual(event["data"]["subscriber_ref"], found["subscriber_ref"])
        self.assertEqual(event["data"]["decision"]["session_ref"], found["session_ref"])

    def test_why_nobody_is_proven(self):
        for address, reason in (("127.0.10.3", "port_unknown"), ("127.0.10.5", "off_network"),
                                ("127.0.10.6", "non_3gpp_access"), ("127.0.10.7", "conflict"),
                                ("127.0.10.8", "number_unknown")):
            found = self.told(address)
            self.assertEqual((found["proven"], found["reason"]), (False, reason), address)

    def test_a_port_tells_the_holders_of_a_shared_address_apart(self):
        one, two = self.told("127.0.10.3:20000"), self.told("127.0.10.3:30000")
        self.assertTrue(one["proven"] and two["proven"])
        self.assertNotEqual(one["subscriber_ref"], two["subscriber_ref"])
        self.assertEqual(one["session"]["held"][0]["ports"], [20000, 29999])

    def test_addresses_of_version_six(self):
        for address in ("::1", "[::1]", "[::1]:443"):
            self.assertTrue(self.told(address)["proven"], address)

    def test_people_read_lines(self):
        done = lookup("127.0.10.1", json_output=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn("proven: true\n", done.stdout)
        self.assertRegex(done.stdout, r"\nDOMAIN +PREFIX +HELD\ninternet +127\.0\.10\.1/32 +true\n")


class ByNumber(EndToEnd):
    def test_it_needs_a_reason_that_lands_in_the_audit_trail(self):
        before = len(admin_events())
        self.assertEqual(lookup("--number", NUMBER_1).returncode, 64)
        done = lookup("--number", NUMBER_1, "--reason", "ticket 4711: cannot sign in")
        self.assertEqual(done.returncode, 0, done)
        found = json.loads(done.stdout)
        self.assertEqual(found["subscriber"]["state"], "active")
        self.assertEqual(found["subscriber_ref"], json.loads(lookup("127.0.10.1").stdout)["subscriber_ref"])
        events = wait_for(lambda: len(e := admin_events()) >= before + 2 and e, 30, "the admin events")
        event = next(e for e in events if e["reason"] == "ticket 4711: cannot sign in")
        self.assertEqual((event["action"], event["result"]), ("session_lookup", "done"))
        self.assertEqual(event["object"], found["subscriber_ref"])

    def test_the_number_is_nowhere(self):
        before = NODE.output()  # The banner shows how to ask for this number.
        done = lookup("--number", "-", "--reason", "looked at", input=NUMBER_1 + "\n")
        self.assertEqual(done.returncode, 0, done)
        wait_for(lambda: any(e["reason"] == "looked at" for e in admin_events()), 30, "the admin event")
        everything = json.dumps(BROKER.audit_events()) + done.stdout + done.stderr
        self.assertNotIn("34600000001", everything)
        self.assertNotIn("34600000001", NODE.output()[len(before):])

    def test_a_number_in_the_reason_is_refused(self):
        for reason in ("customer +34600000001", "600 00 00 01", "x" * 201):
            done = lookup("--number", NUMBER_1, "--reason", reason)
            self.assertEqual(done.returncode, 1, reason)
            self.assertIn("six digits", done.stderr)
            self.assertNotIn(reason, done.stderr)

    def test_nobody_is_known_by_it(self):
        done = lookup("--number", "+34699999999", "--reason", "unknown number")
        self.assertEqual(done.returncode, 1, done)
        self.assertIsNone(json.loads(done.stdout)["subscriber"])
        shown = lookup("--number", "+34699999999", "--reason", "unknown number", json_output=False)
        self.assertEqual((shown.returncode, shown.stdout), (1, ""))
        self.assertIn("nothing is known", shown.stderr)


class BySession(EndToEnd):
    def test_a_session_that_is_not_known(self):
        self.assertEqual(lookup("--session", "no-such", "--source", "smf-1").returncode, 1)

    def test_a_session_by_its_gateway_and_name(self):
        records = [json.loads(r["payload"]) for r in BROKER.read_all("numproof.sessions")]
        bind = next(r for r in records if r.get("ipv4") == "127.0.10.1")
        done = lookup("--session", bind["session"], "--source", bind["source"])
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(json.loads(done.stdout)["session_ref"], json.loads(lookup("127.0.10.1").stdout)["session_ref"])


class Mistakes(EndToEnd):
    def test_of_the_command_line(self):
        for words in ([], ["bicycle"], ["300.1.1.1"], ["[::1"], ["127.0.10.1", "--number", NUMBER_1],
                      ["--session", "s"], ["--source", "s"], ["127.0.10.1", "--bicycle"]):
            done = lookup(*words)
            self.assertEqual((done.returncode, done.stdout), (64, ""), words)

    def test_a_port_that_is_none(self):
        self.assertEqual(lookup("127.0.10.1:99999").returncode, 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
