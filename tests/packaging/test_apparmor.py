#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The AppArmor profile where it counts: in a kernel that enforces it, with the package as docs/install.md installs it.

    ./dev package --test            or: test_apparmor.py NUMPROOF.deb WORK, as root

What the page does must pass without a refusal; what it does not do must be refused. The machine is QEMU's, so that
it matters not what kernel runs the test. The reader's Kafka is a real broker beside it.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from machine import wait_for
from test_first_answer import ANSWER, READERS, ROOT, TOPICS, steps
from virtual_machine import VirtualMachine, make_disk

CONFIGURATION = "/etc/numproof/numproof.yaml"
PROFILE = "/etc/apparmor.d/numproofd"
LOCAL = "/etc/apparmor.d/local/numproofd"
CREDENTIALS = "/usr/share/doc/numproof/examples/credentials.conf"
DROP_INS = "/etc/systemd/system/numproofd.service.d"


class Confined(unittest.TestCase):
    package = work = machine = None

    @classmethod
    def setUpClass(cls):
        cls.work.mkdir(parents=True, exist_ok=True)
        cls.kafka = cls.start_kafka()
        files = [cls.package, ROOT / "tests/fire/wire.py"]
        root, disk = make_disk(cls.work, cls.package, (*READERS, "apparmor"), files)
        cls.machine = VirtualMachine(root, disk, cls.work)
        cls.addClassCleanup(cls.machine.stop)
        cls.machine.see_port_of_host(cls.kafka.rpartition(":")[2])
        # The kernel's log takes ten refusals in five seconds, and drops the others.
        cls.machine.run("sysctl", "-q", "-w", "kernel.printk_ratelimit=0")
        cls.machine.write("/usr/local/bin/kafka-topics.sh", TOPICS)
        cls.machine.run("chmod", "755", "/usr/local/bin/kafka-topics.sh")
        cls.machine.run("sh", "-c", "mkdir -p /root/dist && cp /mnt/numproof_*.deb /root/dist/")

    @classmethod
    def services(cls, *words):
        done = subprocess.run([ROOT / "tests/services/services", *words, "--state", cls.work / "services"],
                              capture_output=True, text=True, timeout=180, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    @classmethod
    def start_kafka(cls):
        shutil.rmtree(cls.work / "services", ignore_errors=True)
        cls.services("start")
        cls.addClassCleanup(cls.services, "stop")
        return json.loads((cls.work / "services/state.json").read_text(encoding="utf-8"))["kafka"]["address"]

    # Who asks --------------------------------------------------------------------------------

    def refusals(self):
        """What the kernel refused to our profile, or would have in complain mode, as 'operation name'."""
        log = self.machine.ask("sh", "-c", "journalctl --boot --output=cat --no-pager | grep apparmor=")
        found = re.findall(r'apparmor="(?:DENIED|ALLOWED)" operation="(\w+)"[^\n]*'
                           r' profile="numproofd" (?:name="([^"]*)")?([^\n]*)', log)
        return {f"{operation} {name or rest}" for operation, name, rest in found}

    def journal(self):
        return self.machine.ask("journalctl", "--unit=numproofd", "--output=cat", "--lines=40")

    def processes(self):
        """(program, mode) of all processes under our profile, as AppArmor's own tool tells."""
        told = json.loads(self.machine.run("aa-status", "--json").stdout)
        return {(program, each["status"]) for program, all_of_it in told["processes"].items() for each in all_of_it
                if each["profile"] == "numproofd"}

    def systemctl(self, *words):
        done = self.machine.run("systemctl", *words, "numproofd", check=False)
        self.assertEqual(done.returncode, 0, done.stdout + self.journal() + str(self.refusals()))

    def change(self, old, new):
        """One change of the configuration."""
        text = self.machine.run("cat", CONFIGURATION).stdout
        self.assertIn(old, text)
        self.machine.write(CONFIGURATION, text.replace(old, new))

    # What passes -----------------------------------------------------------------------------

    def test_1_the_page_passes_under_the_profile(self):
        self.assertEqual(self.machine.ask("cat", "/sys/module/apparmor/parameters/enabled"), "Y")
        page = steps((ROOT / "docs/install.md").read_text(encoding="utf-8"))
        script = "set -eu\ncd /root\n"
        for number, (_, body, shown) in enumerate(page):
            said = f"/run/said.{number}"
            if shown:
                body = (f"for try in $(seq 60); do\nexec >{said}\n{body}\n"
                        f"grep -qF '{shown}' {said} && break\nsleep 1\ndone")
            script += f"exec >{said} 2>&1\n{body}\n"
        # An emulated processor has slow heartbeats, and answers late at first. They go on: the node stays fresh.
        script = script.replace("127.0.0.1:9092", self.kafka)
        script = script.replace("\ndirectory:\n", "\ndirectory:\n  max_staleness: 2m\n")
        self.machine.write("/root/page.sh", script + "exec >/dev/null\ntouch /run/done\nset +e\nwait\n")
        self.machine.run("systemd-run", "--unit=reader", "--setenv=HOME=/root", "bash", "/root/page.sh")
        wait_for(lambda: self.machine.ask("ls", "/run/done") == "/run/done" or
                 self.machine.ask("systemctl", "is-active", "reader") != "active", 600, "the page's end")
        said = [self.machine.ask("cat", f"/run/said.{number}") for number in range(len(page))]
        shown = [words for (_, _, expected), words in zip(page, said) if expected]
        self.assertEqual(shown, [ANSWER], "\n---\n".join([*said, self.journal(), str(self.refusals())]))

    def test_2_it_is_enforced(self):
        self.assertEqual(self.processes(), {("/usr/bin/numproofd", "enforce")})
        process = self.machine.ask("systemctl", "show", "--property=MainPID", "--value", "numproofd")
        self.assertEqual(self.machine.ask("cat", f"/proc/{process}/attr/current"), "numproofd (enforce)")
        self.assertEqual(self.refusals(), set())

    def test_3_reload_restart_and_credentials_pass(self):
        self.systemctl("reload")
        self.machine.run("sh", "-ec", f"mkdir -p {DROP_INS} && cp {CREDENTIALS} {DROP_INS}/ && systemctl daemon-reload")
        self.change("directory:\n", 'directory:\n  key_file: "credential:directory.key"\n')
        self.systemctl("restart")
        self.assertIn("ready", self.machine.run("numproofctl", "status").stdout)
        self.assertEqual(self.processes(), {("/usr/bin/numproofd", "enforce")})
        self.assertEqual(self.refusals(), set())

    # What does not ---------------------------------------------------------------------------

    def test_4_a_file_elsewhere_is_refused_until_it_is_allowed(self):
        self.machine.run("cp", "/etc/numproof/clients.yaml", "/srv/clients.yaml")
        self.machine.run("chmod", "644", "/srv/clients.yaml")
        self.change("auth:\n", "auth:\n  clients_file: /srv/clients.yaml\n")
        refused = self.machine.run("systemctl", "reload", "numproofd", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertRegex(self.journal(), r"/srv/clients\.yaml.*Permission denied")
        self.assertIn("open /srv/clients.yaml", self.refusals())

        # The way that docs/hardening.md tells.
        self.machine.run("sh", "-ec", f"echo '/srv/clients.yaml r,' >>{LOCAL}; apparmor_parser -r {PROFILE}")
        self.systemctl("reload")

    def test_5_a_spool_elsewhere_is_refused_and_named(self):
        """The unit alone would allow it: the folder is the user's, and the drop-in makes it writable."""
        self.machine.run("install", "-d", "-o", "numproof", "-g", "numproof", "/srv/spool")
        self.machine.write(f"{DROP_INS}/spool.conf", "[Service]\nReadWritePaths=/srv/spool\n")
        self.machine.run("systemctl", "daemon-reload")
        self.change("kafka:\n", "audit: {spool_dir: /srv/spool}\nkafka:\n")
        self.assertNotEqual(self.machine.run("systemctl", "restart", "numproofd", check=False).returncode, 0)
        self.assertRegex(self.journal(), r"/srv/spool.*Permission denied")
        self.assertTrue([told for told in self.refusals() if told.endswith(("/srv/spool/", "/srv/spool/lock"))],
                        self.refusals())

    def test_6_no_program_is_started_and_no_other_secret_is_read(self):
        self.machine.run("chmod", "644", "/etc/shadow")
        self.assertEqual(self.machine.run("cat", "/etc/shadow").returncode, 0)
        self.assertNotEqual(self.machine.run("aa-exec", "--profile=numproofd", "--", "/usr/bin/cat", "/etc/shadow",
                                             check=False).returncode, 0)
        # What may be mapped, and reads what it is told to: the daemon itself.
        told = self.machine.run("aa-exec", "--profile=numproofd", "--", "/usr/bin/numproofd", "--check-config",
                                "--config", "/etc/shadow", check=False)
        self.assertNotEqual(told.returncode, 0)
        self.assertRegex(told.stdout, r"/etc/shadow.*Permission denied")
        self.assertIn("open /etc/shadow", self.refusals())

    def test_7_by_hand_it_is_not_confined(self):
        self.machine.run("cp", CONFIGURATION, "/root/new.yaml")
        before = self.refusals()
        self.machine.run("sh", "-c", "echo 'nonsense: 1' >>/root/new.yaml")
        told = self.machine.run("numproofd", "--check-config", "--config", "/root/new.yaml", check=False)
        self.assertRegex(told.stdout, r"/root/new\.yaml:\d+:\d+: .*nonsense")
        self.assertEqual(self.refusals(), before)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    Confined.package, Confined.work = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    unittest.main(argv=sys.argv[:1], verbosity=2)
