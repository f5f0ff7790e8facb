# SPDX-License-Identifier: Apache-2.0
"""numproofctl as an operator meets it: what it shows, how it ends, colours, keys in steps, completions."""

import json
import os
import pathlib
import pty
import signal
import stat
import subprocess
import unittest

import yaml
from harness import BIN, ROOT, Daemon, EndToEnd, folder

CTL = BIN / "numproofctl"


def setUpModule():
    global FOLDER, NODE
    FOLDER = folder()
    NODE = Daemon(FOLDER.name)


def tearDownModule():
    NODE.kill()
    FOLDER.cleanup()


def run(*words, env=None):
    return subprocess.run([str(word) for word in (CTL, *words)], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **(env or {})})


def asked(*words):
    return run("--socket", NODE.socket, *words)


def on_a_terminal(*words, env=None):
    """What the tool writes when its output is a terminal."""
    master, slave = pty.openpty()
    with subprocess.Popen([str(word) for word in (CTL, *words)], stdout=slave, stderr=slave, stdin=subprocess.DEVNULL,
                          env={**os.environ, **(env or {})}) as process:
        os.close(slave)
        text = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # Its other end is closed.
                break
            if not part:
                break
            text += part
        process.wait(60)
    os.close(master)
    return text.decode()


class Status(EndToEnd):
    def test_people_read_first_whether_it_is_ready(self):
        done = asked("status")
        self.assertEqual((done.returncode, done.stdout.splitlines()[0]), (0, "np1 is ready"), done)
        self.assertNotIn("\x1b", done.stdout)

    def test_json_before_and_behind_the_command(self):
        for words in (("--json", "status"), ("status", "--json")):
            done = asked(*words)
            self.assertEqual(done.returncode, 0, done)
            self.assertTrue(json.loads(done.stdout)["ready"])

    def test_it_is_watched_line_by_line(self):
        done = asked("status", "--watch", "--turns", 2)
        self.assertEqual(done.returncode, 0, done)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 2)
        for line in lines:
            self.assertRegex(line, r"^ready, directory usable, watermark \d+ ms, connections \d+, undelivered events \d+$")
        shown = asked("--json", "status", "--watch", "--turns", 2).stdout.splitlines()
        self.assertEqual([json.loads(line)["node"] for line in shown], ["np1", "np1"])

    def test_a_signal_ends_the_watch(self):
        with subprocess.Popen([CTL, "--socket", NODE.socket, "status", "--watch"], stdout=subprocess.PIPE,
                              text=True) as process:
            self.assertIn("ready", process.stdout.readline())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(30), 0)

    def test_colours_only_on_a_terminal_that_wants_them(self):
        words = ("--socket", NODE.socket, "status")
        self.assertIn("\x1b[32mready\x1b[0m", on_a_terminal(*words))
        self.assertNotIn("\x1b", on_a_terminal(*words, env={"NO_COLOR": "1"}))

    def test_nobody_there_and_mistakes(self):
        for command in (["status"], ["demo"], ["config", "show"]):
            self.assertEqual(run("--socket", "/nowhere", *command).returncode, 69, command)
        self.assertEqual(run("--socket", "/nowhere", "status", "--watch", "--turns", 1).returncode, 69)
        for words in (["bicycle"], ["status", "--bicycle"], ["status", "--turns", "-1"], []):
            self.assertEqual(run(*words).returncode, 64, words)

    def test_clients(self):
        shown = json.loads(asked("--json", "client", "list").stdout)
        self.assertEqual({client["id"] for client in shown}, {"sandbox-app", "sandbox-jwt", "sandbox-legacy"})
        titles, *rows = asked("client", "list").stdout.splitlines()
        self.assertEqual(titles.split(), ["ID", "NAME", "REDIRECT_URIS", "PURPOSES"])
        self.assertEqual({row.split()[0] for row in rows}, {client["id"] for client in shown})
        self.assertEqual({row.index("http://127.0.0.1") for row in rows}, {titles.index("REDIRECT_URIS")})


    def test_the_configuration_in_force_is_a_file(self):
        first, *lines = asked("config", "show").stdout.splitlines(keepends=True)
        told = json.loads(asked("--json", "config", "show").stdout)
        self.assertEqual((first, "".join(lines)), (f"# config_hash: {told['config_hash']}\n", told["yaml"]))
        self.assertEqual(yaml.safe_load(told["yaml"])["node"]["name"], NODE.status()["node"])


class Demo(EndToEnd):
    def setUp(self):
        self.folder = folder()
        paths = {"authorize": ["/oauth2/auth"], "token": ["/apigateway/token"]}
        self.node = Daemon(self.folder.name, "demo", {"auth.paths": paths})

    def tearDown(self):
        self.node.kill()
        self.folder.cleanup()

    def test_it_asks_discovery_for_the_paths_and_speaks_json(self):
        done = run("--json", "--socket", self.node.socket, "demo")
        self.assertEqual(done.returncode, 0, done)
        steps = [json.loads(line)["what"] for line in done.stdout.splitlines()]
        self.assertTrue(any("/apigateway/token" in step for step in steps), steps)
        self.assertIn('200 {"devicePhoneNumberVerified":true}', steps)


