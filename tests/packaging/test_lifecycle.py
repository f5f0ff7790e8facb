#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The life of the package on a machine with a booted systemd, in the order in which operators live it.

    ./dev package --test            or: test_lifecycle.py NUMPROOF.deb WORK, as root

Kafka is the in-process broker of a sandbox beside it, whose made-up subscribers are the feed.
"""
import errno
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from machine import Machine, errors_inside, make_root, wait_for

CALLBACK = "http://127.0.0.1:9999/callback"
SCOPE = "openid dpv:FraudPreventionAndDetection number-verification:verify"
READY_SECONDS = 120
SPOOL = "/var/lib/numproof/spool"
SHELL_SIGN_IN = f"""
code=$(curl -s --interface 127.0.10.1 -o /dev/null -w '%{{redirect_url}}' -G http://127.0.0.1:9091/oauth2/authorize \
  -d response_type=code -d client_id=shop --data-urlencode redirect_uri={CALLBACK} \
  --data-urlencode 'scope={SCOPE}' -d state=1 | sed 's/.*[?&]code=\\([^&]*\\).*/\\1/')
token=$(curl -s -u shop:"$1" -d grant_type=authorization_code -d code=$code --data-urlencode redirect_uri={CALLBACK} \
  http://127.0.0.1:9091/oauth2/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
curl -s -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{{"phoneNumber":"'$2'"}}' \
  http://127.0.0.1:9091/number-verification/v2/verify
"""
# The commands that the message of an unconfigured service tells, after its steps' numbers.
KEY_COMMANDS = ("cd /etc/numproof/keys && umask 027", "numproofctl key new directory > directory.key",
                "numproofctl key new audit > audit.key", "numproofctl key new signing > signing/key1.pem",
                "chgrp -R numproof .")

# Name, number on x86-64, arguments and what comes of it. The last are allowed, so that all being refused would be seen.
CALLS = (("mount", 165, "0, 0, 0, 0, 0"), ("ptrace", 101, "16, 1, 0, 0"), ("bpf", 321, "0, 0, 0"),
         ("unshare", 272, "0x10000000"), ("reboot", 169, "0, 0, 0, 0"), ("init_module", 175, "0, 0, 0"),
         ("keyctl", 250, "0, 0, 0, 0, 0"), ("perf_event_open", 298, "0, 0, 0, 0, 0"), ("setuid", 105, "0"))
SOCKETS = (("raw", "2, 3, 1", errno.EPERM), ("raw_v6", "10, 3, 58", errno.EPERM), ("packet", "17, 3, 768", errno.EAFNOSUPPORT),
           ("netlink", "16, 3, 0", errno.EAFNOSUPPORT), ("vsock", "40, 1, 0", errno.EAFNOSUPPORT), ("stream", "2, 1, 0", 0))
# /usr/lib: what ExecPaths= names, ProtectSystem= leaves out (systemd 252); there its owner, root, is what refuses.
FILES = (("/etc/x", errno.EROFS), ("/etc/numproof/x", errno.EROFS), ("/etc/numproof/keys/x", errno.EROFS),
         ("/usr/bin/x", errno.EROFS), ("/usr/lib/x", errno.EACCES), ("/var/x", errno.EROFS), ("/boot/x", errno.EROFS),
         ("/home/x", errno.EACCES), ("/root/x", errno.EACCES), ("/var/lib/numproof/x", 0), ("/tmp/x", 0))


def next_version(package, folder):
    """The same package as a version later, with another shipped configuration; gives its file."""
    tree = folder / "next"
    shutil.rmtree(tree, ignore_errors=True)
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: (.*)$", r"Version: \1+next", control.read_text()))
    for copy in ("etc/numproof/numproof.yaml", "usr/share/numproof/numproof.yaml"):
        with open(tree / copy, "a", encoding="utf-8") as file:
            file.write("# A line that the next version has.\n")
    made = folder / "numproof-next.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, made], check=True, stdout=subprocess.DEVNULL)
    return made


class Life(unittest.TestCase):
    package = work = machine = None

    @classmethod
    def setUpClass(cls):
        shared = cls.work / "shared"
        shutil.rmtree(shared, ignore_errors=True)
        shared.mkdir(parents=True)
        shutil.copy(cls.package, shared / "numproof.deb")
        next_version(cls.package, shared)
        make_root(cls.work / "root", cls.package)
        cls.machine = Machine(cls.work / "root", shared, cls.work / "boot.log")
        cls.addClassCleanup(cls.machine.stop)

    # Who asks --------------------------------------------------------------------------------

    def property(self, name):
        return self.machine.ask("systemctl", "show", "-P", name, "numproofd")

    def main_process(self):
        return int(self.property("MainPID"))

    def wait_active(self):
        wait_for(lambda: self.property("ActiveState") == "active", READY_SECONDS,
                 "numproofd to be active:\n" + self.machine.ask("journalctl", "-u", "numproofd", "-n", "30", "-o", "cat"))

    def answer(self, number="+34600000001"):
        return self.machine.ask("sh", "-c", SHELL_SIGN_IN, "sh", type(self).secret, number)

    def assert_answers(self):
        self.wait_active()
        wait_for(lambda: "true" in self.answer(), 30, "a verified number: " + self.answer())
        self.assertIn('"devicePhoneNumberVerified":false', self.answer("+34600000002").replace(" ", ""))

    def digest(self, *files):
        return self.machine.run("sha256sum", *files).stdout

    # The life --------------------------------------------------------------------------------

    def test_1_installed_it_waits_and_says_what_for(self):
        said = self.machine.run("dpkg", "-i", "/mnt/numproof.deb").stdout
        self.assertIn("Numproof is not configured yet", said)
        for command in KEY_COMMANDS:
            self.assertIn(command, said)
        self.assertEqual(self.machine.ask("systemctl", "is-enabled", "numproofd"), "enabled")
        self.assertEqual(self.property("ActiveState"), "inactive")
        self.machine.run("systemctl", "start", "numproofd")
        self.assertEqual(self.property("ActiveState"), "inactive")
        self.assertIn("is as it was shipped", self.machine.ask("journalctl", "-u", "numproofd", "-o", "cat"))
        self.assertNotIn("numproofd", self.machine.ask("systemctl", "--failed", "--plain", "--no-legend"))
        self.assertEqual(self.machine.ask("stat", "-c", "%a %U %G", "/etc/numproof", "/etc/numproof/keys",
                                          "/etc/numproof/clients.yaml").splitlines(),
                         ["750 root numproof", "750 root numproof", "640 root numproof"])
        for file in ("bash-completion/completions/numproofctl", "zsh/vendor-completions/_numproofctl",
                     "numproof/prometheus/numproof.rules.yml", "numproof/grafana/numproof.json",
                     "numproof/api/openapi/v2.yaml", "numproof/api/asyncapi.yaml"):
            self.machine.run("test", "-s", "/usr/share/" + file)
        self.assertEqual(self.machine.ask("dpkg-query", "-W", "-f", "${Conffiles}", "numproof").count("/etc/numproof/"), 2)

    def test_2_half_configured_it_fails_and_names_the_lines(self):
        self.machine.write("/etc/numproof/numproof.yaml", "auth: {issuer: null}\nnonsense: 1\n")
        self.assertNotEqual(self.machine.run("systemctl", "start", "numproofd", check=False).returncode, 0)
        self.assertIn("/etc/numproof/numproof.yaml:2:1:", self.machine.ask("journalctl", "-u", "numproofd", "-o", "cat"))
        self.machine.run("systemctl", "reset-failed", "numproofd")

    def test_3_configured_it_answers(self):
        broker = self.start_feed()
        self.machine.run("sh", "-ec", "\n".join(KEY_COMMANDS))
        made = json.loads(self.machine.run("numproofctl", "--json", "client", "secret").stdout)
        type(self).secret = made["secret"]
        self.machine.write("/etc/numproof/clients.yaml", json.dumps([{
            "id": "shop", "auth": {"methods": ["client_secret_basic"], "secret_hash": made["secret_hash"]},
            "redirect_uris": [CALLBACK], "purposes": ["dpv:FraudPreventionAndDetection"], "pkce": "optional",
            "scopes": ["openid", "number-verification:verify"]}]))
        self.machine.write("/etc/numproof/numproof.yaml", json.dumps({
            "auth": {"issuer": "https://idp.example.com"}, "kafka": {"brokers": [broker]},
            "http": {"admin": "127.0.0.1:9093", "rate_limits": {"authorize_per_subscriber": None}},
            "directory": {"key_file": "credential:directory.key",
                          "domains": [{"name": "internet", "devices": ["127.0.0.0/8"]}]}}))
        self.machine.run("sh", "-ec", "mkdir -p /etc/systemd/system/numproofd.service.d && cp "
                         "/usr/share/doc/numproof/examples/credentials.conf /etc/systemd/system/numproofd.service.d/")
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "start", "numproofd")
        self.assert_answers()
        self.assertIn("ready", self.property("StatusText"))
        self.assertIn("ready", self.machine.run("numproofctl", "status").stdout)

    def start_feed(self):
        """A sandbox whose broker and subscribers the installed daemon reads; gives the broker's address."""
        words = ["numproofd", "--sandbox", "--set", 'http.listen=[{address: "127.0.0.1:9191"}]', "--set",
                 'http.admin="127.0.0.1:9192"', "--set", "http.admin_socket=/run/feed.sock"]
        self.machine.run("systemd-run", "--unit=feed", *words)
        text = wait_for(lambda: re.search(r"Kafka: (\S+)", self.machine.ask("journalctl", "-u", "feed", "-o", "cat")),
                        60, "the sandbox's banner")
        return text[1]

    def test_4_killed_it_comes_back(self):
        before = self.main_process()
        self.machine.run("kill", "-9", before)
        wait_for(lambda: self.main_process() not in (0, before), 60, "another process")
        self.assert_answers()

    def test_4b_reloaded_it_takes_a_good_file_and_refuses_a_bad_one(self):
        file = "/etc/numproof/numproof.yaml"
        good = json.loads(self.machine.run("cat", file).stdout)
        good["http"]["limits"] = {"uri_bytes": "1KiB"}
        self.machine.write(file, json.dumps(good))
        process = self.main_process()
        self.machine.run("systemctl", "reload", "numproofd")
        long = self.machine.ask("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:9091/" + "x" * 2000)
        self.assertEqual(long, "414")

        self.machine.write(file, json.dumps(good, indent=1)[:-2] + ',\n "nonsense": 1\n}')
        refused = self.machine.run("systemctl", "reload", "numproofd", check=False)
        self.assertNotEqual(refused.returncode, 0)
        where = rf"{file}:\d+:\d+: .*nonsense"
        self.assertRegex(self.machine.ask("systemctl", "status", "--no-pager", "-l", "numproofd"), where)
        self.assertRegex(self.property("StatusText"), where)
        self.assertEqual((self.main_process(), self.property("ActiveState")), (process, "active"))
        self.assert_answers()

        self.machine.write(file, json.dumps(good))
        self.machine.run("systemctl", "reload", "numproofd")
        self.assertNotIn("refused", self.property("StatusText"))

    def test_4c_hung_it_is_ended_by_the_watchdog_and_comes_back(self):
        for thread in ("np-worker", "np-ingest"):
            with self.subTest(thread):
                before, restarts = self.main_process(), int(self.property("NRestarts"))
                self.machine.freeze_thread(before, thread)
                wait_for(lambda: self.main_process() not in (0, before), 150, "the watchdog")
                self.assertEqual(int(self.property("NRestarts")), restarts + 1)
                journal = self.machine.ask("journalctl", "-u", "numproofd", "-o", "cat")
                self.assertIn("Watchdog timeout", journal)
                self.assertRegex(journal, 'the watchdog is not fed threads="[^"]*' + thread.removeprefix("np-"))
                self.assert_answers()

    def test_4d_its_listener_outlives_a_restart(self):
        self.machine.run("systemctl", "stop", "numproofd")
        self.machine.run("systemctl", "enable", "--now", "numproofd.socket")
        self.machine.run("systemctl", "start", "numproofd")
        self.machine.write("/run/caller", """while [ ! -e /run/enough ]; do
            curl -s -f -o /dev/null --max-time 60 http://127.0.0.1:9091/oauth2/jwks || echo lost >>/run/lost
            echo >>/run/calls
        done""")
        self.machine.run("systemd-run", "--unit=caller", "sh", "/run/caller")
        calls = lambda: int(self.machine.ask("sh", "-c", "cat /run/calls 2>/dev/null | wc -l"))
        for _ in range(3):
            made = calls()
            wait_for(lambda: calls() > made + 5, 60, "calls")
            self.machine.run("systemctl", "restart", "numproofd")
        made = calls()
        wait_for(lambda: calls() > made + 5, 60, "calls")
        self.machine.run("touch", "/run/enough")
        wait_for(lambda: self.machine.ask("systemctl", "is-active", "caller") != "active", 90, "the caller's end")
        self.assertEqual(self.machine.ask("sh", "-c", "cat /run/lost 2>/dev/null"), "")
        self.machine.run("systemctl", "disable", "--now", "numproofd.socket")
        self.machine.run("systemctl", "restart", "numproofd")
        self.assert_answers()

    def test_4e_calls_sockets_and_files_that_it_does_not_need_are_refused(self):
        """Asked from inside the unit's own sandbox, by the one program that is put into it for that."""
        unit = self.machine.run("cat", "/lib/systemd/system/numproofd.service").stdout
        unit = re.sub(r"(?m)^(Exec(Condition|StartPre|Start|Reload)|Runtime.*|Type|NotifyAccess|WatchdogSec|Restart.*)=.*\n", "", unit)
        attempts = [(name, f"syscall({number}, {arguments})", errno.EPERM) for name, number, arguments in CALLS]
        attempts += [("getpid", "syscall(39)", 0)]
        attempts += [(name, f"syscall(41, {arguments})", becomes) for name, arguments, becomes in SOCKETS]
        attempts += [(path, f"$!=0 if sysopen(my $file, '{path}', {os.O_WRONLY | os.O_CREAT})", becomes) for path, becomes in FILES]
        self.machine.write("/run/probe.pl", "".join(f"$!=0; {attempt}; print '{name}=', $!+0, qq(\\n);\n"
                                                    for name, attempt, _ in attempts))
        unit = unit.replace("[Service]", "[Service]\nType=oneshot\nExecStart=/usr/bin/perl /run/probe.pl")
        self.machine.write("/etc/systemd/system/probe.service", unit.replace("ExecPaths=/usr/bin/numproofd",
                                                                            "ExecPaths=/usr/bin/perl /usr/bin/numproofd"))
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "start", "probe")
        told = dict(re.findall(r"(?m)^(\S+)=(\d+)$", self.machine.ask("journalctl", "-u", "probe", "-o", "cat")))
        self.assertEqual(told, {name: str(becomes) for name, _, becomes in attempts})
        self.machine.run("rm", "/etc/systemd/system/probe.service", "/var/lib/numproof/x")
        self.machine.run("systemctl", "daemon-reload")

    def test_5_inside_the_unit_little_is_possible(self):
        pid = self.machine.outside(self.main_process())
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        for line in (r"Seccomp:\t2", r"NoNewPrivs:\t1", r"CapBnd:\t0+", r"CapEff:\t0+"):
            self.assertRegex(status, line)
        self.assertRegex(pathlib.Path(f"/proc/{pid}/limits").read_text(), r"Max core file size\s+0\s+0")
        self.assertNotEqual(os.readlink(f"/proc/{pid}/ns/mnt"), os.readlink(f"/proc/{self.machine.first}/ns/mnt"))

        def write(path):
            return lambda: os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))

        # Asked as root, so that it is the file system that refuses and not a file's owner.
        told = errors_inside(pid, [write("/etc/numproof/x"), write("/usr/bin/x"), write("/var/log/x"),
                                   write("/etc/numproof/keys/audit.key"), write("/home/x"), write("/root/x"),
                                   lambda: os.execv("/usr/bin/sh", ["sh"]), write("/var/lib/numproof/x"),
                                   lambda: os.unlink("/var/lib/numproof/x")])
        self.assertEqual(told, ["EROFS"] * 6 + ["EACCES", "", ""])

    def test_6_upgraded_it_keeps_everything(self):
        kept = ("/etc/numproof/numproof.yaml", "/etc/numproof/clients.yaml", "/etc/numproof/keys/audit.key",
                "/etc/numproof/keys/directory.key", "/etc/numproof/keys/signing/key1.pem")
        before, process = self.digest(*kept), self.main_process()
        spool = self.machine.ask("ls", "/var/lib/numproof/spool")
        self.assertTrue(spool)
        said = self.machine.run("dpkg", "--force-confold", "-i", "/mnt/numproof-next.deb").stdout
        self.assertNotIn("not configured", said)
        self.assertEqual(self.digest(*kept), before)
        self.assertIn("A line that the next version has",
                      self.machine.ask("tail", "-n", "1", "/etc/numproof/numproof.yaml.dpkg-dist"))
        self.assertEqual(self.machine.ask("stat", "-c", "%a %U %G", "/etc/numproof/clients.yaml"), "640 root numproof")
        self.assertTrue(self.machine.ask("ls", "/var/lib/numproof/spool"))
        self.assertNotEqual(self.main_process(), process)
        self.assert_answers()

    def test_6b_a_former_version_leaves_a_newer_spool_as_it_is(self):
        self.leave_undelivered()
        segment = self.machine.ask("sh", "-c", f"ls {SPOOL}/*.seg | tail -n 1")
        self.set_form(segment, 3)
        before = self.spool()
        newer = self.machine.ask("dpkg-query", "-W", "-f", "${Version}", "numproof")

        said = self.machine.run("dpkg", "--force-confold", "-i", "/mnt/numproof.deb").stdout

        self.assertIn(f"downgrading numproof from {newer}", said)
        self.assertIn("numproofd has not become ready yet", said)
        self.assert_newer_spool_is_refused(segment)
        self.assertRegex(self.property("ExecStartPre"), "code=exited ; status=0", "its configuration is good")
        self.assertEqual(self.spool(), before)

        # The newer version delivers it: here, the same program with the form that it knows.
        self.set_form(segment, 2)
        self.machine.run("systemctl", "reset-failed", "numproofd")
        said = self.machine.run("dpkg", "--force-confold", "-i", "/mnt/numproof-next.deb").stdout
        self.assertNotIn("not become ready", said)
        self.assert_answers()
        self.assertIn("audit events of an earlier run are in the spool",
                      self.machine.ask("journalctl", "_SYSTEMD_INVOCATION_ID=" + self.property("InvocationID"), "-o", "cat"))
        wait_for(lambda: segment not in self.spool(), 60, "the delivery of " + segment)

    def test_6c_with_the_newer_segment_moved_away_it_starts(self):
        self.machine.run("systemctl", "stop", "numproofd")
        segment = f"{SPOOL}/00000000000000900000.seg"
        self.machine.run("sh", "-ec", f"head -c 4096 /dev/zero >{segment}; chown numproof: {segment}")
        self.set_form(segment, 3)
        self.assertNotEqual(self.machine.run("systemctl", "start", "numproofd", check=False).returncode, 0)
        self.assert_newer_spool_is_refused(segment)
        self.machine.run("mv", segment, "/root/")
        self.machine.run("systemctl", "start", "numproofd")
        self.assert_answers()

    def leave_undelivered(self):
        """Stops the daemon while nobody takes its audit events, with some in the spool."""
        feed = self.machine.ask("systemctl", "show", "-P", "MainPID", "feed")
        self.assertIn("true", self.answer())
        self.machine.run("kill", "-STOP", feed)
        try:
            self.answer()
            self.machine.run("systemctl", "stop", "numproofd")
        finally:
            self.machine.run("kill", "-CONT", feed)

    def set_form(self, segment, form):
        self.machine.run("sh", "-ec", f"printf NPSPOOL{form} | dd of={segment} conv=notrunc status=none")

    def spool(self):
        """The digest of each file but the lock, which has nothing in it."""
        told = self.machine.run("find", SPOOL, "-type", "f", "!", "-name", "lock", "-exec", "sha256sum", "{}", "+").stdout
        return {name: digest for digest, name in map(str.split, told.splitlines())}

    def assert_newer_spool_is_refused(self, segment):
        wait_for(lambda: self.property("ActiveState") == "failed", 60, "the start to fail")
        self.assertEqual(self.property("ExecMainStatus"), "78")
        said = self.machine.ask("journalctl", "-u", "numproofd", "-o", "cat", "-n", "30")
        self.assertIn(f"{segment} was written by a newer version: it has form 3, this version reads forms up to 2; "
                      "nothing was changed: let the newer version deliver it, or move it away", said)

    def test_6d_a_removal_that_is_called_off_leaves_it_running(self):
        self.machine.run("systemctl", "stop", "numproofd")
        self.machine.run("systemctl", "enable", "--now", "numproofd.socket")
        self.machine.run("systemctl", "start", "numproofd")
        scripts = "/var/lib/dpkg/info/numproof."
        self.machine.run("env", "DPKG_MAINTSCRIPT_PACKAGE=numproof", scripts + "prerm", "remove")
        self.assertEqual(self.property("ActiveState"), "inactive")
        self.machine.run("env", "DPKG_MAINTSCRIPT_PACKAGE=numproof", scripts + "postinst", "abort-remove")
        self.assert_answers()
        self.assertEqual(self.machine.ask("systemctl", "is-active", "numproofd.socket"), "active")
        process = self.main_process()
        # What is done once more changes nothing.
        self.machine.run("dpkg", "--configure", "-a")
        self.assertEqual(self.main_process(), process)
        self.machine.run("systemctl", "disable", "--now", "numproofd.socket")
        self.machine.run("systemctl", "restart", "numproofd")

    def test_7_removed_it_leaves_its_data(self):
        self.machine.run("dpkg", "-r", "numproof")
        self.assertIn(self.property("ActiveState"), ("inactive", ""))
        self.assertEqual(self.machine.ask("sh", "-c", "pgrep -u numproof; ls /usr/bin/numproofd 2>/dev/null"), "")
        self.machine.run("test", "-s", "/etc/numproof/keys/directory.key")
        self.machine.run("sh", "-c", "ls /var/lib/numproof/spool/* >/dev/null")

    def test_8_installed_again_it_goes_on(self):
        self.machine.run("dpkg", "--force-confold", "-i", "/mnt/numproof-next.deb")
        # The sandbox ran the removed program all the while.
        self.assert_answers()

    def test_9_purged_it_is_gone(self):
        # A file system of its own under the spool cannot be removed; what is in it is.
        self.machine.run("systemctl", "stop", "numproofd")
        self.machine.run("find", SPOOL, "-mindepth", "1", "-delete")
        self.machine.run("mount", "-t", "tmpfs", "tmpfs", SPOOL)
        self.machine.run("touch", SPOOL + "/1.seg")
        self.assertIn("could not be removed", self.machine.run("dpkg", "--purge", "numproof").stdout)
        self.assertEqual(self.machine.run("find", "/var/lib/numproof", "-type", "f").stdout, "")
        self.machine.run("umount", SPOOL)
        self.machine.run("rmdir", SPOOL, "/var/lib/numproof")
        left = self.machine.ask("sh", "-c", "ls -d /etc/numproof /var/lib/numproof /run/numproof "
                                "/etc/systemd/system/*/numproofd.service 2>/dev/null")
        self.assertEqual(left, "")
        self.assertNotIn("numproof", self.machine.ask("dpkg-query", "-W", "-f", "${Package}\n"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    Life.package, Life.work = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    unittest.main(argv=sys.argv[:1], verbosity=2, failfast=True)
