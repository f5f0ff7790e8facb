# SPDX-License-Identifier: Apache-2.0
"""`numproofctl audit verify`: a dump that a daemon left, and everything that can be done to it."""

import json
import pathlib
import subprocess
import unittest

from harness import BIN, Daemon, EndToEnd, Kafka, folder, wait_for

PHONE, NUMBER = "127.0.10.1", "+34600000001"
AUDIT_TOPIC = "numproof.audit.v1"
COVERED = ("ce_id", "ce_type", "ce_time", "ce_sequence", "ce_source")


def setUpModule():
    """A chain of many events with its checkpoint, as kcat writes it."""
    global FOLDER, LINES, KEY_FILE
    FOLDER = folder()
    KEY_FILE = pathlib.Path(FOLDER.name) / "audit.key"
    made = subprocess.run([BIN / "numproofctl", "key", "new", "audit", "--file", KEY_FILE], capture_output=True)
    assert made.returncode == 0, made.stderr
    daemon = Daemon(FOLDER.name, settings={"audit.key_file": str(KEY_FILE)})
    try:
        for _ in range(3):
            daemon.verify(daemon.sign_in(PHONE), NUMBER)
        broker = Kafka(daemon.status()["kafka"]["brokers"][0])
        wait_for(lambda: any(e["ce_type"].endswith("checkpoint.v1") and int(e["ce_sequence"]) > 5
                             for e in broker.audit_events()), 60, "a checkpoint")
        done = subprocess.run(["kcat", "-C", "-b", broker.address, "-t", AUDIT_TOPIC, "-e", "-q", "-J"],
                              capture_output=True, text=True, timeout=60, check=True)
        LINES = done.stdout.splitlines()
    finally:
        daemon.kill()


def tearDownModule():
    FOLDER.cleanup()


def of(line):
    record = json.loads(line)
    return dict(zip(record["headers"][::2], record["headers"][1::2]))


def in_order(lines):
    return sorted(lines, key=lambda line: int(of(line)["ce_sequence"]))


def with_header(line, name, change):
    record = json.loads(line)
    at = record["headers"].index(name) + 1
    record["headers"][at] = change(record["headers"][at])
    return json.dumps(record)


def with_member(line, name, change):
    record = json.loads(line)
    record[name] = change(record[name])
    return json.dumps(record)


def another_letter(text, at):
    return text[:at] + ("1" if text[at] != "1" else "2") + text[at + 1:]