class Keys(EndToEnd):
    def setUp(self):
        self.folder = folder()
        self.file = pathlib.Path(self.folder.name) / "directory.key"
        self.assertEqual(run("key", "new", "directory", "--file", self.file).returncode, 0)
        self.file.chmod(0o640)

    def tearDown(self):
        self.folder.cleanup()

    def keys(self):
        return [line for line in self.file.read_text().splitlines() if not line.startswith("#")]

    def step(self, name):
        done = run("--json", "key", "rotate", name, "--file", self.file)
        self.assertEqual(done.returncode, 0, done)
        for key in self.keys():
            self.assertNotIn(key, done.stdout)
        return json.loads(done.stdout)["keys"]

    def test_a_key_comes_in_and_the_old_one_goes(self):
        (old,) = self.keys()
        first, second = self.step("add")
        self.assertEqual(self.keys()[0], old)
        self.assertEqual(self.step("promote"), [second, first])
        self.assertEqual(self.keys()[1], old)
        self.assertEqual(self.step("retire"), [second])
        self.assertNotIn(old, self.keys())
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o640)
        self.assertEqual([path.name for path in pathlib.Path(self.folder.name).iterdir()], ["directory.key"])

    def test_people_read_what_comes_next(self):
        done = run("key", "rotate", "add", "--file", self.file)
        self.assertRegex(done.stdout, r"^[0-9a-f]{8}  current\n[0-9a-f]{8}  read\nnext: .*promote\n$")

    def test_steps_that_make_no_sense_change_nothing(self):
        before = self.file.read_text()
        for step in ("promote", "retire"):
            done = run("key", "rotate", step, "--file", self.file)
            self.assertEqual(done.returncode, 1)
            self.assertIn("only one key", done.stderr)
        for words in (["add"], ["spin", "--file", self.file], ["--file", self.file]):
            self.assertEqual(run("key", "rotate", *words).returncode, 64)
        self.assertEqual(run("key", "rotate", "add", "--file", "/nowhere").returncode, 1)
        self.assertEqual(self.file.read_text(), before)


    def test_a_new_key_as_json(self):
        self.assertIn("BEGIN PRIVATE KEY", json.loads(run("--json", "key", "new", "signing").stdout)["key"])
        other = self.file.with_name("audit.key")
        self.assertEqual(json.loads(run("--json", "key", "new", "audit", "--file", other).stdout), {"file": str(other)})


class Draining(EndToEnd):
    def test_it_is_said_as_json_and_done(self):
        with folder() as temporary:
            node = Daemon(temporary)
            try:
                done = run("--json", "--socket", node.socket, "drain")
                self.assertEqual((done.returncode, json.loads(done.stdout)), (0, {"draining": True}), done)
                self.assertEqual(node.process.wait(60), 0)
            finally:
                node.kill()


class Completions(EndToEnd):
    def offered(self, *words):
        script = ("source packaging/completions/numproofctl.bash; COMP_WORDS=(numproofctl \"$@\"); COMP_CWORD=$#; "
                  "_numproofctl; printf '%s\\n' \"${COMPREPLY[@]}\"")
        done = subprocess.run(["bash", "-c", script, "-", *words], cwd=ROOT, capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr)
        return set(done.stdout.split())

    def test_commands_options_and_values(self):
        self.assertTrue({"status", "audit", "key", "--json"} <= self.offered(""))
        self.assertEqual(self.offered("st"), {"status"})
        self.assertTrue({"list", "new", "rotate"} <= self.offered("key", ""))
        self.assertTrue({"signing", "directory", "audit", "--file"} <= self.offered("key", "new", ""))
        self.assertEqual(self.offered("--socket", "x", "feed", "s"), {"status"})
        self.assertEqual(self.offered("audit", "verify", "--key-file", "CHANGE"), {"CHANGELOG.md"})
        self.assertIn("--key-file", self.offered("audit", "verify", "dump", "--"))
        self.assertNotIn("completion", self.offered(""))

    def test_every_command_of_the_help_is_offered(self):
        shown = run("--help").stdout.split("\nSubcommands:\n")[1].split("\n\n")[0]
        for line in shown.splitlines():
            word = line.split()[0]
            self.assertIn(word, self.offered(word))

    def test_every_leaf_has_an_example(self):
        for words in (("status",), ("audit", "verify"), ("key", "rotate"), ("dlq", "replay"), ("hash",)):
            self.assertIn("Example:\n  numproofctl ", run(*words, "--help").stdout, words)


if __name__ == "__main__":
    unittest.main(verbosity=2)
