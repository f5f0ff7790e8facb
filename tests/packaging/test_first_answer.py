#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/install.md from `apt install` to its first answer, on a clean Debian with a booted systemd, as a reader does it.

    ./dev package --test            or: test_first_answer.py NUMPROOF.deb WORK, as root

The commands are the page's, in its order. The reader's own Kafka is a real broker beside the container that shares
its network; its address is the one word that is changed. `kafka-topics.sh`, which comes with Kafka's own
distribution, has a stand-in that asks the broker for the same.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest

from machine import Machine, make_root

ROOT = pathlib.Path(__file__).resolve().parents[2]
ANSWER = '{"devicePhoneNumberVerified":true}'
TOPICS = """#!/bin/sh
[ "$1 $3 $4 $6" = "--bootstrap-server --create --topic --partitions" ] || exit 2
exec python3 -c 'import sys; sys.path.insert(0, "/mnt"); import wire
wire.persist(sys.argv[1], lambda broker: broker.create_topics({sys.argv[2]: int(sys.argv[3])}))' "$2" "$5" "$7"
"""
# What the page asks the reader to have, and what the stand-in is written in.
READERS = ("kcat", "openssl", "python3")
TEN_MINUTES = 600


def steps(text):
    """(heading, commands, what is shown after them) of each block of commands of the page."""
    heading, found = "", []
    for title, kind, body in re.findall(r"^## ([^\n]*)$|^```(\w*)\n(.*?)^```$", text, re.M | re.S):
        if title:
            heading = title
        elif kind == "json" and found:
            found[-1][2] = body.strip()
        elif kind in ("", "sh"):
            found.append([heading, body, ""])
    return found


class FirstAnswer(unittest.TestCase):
    package = work = None

    def setUp(self):
        shared = self.work / "shared"
        shutil.rmtree(shared, ignore_errors=True)
        shared.mkdir(parents=True)
        shutil.copy(self.package, shared)
        shutil.copy(ROOT / "tests/fire/wire.py", shared)
        make_root(self.work / "root", self.package, READERS)
        self.machine = Machine(self.work / "root", shared, self.work / "boot.log")
        self.addCleanup(self.machine.stop)
        self.machine.write("/usr/local/bin/kafka-topics.sh", TOPICS)
        self.machine.run("chmod", "755", "/usr/local/bin/kafka-topics.sh")
        self.machine.run("sh", "-c", "mkdir /root/dist && cp /mnt/numproof_*.deb /root/dist/")
        self.kafka = self.start_kafka()

    def services(self, *words):
        command = ["nsenter", "-t", str(self.machine.first), "-n", "--", ROOT / "tests/services/services", *words,
                   "--state", self.work / "services"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def start_kafka(self):
        """Its files are this machine's, its network is the container's."""
        shutil.rmtree(self.work / "services", ignore_errors=True)
        self.services("start")
        self.addCleanup(self.services, "stop")
        return json.loads((self.work / "services/state.json").read_text(encoding="utf-8"))["kafka"]["address"]

    def test_a_stranger_gets_it_in_ten_minutes(self):
        page = steps((ROOT / "docs/install.md").read_text(encoding="utf-8"))
        self.assertIn("apt install", page[0][1])
        self.assertEqual([shown for _, _, shown in page if shown], [ANSWER])
        # One shell for all, as the page says; apt asks for nothing where nothing else has to be installed.
        script = "set -eu\nPATH=$PATH:/usr/local/bin\ncd /root\n"
        for number, (_, body, _) in enumerate(page):
            script += f"exec >/run/said.{number} 2>&1\n{body}\ndate +%s.%N >/run/end.{number}\n"
        script += 'kill "$heart"\n'
        self.machine.write("/root/page.sh", script.replace("127.0.0.1:9092", self.kafka))
        began = time.time()
        status = self.machine.run("bash", "/root/page.sh", check=False).returncode
        said = [self.machine.ask("cat", f"/run/said.{number}") for number in range(len(page))]
        self.assertEqual(status, 0, "\n---\n".join([*said, self.machine.ask("journalctl", "-u", "numproofd", "-n", "40")]))

        last = began
        for number, (heading, _, shown) in enumerate(page):
            end = float(self.machine.ask("cat", f"/run/end.{number}"))
            print(f"{end - last:7.1f} s  {heading}", flush=True)
            last = end
            if shown:
                self.assertEqual(said[number], shown)
        self.assertLess(last - began, TEN_MINUTES)
        self.assertIn("Numproof is not configured yet", said[0])
        checks = [words for (_, body, _), words in zip(page, said) if "--check-config" in body]
        self.assertEqual([("the configuration is good" in words) for words in checks], [True, True])
        for found in ("directory: reached", "kafka: reached"):
            self.assertIn(found, checks[1])
        self.assertEqual(self.machine.ask("systemctl", "is-active", "numproofd"), "active")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    FirstAnswer.package, FirstAnswer.work = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    unittest.main(argv=sys.argv[:1], verbosity=2)
