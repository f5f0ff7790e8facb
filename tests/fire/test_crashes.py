# SPDX-License-Identifier: Apache-2.0
"""The scenarios: what is done to a deployment that is in use. Each gives the number of crashes that must have been."""

import contextlib
import pathlib
import random
import re
import subprocess
import threading
import time

from ground import WINDOW
from harness import ROOT, wait_for

FIRE_WITHIN = 40


def failpoint_names():
    text = (ROOT / "daemon/base/failpoint.h").read_text(encoding="utf-8")
    names = re.findall(r'^    "([a-z_.]+)",', text, re.MULTILINE)
    assert len(names) >= 7, names
    return names


def armed(dice, name):
    """Some counts are reached only under load; a segment is begun once in a life."""
    return name + ":1" if name == "spool.rotate" else f"{name}:{dice.randint(2, 25)}"


def die_at(ground, names):
    """Each node dies at each of its failpoints in turn, is started again, and goes on."""
    dead = lambda: sum(life.status is not None for life in ground.history.lives)
    before = dead()
    for node, mine in zip(ground.nodes, (names[::2], names[1::2])):
        node.arms = [armed(ground.dice, name) for name in mine]
        node.kill()  # The next life is the first that is armed.
    deaths = len(names) + len(ground.nodes)
    wait_for(lambda: dead() >= before + deaths, FIRE_WITHIN,
             f"{deaths} deaths of {[life for life in ground.history.lives]}")
    # What changed just before the last death is what is looked for in the end.
    ground.network.churning.clear()
    ground.recover("the failpoints")
    ground.burn(0.5)
    return deaths


def at_failpoint(name):
    """kill -9 at this one step on both nodes, under load."""
    # Not every batch holds a session event that nothing later hides: those are given more chances.
    def do(ground, _):
        return die_at(ground, [name] * (8 if name.startswith("ingest.") else 2))
    do.__name__ = name
    return do


def failpoints(ground, long):
    """kill -9 at every failpoint, one life after the other on two nodes at once."""
    return die_at(ground, failpoint_names())


def kills(ground, long):
    """kill -9 at moments that a die chooses, now and then while the node still starts."""
    ground.network.churning.set()
    times = 20 if long else 3
    for _ in range(times):
        node = ground.dice.choice(ground.nodes)
        deaths = len(node.lives())
        node.kill()
        wait_for(lambda: len(node.lives()) > deaths, 10, "the supervisor")
        time.sleep(ground.dice.choice([0.05, 0.4, 1.0, 2.0]))
    ground.network.churning.clear()
    ground.recover(f"{times} kills")
    ground.burn(0.5)
    return times


def redis(ground, long):
    """Redis stands still; is killed and comes back with what it knew some seconds ago; comes back with nothing."""
    ground.still(ground.redis, "Redis", 10)
    ground.recover("a frozen Redis")
    ground.burn(1)
    assert ground.redis.cli("save") == "OK"
    ground.load.present_again()
    ground.burn(1)
    ground.restart_redis(3 if long else 0.3, keep=True)
    ground.recover("a Redis that has forgotten some seconds")
    ground.load.present_again()  # Of many of these it does not know that they were used.
    ground.burn(1)
    ground.restart_redis(5 if long else 1, keep=False)
    ground.recover("an empty Redis")
    ground.burn(1)
    if long:
        ground.flush_redis()
        ground.recover("a Redis that somebody emptied")
        ground.burn(1)
    return 0


def zombie(ground, long):
    """A node stands still until its partitions are another's, and wakes up with what it believed then."""
    ground.nodes[0].freeze()
    time.sleep(15)
    ground.nodes[0].thaw()
    ground.recover("a frozen node")
    ground.burn(1)
    return 0


def storm(ground, long):
    """Everything at random moments, one on top of the other."""
    crashes, end = 0, time.monotonic() + 50
    while time.monotonic() < end:
        step = ground.dice.choice(["kill", "kill", "kill all", "redis", "redis", "forget", "empty", "flush", "kafka",
                                   "rest"])
        crashes += bring(ground, step)
        time.sleep(ground.dice.choice([0.05, 0.3, 1.0, 3.0]))
    ground.recover("the storm")
    ground.burn(1)
    return crashes


def bring(ground, step):
    """One fault of a storm; gives the number of processes of ours that it killed."""
    dice, length = ground.dice, ground.dice.choice([0.2, 1.0, 3.0])
    victims = {"kill": [dice.choice(ground.nodes)], "kill all": ground.nodes}.get(step, [])
    for node in victims:
        node.kill()
    if step in ("redis", "kafka"):
        server, grace = {"redis": (ground.redis, 0.1), "kafka": (ground.kafka, WINDOW)}[step]
        ground.still(server, step.capitalize(), length * 2, grace)
    elif step in ("forget", "empty"):
        assert ground.redis.cli("save") == "OK"
        time.sleep(length)
        ground.restart_redis(dice.choice([0.0, 1.0]), keep=step == "forget")
    elif step == "flush":
        ground.flush_redis()
    elif step == "rest":
        time.sleep(length * 2)
    return len(victims)


def kafka(ground, long):
    """The broker is killed and away, and comes back with its data; one node dies meanwhile."""
    ground.kafka.kill()
    since = time.time() + WINDOW
    time.sleep(4)
    ground.nodes[0].kill()
    time.sleep(26 if long else 6)
    ground.away.append(("Kafka", since, time.time(), None))
    ground.kafka.revive()
    ground.recover("a Kafka that was away")
    ground.burn(1)
    return 1


class FullDisk:
    """A file system of its own for both spools, and a neighbour who takes whatever is left of it."""

    def __init__(self, folder, megabytes=3):
        self.place = pathlib.Path(folder) / "small"
        self.place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "numproof-fire", self.place], check=True)
        self.spools = [self.place / "np1", self.place / "np2"]
        self.greedy = threading.Event()
        self.thread = threading.Thread(target=self.eat)

    def eat(self):
        with open(self.place / "ballast", "ab", buffering=0) as ballast:
            while self.greedy.is_set():
                with contextlib.suppress(OSError):
                    ballast.write(b"\0" * 4096)
                    continue
                time.sleep(0.01)

    def fill(self):
        self.greedy.set()
        self.thread.start()

    def empty(self):
        self.greedy.clear()
        self.thread.join()
        (self.place / "ballast").unlink()

    def close(self):
        self.greedy.clear()
        subprocess.run(["umount", self.place], check=True)


def full_disk(ground, long):
    """The spools' file system is full: 503 and no answer without a record; a kill meanwhile changes nothing."""
    before = [ground.refusals(node.name) for node in ground.nodes]
    ground.disk.fill()
    time.sleep(6 if long else 2)
    ground.nodes[1].kill()
    time.sleep(6 if long else 2)
    after = [ground.refusals(node.name) for node in ground.nodes]
    assert all(b < a for b, a in zip(before, after)), f"nothing was refused on a full disk: {before} {after}"
    ground.disk.empty()
    ground.recover("a full disk")
    ground.burn(1)
    return 1


def dice_of(seed, name):
    return random.Random(f"{seed}-{name}")
