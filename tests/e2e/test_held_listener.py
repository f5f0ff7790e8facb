# SPDX-License-Identifier: Apache-2.0
"""A listener that the service manager holds: nobody who calls during a restart is refused."""

import socket
import threading
import unittest

from harness import Daemon, EndToEnd, folder, free_port, redirect_of, wait_for

DEVICE = "127.0.10.1"
RESTARTS = 4
CALLERS = 3


class Caller(threading.Thread):
    """Signs in on a connection of its own each time, until it is told to stop."""

    def __init__(self, node):
        super().__init__()
        self.node, self.stopped, self.done, self.wrong = node, threading.Event(), 0, []
        self.start()

    def run(self):
        while not self.stopped.is_set() and not self.wrong:
            try:
                parts = redirect_of(self.node.authorize(DEVICE))
                assert "code" in parts, parts
                self.done += 1
            except Exception as error:  # Whatever it is, somebody was not signed in.
                self.wrong.append(repr(error))


class HeldListener(EndToEnd):
    def setUp(self):
        self.folder = folder()
        self.addCleanup(self.folder.cleanup)
        self.held = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.addCleanup(self.held.close)
        self.ports = self.held.getsockname()[1], free_port()
        self.nodes = []
        self.addCleanup(lambda: [node.kill() for node in self.nodes])

    def begin(self, **more):
        self.nodes.append(Daemon(self.folder.name, ports=self.ports, held=self.held, **more))
        return self.nodes[-1]

    def calls(self, caller, more):
        goal = caller.done + more
        wait_for(lambda: caller.wrong or caller.done >= goal, 60, "calls to be answered")

    def test_nobody_is_refused_during_a_restart(self):
        node = self.begin()
        callers = [Caller(node) for _ in range(CALLERS)]
        try:
            for _ in range(RESTARTS):
                self.calls(callers[0], 20)
                self.assertEqual(node.stop(), 0, node.output())
                node = self.begin()
            self.calls(callers[0], 20)
        finally:
            for caller in callers:
                caller.stopped.set()
            for caller in callers:
                caller.join()
        self.assertEqual([caller.wrong for caller in callers], [[]] * CALLERS)
        self.assertGreater(sum(caller.done for caller in callers), 20 * RESTARTS)

    def test_who_calls_when_nobody_is_there_waits(self):
        node = self.begin()
        node.kill()
        caller = Caller(node)
        try:
            self.begin()
            self.calls(caller, 1)
        finally:
            caller.stopped.set()
            caller.join()
        self.assertEqual(caller.wrong, [])

    def test_one_that_no_setting_names_ends_the_start(self):
        node = self.begin(settings={"http.listen": [{"address": f"127.0.0.1:{free_port()}"}]}, ready=False)
        self.assertEqual(node.process.wait(30), 78)
        self.assertIn(f"the service manager listens on 127.0.0.1:{self.ports[0]}", node.output())
        self.assertIn("http.listen", node.output())


if __name__ == "__main__":
    unittest.main()
