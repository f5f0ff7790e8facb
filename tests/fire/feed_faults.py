# SPDX-License-Identifier: Apache-2.0
"""Scenarios of session topics that hold what they should not. Each gives the number of crashes."""

import json
import time

from ground import WINDOW
from harness import wait_for
from history import Poison
from network import PARTITIONS
from wire import Producer, record_batch

# Of a burst's default: 100 records within 10 s, half of all.
BURST = 400
LARGEST = 1_048_588 - 160  # what a broker takes with its default settings, less what the batch needs
HOUR_MS = 3_600_000


def poison_of(dice):
    """kind → octets of a record that nobody can use."""
    now = int(time.time() * 1000)
    bind = {"op": "bind", "time": now, "source": "smf-9", "session": "x1", "msisdn": "+34611999999",
            "ipv4": "127.0.99.1", "access": "3gpp"}

    def text(**changes):
        return json.dumps({**bind, **changes}).encode()

    return {
        "noise": dice.randbytes(dice.randint(1, 300)),
        "nothing": b"",
        "half": text()[:-20],
        "not an object": b"[1, 2, 3]",
        "unknown op": text(op="attach"),
        "no session": text(session=None),
        "number of letters": text(msisdn="+34SIXHUNDRED"),
        "address of another world": text(ipv4="300.1.1.1"),
        "from the future": text(time=now + HOUR_MS),
        "key twice": text()[:-1] + b', "op": "release"}',
        "deep": b"[" * 5000 + b"]" * 5000,
        "large": b'{"op": "bind", "' + b"x" * (1_000_000 - 40) + b'": 1}',
        "largest": dice.randbytes(LARGEST),
    }


def send(ground, kind, octets, partition, count=1, burst=False):
    """Puts poison on the session topic, beside what the packet core sends there."""
    producer = Producer(ground.kafka.address, timeout=10)
    try:
        batch = record_batch([("x1", octets)] * count, int(time.time() * 1000))
        first = producer.produce(ground.names["sessions"], {partition: batch})[partition]
    finally:
        producer.close()
    for offset in range(first, first + count):
        ground.history.add(Poison(kind, partition, offset, burst))


def poison(ground, long):
    """Records that nobody can use, of every kind, the largest too: dead letters, and the feed goes on."""
    for _ in range(5 if long else 1):
        for kind, octets in poison_of(ground.dice).items():
            send(ground, kind, octets, ground.dice.randrange(PARTITIONS))
            time.sleep(0.15)  # Slower than a burst.
    ground.recover("poison")
    ground.burn(1)
    wait_for(lambda: all_buried(ground), 30, "the dead letters")
    return 0


def all_buried(ground):
    return len(ground.kafka.read_all(ground.names["dlq"])) >= len(ground.history.poison)


def poison_burst(ground, long):
    """A producer that writes nothing but poison: the feed stops, answers are refused and say so, until it is clean."""
    send(ground, "burst", b"{}", 1, BURST, burst=True)
    with ground.without("a trusted feed", WINDOW):
        time.sleep(WINDOW + 4)
    assert any("NP-INGEST-004" in node.daemon.output() for node in ground.nodes), "no message about the burst"
    # It stands still for half a minute, and is then read on trial for ten seconds.
    wait_for(ground.all_ready, 120, "the end of the hold and the trial")
    ground.recover("a burst of poison")
    ground.burn(1)
    return 0


def duplicates(ground, long):
    """The packet core sends each record twice."""
    ground.network.twice = True
    ground.burn(20 if long else 6)
    ground.network.twice = False
    ground.recover("duplicates")
    ground.burn(1)
    return 0
