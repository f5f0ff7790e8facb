# SPDX-License-Identifier: Apache-2.0
"""Scenarios of a wrong clock. Each gives the number of crashes."""

import glob
import pathlib
import time

from feed_faults import all_buried, send
from harness import wait_for
from network import PARTITIONS

HOUR = 3600
# Until a node has seen that its clocks disagree: libfaketime looks at its file once a second.
NOTICED = 2.5
LETTER_WITHIN = 45


def library():
    """libfaketime for programs with threads; without it this cannot be shown, and the run fails."""
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    assert found, "libfaketime is missing: apt-get install libfaketime"
    return found[0]


class WrongClock:
    """The wall clock of one node, from its next life on; the monotonic clock stays right."""

    def __init__(self, ground, node):
        self.file = pathlib.Path(ground.folder) / f"clock-{node.name}"
        self.set(0)
        node.environment = {"LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": str(self.file),
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_CACHE_DURATION": "1"}
        node.kill()

    def set(self, seconds):
        part = self.file.with_suffix(".part")
        part.write_text(f"{seconds:+d}\n")
        part.rename(self.file)


def dead_letters_in_a_wrong_hour(ground):
    """The first letters of a Kafka client that set out to wait while the clock was wrong: it may sleep for an hour."""
    for partition in range(PARTITIONS):  # One of them is read by the node whose clock is wrong.
        send(ground, "half", b'{"op"', partition)


def clock_steps(ground, long):
    """The wall clock of one node steps an hour ahead, and an hour back: it refuses until its clocks agree again."""
    node = ground.nodes[0]
    clock = WrongClock(ground, node)
    ground.recover("a start with a clock of its own")
    for seconds in (HOUR, -HOUR):
        clock.set(seconds)
        with ground.without("a clock", NOTICED, node.name):
            time.sleep(NOTICED + (8 if long else 4))
            if long:
                dead_letters_in_a_wrong_hour(ground)
        assert "clock_disagrees" in node.daemon.output(), "no word about the clock"
        clock.set(0)
        ground.recover(f"a clock that was {seconds:+d} s off")
        wait_for(lambda: all_buried(ground), LETTER_WITHIN, "the dead letters")
        ground.recover("a letter that was sent by a wrong clock")
        ground.burn(1)
    return 1
