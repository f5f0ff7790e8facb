# SPDX-License-Identifier: Apache-2.0
"""Scenarios of a bad network between the nodes and their servers. Each gives the number of crashes: none."""

import time

from ground import WINDOW
from proxy import BLACK_HOLE, Weather

# A command may be under way when the way closes.
REDIS_GRACE = 0.5


def redis_slow(ground, long):
    """Replies of Redis come late; then about as late as its deadline, so that some come and some do not."""
    for weather in (Weather(delay=0.004, jitter=0.008), Weather(delay=0.02, jitter=0.05)):
        ground.weather("redis", weather, 15 if long else 5)
        ground.recover("a slow way to Redis")
        ground.burn(1)
    return 0


def redis_slices(ground, long):
    """Everything to and from Redis comes in pieces of 1 to 7 octets."""
    before = ground.answers()
    ground.weather("redis", Weather(sliced=True, trickle=0.0001), 15 if long else 5)
    assert ground.answers() > before, "slices are slow, not wrong: nothing was answered"
    ground.recover("slices")
    ground.burn(1)
    return 0


def redis_resets(ground, long):
    """One reply of Redis in a hundred ends in its middle with RST, later with FIN; then all connections at once."""
    for weather in (Weather(resets=0.01), Weather(half_closes=0.01)):
        before = ground.lanes.cuts("redis")
        ground.weather("redis", weather, 12 if long else 4)
        assert ground.lanes.cuts("redis") > before + 3, "no reply was cut"
        ground.recover("replies that were cut")
    for proxy in ground.lanes.to("redis"):
        proxy.reset_all()
    ground.recover("a reset of all connections to Redis")
    ground.burn(1)
    return 0


def redis_black_hole(ground, long):
    """Redis can be connected to and says nothing; then nobody listens at its address."""
    ground.cut_off("redis", BLACK_HOLE, 12 if long else 5, REDIS_GRACE)
    ground.recover("a Redis that said nothing")
    ground.burn(1)
    for proxy in ground.lanes.to("redis"):
        proxy.refuse()
    with ground.without("Redis", REDIS_GRACE):
        time.sleep(10 if long else 3)
    for proxy in ground.lanes.to("redis"):
        proxy.accept_again()
    ground.recover("a Redis that was not reached")
    ground.burn(1)
    return 0


def kafka_latency(ground, long):
    """Kafka is two seconds away, there and back."""
    ground.weather("kafka", Weather(delay=1.0, jitter=0.1), 25 if long else 10)
    ground.recover("a Kafka far away")
    ground.burn(1)
    return 0


def kafka_resets(ground, long):
    """One reply of Kafka in ten ends in its middle; then all connections are cut, some times."""
    before = ground.lanes.cuts("kafka")
    ground.weather("kafka", Weather(resets=0.1), 12 if long else 5)
    assert ground.lanes.cuts("kafka") > before + 3, "no reply was cut"
    ground.recover("replies of Kafka that were cut")
    for _ in range(5 if long else 2):
        for proxy in ground.lanes.to("kafka"):
            proxy.reset_all()
        time.sleep(0.5)
    ground.recover("resets of all connections to Kafka")
    ground.burn(1)
    return 0


def kafka_black_hole(ground, long):
    """Kafka can be connected to and says nothing: session events grow old, audit events wait on the disk."""
    ground.cut_off("kafka", BLACK_HOLE, 20 if long else WINDOW + 4, WINDOW)
    ground.recover("a Kafka that said nothing")
    ground.burn(1)
    return 0


def asymmetric(ground, long):
    """One node speaks and is not answered, or is answered and not heard; the other node has no trouble."""
    for server, grace in (("redis", REDIS_GRACE), ("kafka", 0)):
        for way in ("down", "up"):
            seconds = (5 if long else 3) + grace
            answered = sum(c.status == 200 and c.node == "np2" for c in list(ground.history.calls))
            holds = Weather(holds=frozenset({way}))
            if server == "redis":
                ground.cut_off(server, holds, seconds, grace, "np1")
                now = sum(c.status == 200 and c.node == "np2" for c in list(ground.history.calls))
                assert now > answered, "the other node was harmed"
            else:
                # Less than socket.timeout.ms: a join that comes late and twice makes the broker fence the node.
                ground.weather(server, holds, WINDOW + 4, "np1")
            ground.recover(f"a way {way} to {server} that was closed for one node")
    ground.burn(1)
    return 0