class Verify(EndToEnd):
    def setUp(self):
        self.lines = in_order(LINES)
        last = max(i for i, line in enumerate(self.lines) if of(line)["ce_type"].endswith("checkpoint.v1"))
        self.lines = self.lines[:last + 1]

    def judge(self, lines, *words, json_output=True, keys=True):
        dump = pathlib.Path(FOLDER.name) / "dump.jsonl"
        dump.write_text("".join(line + "\n" for line in lines))
        command = [BIN / "numproofctl", *(["--json"] if json_output else []), "audit", "verify", dump,
                   *(["--key-file", KEY_FILE] if keys else []), *words]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
        return done

    def found(self, lines, *words, keys=True):
        """Faults in a dump that must not hold."""
        done = self.judge(lines, *words, keys=keys)
        self.assertEqual(done.returncode, 1, done)
        report = json.loads(done.stdout)
        self.assertFalse(report["holds"])
        self.assertEqual(report["faults"], len(report["findings"]))
        return {finding["fault"] for finding in report["findings"]}

    def test_what_the_daemon_wrote_holds(self):
        done = self.judge(LINES)
        self.assertEqual(done.returncode, 0, done)
        report = json.loads(done.stdout)
        self.assertEqual((report["holds"], report["findings"], report["sources"]), (True, [], 1))
        self.assertEqual(report["events"], len(LINES))
        self.assertGreaterEqual(report["checkpoints"], 1)
        shown = self.judge(LINES, json_output=False)
        self.assertEqual(shown.returncode, 0)
        self.assertIn(f"{len(LINES)} events of 1 source", shown.stdout)
        self.assertIn("the chain holds", shown.stdout)
        self.assertNotIn("\x1b", shown.stdout)

    def test_without_the_key_it_says_that_signatures_were_not_checked(self):
        done = self.judge(self.lines, keys=False)
        self.assertEqual(done.returncode, 0)
        self.assertIsNone(json.loads(done.stdout)["checkpoints"])
        self.assertIn("not checked", self.judge(self.lines, keys=False, json_output=False).stdout)

    def test_every_part_that_the_hash_covers(self):
        for at in range(len(self.lines) - 1):
            for name in COVERED:
                with self.subTest(at=at, header=name):
                    lines = list(self.lines)
                    lines[at] = with_header(lines[at], name, lambda text: another_letter(text, len(text) - 1))
                    self.assertTrue(self.found(lines))

    def test_every_tenth_octet_of_every_value(self):
        at = 1
        value = json.loads(self.lines[at])["payload"]
        for octet in range(0, len(value), 10):
            with self.subTest(octet=octet):
                lines = list(self.lines)
                lines[at] = with_member(lines[at], "payload", lambda text: another_letter(text, octet))
                self.assertTrue(self.found(lines) <= {"broken_link", "malformed", "missing"})

    def test_the_key_of_a_record_and_headers_written_twice(self):
        lines = list(self.lines)
        lines[0] = with_member(lines[0], "key", lambda key: key + "x")
        self.assertIn("malformed", self.found(lines))
        lines = list(self.lines)
        lines[0] = with_member(lines[0], "headers", lambda words: words + ["ce_time", "2020-01-01T00:00:00Z"])
        self.assertIn("malformed", self.found(lines))

    def test_a_checkpoint_that_was_changed(self):
        lines = list(self.lines)
        lines[-1] = with_member(lines[-1], "payload", lambda text: another_letter(text, text.index("signature") + 20))
        self.assertEqual(self.found(lines), {"wrong_checkpoint"})

    def test_events_that_are_gone_added_or_moved(self):
        for at in range(len(self.lines) - 1):
            self.assertEqual(self.found(self.lines[:at] + self.lines[at + 1:]), {"missing"})
        forged = with_member(self.lines[0], "payload", lambda text: another_letter(text, 3))
        self.assertIn("forked", self.found([*self.lines, forged]))
        one = with_header(self.lines[1], "ce_sequence", lambda _: of(self.lines[2])["ce_sequence"])
        two = with_header(self.lines[2], "ce_sequence", lambda _: of(self.lines[1])["ce_sequence"])
        self.assertEqual(self.found([self.lines[0], two, one, *self.lines[3:]]), {"broken_link"})
        same = json.loads(self.lines[0])["partition"]
        moved = [with_member(line, "partition", lambda _: same) for line in self.lines]
        moved[1], moved[2] = moved[2], moved[1]
        self.assertEqual(self.found(moved), {"out_of_order"})
        self.assertEqual(self.judge(moved, "--any-order").returncode, 0)

    def test_the_same_event_twice_is_no_fault(self):
        done = self.judge([*self.lines, self.lines[0]])
        self.assertEqual((done.returncode, json.loads(done.stdout)["repeated"]), (0, 1))

    def test_an_end_that_was_cut_off_is_told_by_a_copy(self):
        kept = pathlib.Path(FOLDER.name) / "kept.jsonl"
        kept.write_text(self.lines[-1] + "\n")
        self.assertEqual(self.judge(self.lines, "--against", kept).returncode, 0)
        cut = self.lines[:-1]
        self.assertEqual(self.judge(cut).returncode, 0)
        self.assertEqual(json.loads(self.judge(cut).stdout)["unsealed"] > 0, True)
        self.assertEqual(self.found(cut, "--against", kept), {"not_as_kept"})

    def test_a_beginning_that_retention_took(self):
        self.assertEqual(self.found(self.lines[2:]), {"missing"})
        self.assertEqual(self.judge(self.lines[2:], "--from-middle").returncode, 0)

    def test_lines_that_are_no_records_are_named(self):
        done = self.judge([*self.lines[:2], "not json", *self.lines[2:]], json_output=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("line 3: malformed", done.stdout)
        self.assertEqual(self.judge([]).returncode, 1)

    def test_a_dump_that_was_cut_in_a_line(self):
        self.assertEqual(self.found([*self.lines, self.lines[0][:50]]), {"malformed"})

    def test_another_key(self):
        other = pathlib.Path(FOLDER.name) / "other.key"
        if not other.exists():
            subprocess.run([BIN / "numproofctl", "key", "new", "audit", "--file", other], check=True, capture_output=True)
        self.assertEqual(self.found(self.lines, "--key-file", other, keys=False), {"unknown_key"})

    def test_from_standard_input(self):
        done = subprocess.run([BIN / "numproofctl", "audit", "verify", "-"], input="\n".join(self.lines),
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done)

    def test_mistakes_of_the_command_line(self):
        for words in ([], ["/nowhere"], ["/"], [BIN / "numproofctl", "--key-file", "/nowhere"],
                      [BIN / "numproofctl", "--against", "/nowhere"], ["/dev/null", "--against", "/dev/null"]):
            done = subprocess.run([BIN / "numproofctl", "audit", "verify", *words], capture_output=True, text=True,
                                  timeout=60)
            self.assertEqual((done.returncode, done.stdout), (64, ""), words)
            self.assertTrue(done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
