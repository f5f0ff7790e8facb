# SPDX-License-Identifier: Apache-2.0
"""Scenarios of three Kafka brokers. Each gives the number of processes of ours that it killed: none."""

import json
import time

from ground import READY_WITHIN, WINDOW
from harness import wait_for
from operator_home import ctl


def partitions_read(ground):
    """Of the session topic, by all nodes together."""
    feeds = [json.loads(ctl("--json", "--socket", node.daemon.socket, "feed", "status")) for node in ground.nodes]
    return len({(one["topic"], one["partition"]) for feed in feeds for one in feed["partitions"]})


def leaders_lost(ground, long):
    """A broker dies that leads partitions of every topic, and comes back; then the next one, in the long run each."""
    first = ground.kafka.leader(ground.names["audit"])
    others = [number for number in ground.kafka.cluster.brokers if number != first]
    for number in [first, *others] if long else [first]:
        since = time.monotonic()
        ground.kafka.kill(number)
        ground.kafka.wait_for_another(number, ground.names.values())
        ground.recover("the death of a broker", since)
        ground.burn(1)
        ground.kafka.revive(number)
        ground.kafka.wait_until_whole()
        ground.recover("the return of a broker")
    return 0


def two_lost(ground, long):
    """Two brokers of three die: Kafka takes nothing, answers stop when what is known is too old; then both are back."""
    survivor = ground.kafka.leader(ground.names["audit"])
    others = [number for number in ground.kafka.cluster.brokers if number != survivor]
    ground.kafka.kill(*others)
    with ground.without("Kafka", WINDOW):
        time.sleep(25 if long else 15)
    ground.kafka.revive(*others)
    ground.recover("two brokers of three")
    ground.burn(1)
    return 0


def leader_frozen(ground, long):
    """A broker stands still with its connections open, until another leads; then it wakes up and believes it still does."""
    number = ground.kafka.leader(ground.names["sessions"])
    since = time.monotonic()
    ground.kafka.pause(number)
    try:
        ground.kafka.wait_for_another(number, ground.names.values())
        ground.recover("a broker that stands still", since)
        ground.burn(1)
    finally:
        ground.kafka.resume(number)
    ground.kafka.wait_until_whole()
    ground.recover("a broker that woke up")
    return 0


def topic_grows(ground, long):
    """The session topic gets more partitions, and sessions move over to them with their next event."""
    more = ground.network.partitions + 2
    ground.kafka.grow(ground.names["sessions"], more)
    ground.network.partitions = more
    since = time.monotonic()
    wait_for(lambda: partitions_read(ground) == more, READY_WITHIN, "the new partitions to be read")
    ground.recover("more partitions", since)
    ground.burn(15 if long else 5)
    return 0
