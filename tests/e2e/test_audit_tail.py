# SPDX-License-Identifier: Apache-2.0
"""`numproofctl audit tail` as an operator uses it: the past, what comes next, for people and for programs."""

import json
import re
import signal
import subprocess
import unittest

from harness import BIN, Daemon, EndToEnd, Process, call, folder, wait_for

PHONE, NUMBER = "127.0.10.1", "+34600000001"


class Tail(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.folder = folder()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.np = Daemon(cls.folder.name)
        cls.addClassCleanup(cls.np.stop)
        cls.answer()
        wait_for(lambda: any("answered" in line for line in cls.tail("--once", "--lines", 500)), 30, "the events")

    @classmethod
    def answer(cls, correlator="order-4711"):
        cls.np.verify(cls.np.sign_in(PHONE), NUMBER, headers={"x-correlator": correlator})

    @classmethod
    def command(cls, *words):
        return [BIN / "numproofctl", "--socket", cls.np.socket, "audit", "tail", *map(str, words)]

    @classmethod
    def tail(cls, *words, status=0):
        done = subprocess.run(cls.command(*words), capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout.splitlines() if status == 0 else done.stderr

    def follow(self, name, *words):
        process = Process(self.command(*words), self.folder.name, name)
        self.addCleanup(process.kill)
        return process

    def test_the_past_for_people(self):
        lines = self.tail("--once", "--lines", 500)
        answered = [line for line in lines if "correlator=order-4711" in line and "  verification.answered" in line]
        self.assertRegex(answered[0], r"^\d{4}-\d\d-\d\dT[\d:.]+Z  verification\.answered  +client_id=sandbox-app "
                                       r"operation=verify result=match status=200 correlator=order-4711$")
        self.assertEqual(lines, sorted(lines, key=lambda line: line.split()[0]))
        self.assertNotIn(NUMBER.strip("+"), "\n".join(lines))
        self.assertNotIn("\x1b", "".join(lines), "colours only on a terminal")

    def test_so_many_and_only_these(self):
        self.assertEqual(len(self.tail("--once", "--lines", 1)), 1)
        self.assertEqual(self.tail("--once", "--lines", 0), [])
        types = {line.split()[1] for line in self.tail("--once", "--lines", 500, "--type", "token.issued")}
        self.assertEqual(types, {"token.issued"})

    def test_the_past_for_programs(self):
        events = [json.loads(line) for line in self.tail("--json", "--once", "--lines", 500)]
        found = next(event for event in events if event["type"] == "io.numproof.verification.answered.v1")
        self.assertEqual(found["correlationid"], "order-4711")
        self.assertEqual(found["data"]["result"], "match")
        self.assertRegex(found["source"], "^/numproof/np1/")
        self.assertEqual(len({(event["source"], event["sequence"]) for event in events}), len(events))

    def test_it_follows_without_a_gap_or_a_repetition(self):
        follower = self.follow("follower", "--json", "--lines", 0, "--type", "answered")
        # The last line may be half written.
        ids = lambda: [json.loads(line)["correlationid"] for line in follower.output().split("\n")[:-1]]

        def first():
            self.answer("first")
            return ids()
        # It begins to follow a moment after it was started.
        wait_for(first, 30, "the first event")
        sent = [f"next-{number}" for number in range(12)]
        for correlator in sent:
            self.answer(correlator)
        wait_for(lambda: sent[-1] in ids(), 30, "the last event")
        self.assertEqual([one for one in ids() if one != "first"], sent)
        follower.signal(signal.SIGINT)
        self.assertEqual(follower.process.wait(30), 0)

    def test_what_others_wrote_is_shown_harmless(self):
        broker = self.np.status()["kafka"]["brokers"][0]
        subprocess.run(["kcat", "-P", "-b", broker, "-t", "numproof.audit.v1", "-H", "ce_type=\x1b[2Jevil", "-H",
                        "ce_time=9999"], input="{\"no json", text=True, check=True, timeout=30)
        lines = wait_for(lambda: [line for line in self.tail("--once", "--lines", 500) if "evil" in line], 30, "it")
        self.assertRegex(lines[0], r"^9999  \?\[2Jevil +\(not readable\)$")
        event = json.loads(self.tail("--json", "--once", "--lines", 500, "--type", "evil")[0])
        self.assertIsNone(event["data"])

    def test_bad_questions_and_no_daemon(self):
        self.assertIn("--lines", self.tail("--lines", 501, status=64))
        done = subprocess.run([BIN / "numproofctl", "--socket", f"{self.folder.name}/nobody", "audit", "tail", "--once"],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 69, done.stderr)
        for query in ("lines=501", "lines=x", "after=1", "after=1:x", "after=-1:2"):
            done = subprocess.run(["curl", "-s", "-w", "%{http_code}", "-o", "/dev/null", "--unix-socket", self.np.socket,
                                   f"http://localhost/v1/audit?{query}"], capture_output=True, text=True, timeout=30,
                                  check=False)
            self.assertEqual(done.stdout, "400", query)
        self.assertEqual(call(self.np.admin, "GET", "/v1/audit").status, 404, "only on the admin socket")


if __name__ == "__main__":
    unittest.main()
