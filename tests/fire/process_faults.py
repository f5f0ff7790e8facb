# SPDX-License-Identifier: Apache-2.0
"""Scenarios of processes that are restarted, starved, stopped and many. Each gives the number of crashes."""

import contextlib
import resource
import socket
import time

from ground import Node
from harness import wait_for

READY_WITHIN = 30


def rolling_restart(ground, long):
    """SIGTERM to one node after the other under load: who was let in is answered, who comes next goes elsewhere."""
    for _ in range(4 if long else 1):
        for node in ground.nodes:
            node.restart()
            wait_for(node.is_ready, READY_WITHIN, "a node that was restarted")
            ground.burn(1)
    ground.recover("a rolling restart")
    ground.burn(1)
    return 0


def descriptors(ground, long):
    """A node has no file descriptor left, and a crowd of connections that say nothing holds those it has."""
    node, crowd = ground.nodes[0], []
    pid = node.life.pid
    began = time.time()
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    open_now = max(s.descriptors for s in ground.history.sizes if s.pid == pid)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (open_now + 10, limits[1]))
    try:
        for _ in range(60):
            crowd.append(socket.create_connection(("127.0.0.1", node.port), timeout=5))
        spent = cpu_seconds(pid)
        time.sleep(10 if long else 4)
        spent = (cpu_seconds(pid) - spent) / (10 if long else 4)
        assert "NP-HTTP-001" in node.daemon.output(), "no word about descriptors"
        assert spent < 0.7, f"it spins: {spent:.2f} of a processor"
    finally:
        for one in crowd:
            one.close()
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
    # Nobody can be let in, and so nobody be answered: what a load balancer sees then is no wonder.
    ground.troubles.append((began - 1, time.time() + 3))
    ground.starved.append((node.name, began, time.time() + 1))
    ground.recover("a want of file descriptors")
    ground.burn(1)
    return 0


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def rebalance_storm(ground, long):
    """Two more nodes come and go, and any stands still or dies: partitions move all the time."""
    crashes, end, dice = 0, time.monotonic() + (40 if long else 15), ground.dice
    while time.monotonic() < end:
        crashes += rebalance(ground, dice.choice(["come", "come", "go", "freeze", "kill", "restart"]))
        time.sleep(dice.choice([0.2, 1.0, 3.0]))
    ground.network.churning.clear()
    ground.recover("rebalances")
    ground.burn(1)
    return crashes


def rebalance(ground, step):
    """One change of the group's members; gives the number of processes of ours that it killed."""
    dice = ground.dice
    if step == "come" and len(ground.guests) < 2:
        number = 3 + ground.guests_ever
        ground.guests_ever += 1
        ground.guests.append(Node(ground, f"np{number}", ground.folder / f"spool-np{number}"))
    elif step == "go" and ground.guests:
        ground.gone.append(ground.guests.pop(0))
        ground.gone[-1].stop()
    elif step == "freeze":
        node = dice.choice(ground.nodes + ground.guests)
        node.freeze()
        time.sleep(dice.choice([1.0, 12.0]))  # The group gives a member up after ten.
        node.thaw()
    elif step == "kill":
        dice.choice(ground.nodes).kill()
        return 1
    elif step == "restart":
        dice.choice(ground.nodes).restart()
    return 0
