# SPDX-License-Identifier: Apache-2.0
"""Watches nodes while they burn: what they take of the machine, and what a load balancer would see of them."""

import http.client
import pathlib
import threading
import time

from checker_machine import parse_metrics
from history import Counted, Probe, Size

EVERY = 0.5
PATIENCE = 5


def get(port, path):
    """(status, text), or (None, "") where nothing comes in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None, ""
    finally:
        connection.close()


def size_of(node, pid):
    """What a process takes now; None when it is gone."""
    folder = pathlib.Path(f"/proc/{pid}")
    try:
        fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        descriptors = sum(1 for _ in (folder / "fd").iterdir())
        return Size(node, pid, time.time(), int(fields["VmRSS"].split()[0]) << 10, descriptors)
    except (OSError, KeyError, ValueError):
        return None


class Watch:
    """One thread a node."""

    def __init__(self, ground):
        self.ground = ground
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.follow, args=(node,)) for node in ground.nodes]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            if thread.ident:
                thread.join()

    def follow(self, node):
        while not self.stopping.wait(EVERY):
            pid = node.life.pid
            size = size_of(node.name, pid)
            if size:
                self.ground.history.add(size)
            probe = self.probe(node, pid)
            if node.life.pid == pid and not node.stopping:
                self.ground.history.add(probe)

    def probe(self, node, pid):
        began = time.time()
        live, _ = get(node.admin, "/livez")
        before, _ = get(node.admin, "/readyz")
        phone = self.ground.network.steady[0]
        worked = bool(self.ground.client.authorize(node, phone.ipv4).code) if before == 200 else False
        after, _ = get(node.admin, "/readyz")
        return Probe(node.name, pid, began, live, (before, after), worked)


def metrics_of(node):
    return get(node.admin, "/metrics")[1]


def counted(node):
    return Counted(node.name, node.life.started, parse_metrics(metrics_of(node)))
