# SPDX-License-Identifier: Apache-2.0
"""Two nodes behind HAProxy are restarted one after the other, and nobody notices: every request has its right answer."""

import contextlib
import json
import pathlib
import signal
import socket
import subprocess
import unittest

from callers import Caller
from harness import (BIN, ROOT, Daemon, EndToEnd, Heart, Process, RealKafka, Redis, event, folder, free_port, unique,
                     wait_for)
from operator_home import install, make_topics

PARTITIONS = 4
DEVICE, NUMBER = "127.0.40.1", "+34616000001"
KEPT, FRESH = 3, 2


def setUpModule():
    global KAFKA, FOLDER
    FOLDER = folder()
    KAFKA = RealKafka(FOLDER.name)


def tearDownModule():
    KAFKA.stop()
    FOLDER.cleanup()


class TwoNodes(EndToEnd):
    def setUp(self):
        held = folder()
        self.addCleanup(held.cleanup)
        self.home = pathlib.Path(held.name)
        redis = Redis(self.home)
        self.addCleanup(redis.kill)
        names = {kind: unique(kind) for kind in ("sessions", "dlq", "audit", "group")}
        self.file, self.secret = install(self.home, redis, KAFKA, names, 60)
        make_topics(KAFKA, names)
        heart = Heart(KAFKA, names["sessions"], PARTITIONS)
        self.addCleanup(heart.stop)
        KAFKA.produce(names["sessions"], [("-", event("bind", session="r1", msisdn=NUMBER, ipv4=DEVICE,
                                                      access="3gpp"))], partition=0)
        self.ports = {name: (free_port(), free_port()) for name in ("np-a", "np-b")}
        self.nodes = {}
        self.addCleanup(lambda: [node.kill() for node in self.nodes.values()])
        for name in self.ports:
            self.begin(name)

    def begin(self, name, drain_delay="3s"):
        settings = {"http.trusted_proxies": ["127.0.0.1/32"], "http.timeouts.drain_delay": drain_delay,
                    "directory.redis.deadline": "2s",  # Two nodes, a balancer and all their callers on one machine.
                    "audit.spool_dir": f"{self.home}/spool-{name}", "auth.issuer": "https://idp.example.com"}
        self.nodes[name] = Daemon(self.home, name, settings, mode=("--config", self.file), ports=self.ports[name])

    def ctl(self, name, *words):
        return subprocess.run([BIN / "numproofctl", "--json", "--socket", self.nodes[name].socket, *words],
                              capture_output=True, text=True, timeout=60, check=False)

    def callers(self, port, kept, fresh, moves):
        """Callers at work, who end with the block; what each of them did stays readable."""
        stack = contextlib.ExitStack()
        made = [Caller(port, self.secret, DEVICE, NUMBER, moves=moves) for _ in range(kept)]
        made += [Caller(port, self.secret, DEVICE, NUMBER, fresh=True) for _ in range(fresh)]
        for caller in made:
            stack.enter_context(caller)
        return stack, made


class BehindHaproxy(TwoNodes):
    def setUp(self):
        super().setUp()
        self.port = free_port()
        text = (ROOT / "config/examples/haproxy.cfg").read_text(encoding="utf-8")
        text = text.replace("203.0.113.1:9091\n", f"127.0.0.1:{self.port}\n")
        for name, example in (("np-a", "192.0.2.11:9091 port 9191"), ("np-b", "192.0.2.12:9091 port 9191")):
            port, admin = self.ports[name]
            self.assertIn(f"server {name} {example}", text)
            text = text.replace(f"server {name} {example}", f"server {name} 127.0.0.1:{port} port {admin}")
        asked = f"global\n    stats socket {self.home}/haproxy.sock\n"
        (self.home / "haproxy.cfg").write_text(text.replace("global\n", asked, 1), encoding="utf-8")
        self.balancer = Process(["haproxy", "-db", "-f", self.home / "haproxy.cfg"], self.home, "haproxy")
        self.addCleanup(self.balancer.kill)
        wait_for(lambda: self.up("np-a") and self.up("np-b"), 30, "the balancer to see both")

    def up(self, name):
        """Whether the balancer sends anything there."""
        assert self.balancer.process.poll() is None, self.balancer.output()
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError), socket.socket(socket.AF_UNIX) as asked:
            asked.connect(f"{self.home}/haproxy.sock")
            asked.sendall(b"show servers state nodes\n")
            rows = [row.split() for row in asked.makefile().read().splitlines()]
            return any(row[3] == name and row[5] == "2" for row in rows if len(row) > 5)
        return False

    def restart(self, name, end):
        end(name)
        node = self.nodes[name]
        self.assertEqual(node.process.wait(60), 0, node.output())
        self.begin(name)
        wait_for(lambda: self.up(name), 30, f"the balancer to see {name}")

    def terminate(self, name):
        self.nodes[name].signal(signal.SIGTERM)

    def drain(self, name):
        done = self.ctl(name, "drain")
        self.assertEqual(done.returncode, 0, done.stderr)

    def reload_the_other(self, name):
        other = "np-b" if name == "np-a" else "np-a"
        config = json.loads(self.file.read_text())
        config["http"]["limits"] = {"uri_bytes": "4KiB"}
        self.file.write_text(json.dumps(config))
        self.nodes[name].signal(signal.SIGTERM)
        done = self.ctl(other, "reload")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_no_request_fails_while_each_node_is_restarted(self):
        work, callers = self.callers(self.port, KEPT, FRESH, moves=False)
        with work:
            for end in (self.terminate, self.drain, self.reload_the_other):
                for name in self.nodes:
                    seen = [caller.done for caller in callers]
                    self.restart(name, end)
                    wait_for(lambda: all(c.done > n + 1 or c.wrong for c, n in zip(callers, seen)), 30, "answers")
        self.assertEqual([wrong for caller in callers for wrong in caller.wrong], [])
        print(f"{sum(3 * caller.done for caller in callers)} requests over 6 restarts, none failed")


class Alone(TwoNodes):
    def test_a_node_that_ends_answers_whoever_has_connected(self):
        """Callers of one node go to where they are told to go: no balancer saves them."""
        work, callers = self.callers(self.ports["np-a"][0], KEPT, FRESH, moves=True)
        with work:
            wait_for(lambda: all(caller.done > 2 or caller.wrong for caller in callers), 30, "answers")
            self.nodes["np-a"].signal(signal.SIGTERM)
            self.assertEqual(self.nodes["np-a"].process.wait(60), 0)
        for caller in callers:
            # Only who comes when nobody listens any more is refused.
            self.assertTrue(all("ConnectionRefused" in wrong for wrong in caller.wrong), caller.wrong)
            self.assertGreater(caller.told_to_go, 0)


if __name__ == "__main__":
    unittest.main()
