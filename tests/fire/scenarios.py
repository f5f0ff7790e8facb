# SPDX-License-Identifier: Apache-2.0
"""All scenarios: what is done, what it needs, and about how long it takes."""

import collections.abc
import dataclasses

import broker_faults
import clock_faults
import feed_faults
import network_faults
import process_faults
import store_faults
import test_crashes
from brokers import ThreeBrokers
from stores import Cluster, Watched
from test_crashes import at_failpoint, failpoint_names

REDIS, KAFKA = ("redis",), ("kafka",)


@dataclasses.dataclass(frozen=True)
class Scenario:
    """`do(ground, long)` gives the number of processes that it killed."""

    do: collections.abc.Callable
    seconds: int  # about, on a quiet machine with two processors, with building and judging
    through: tuple = ()  # servers that are reached through proxies
    group: type | None = None  # several Redis servers instead of one
    brokers: type | None = None  # several Kafka brokers instead of one
    disk: bool = False  # spools on a small file system of their own

    @property
    def about(self):
        return (self.do.__doc__ or "kill -9 at this one step on both nodes.").splitlines()[0]


def one_after_the_other(*parts):
    """In one deployment, which saves its building."""
    def do(ground, long):
        return sum(part(ground, long) for part in parts)
    do.__doc__ = "One after the other: " + ", ".join(part.__name__ for part in parts) + "."
    return do


def short():
    """A slice of everything, for every change."""
    faults = network_faults
    return {
        "crashes": Scenario(one_after_the_other(test_crashes.failpoints, test_crashes.kills), 16),
        "outages": Scenario(one_after_the_other(test_crashes.full_disk, test_crashes.redis), 32, disk=True),
        "kafka": Scenario(test_crashes.kafka, 37),
        "ways_to_redis": Scenario(one_after_the_other(
            faults.redis_slices, faults.redis_resets, faults.redis_black_hole, store_faults.redis_readonly,
            store_faults.redis_promoted), 60, REDIS),
        "nodes_and_feeds": Scenario(one_after_the_other(
            process_faults.rolling_restart, feed_faults.poison, process_faults.descriptors,
            clock_faults.clock_steps), 45),
        "cluster_failover": Scenario(store_faults.cluster_failover, 30, group=Cluster),
        "broker_lost": Scenario(broker_faults.leaders_lost, 60, brokers=ThreeBrokers),
    }


def each():
    """Every scenario alone, for --only."""
    faults = network_faults
    singles = {f"failpoint.{name}": Scenario(at_failpoint(name), 13) for name in failpoint_names()}
    return {
        "failpoints": Scenario(test_crashes.failpoints, 15), **singles,
        "kills": Scenario(test_crashes.kills, 45),
        "full_disk": Scenario(test_crashes.full_disk, 25, disk=True),
        "redis": Scenario(test_crashes.redis, 50),
        "redis_slow": Scenario(faults.redis_slow, 44, REDIS),
        "redis_slices": Scenario(faults.redis_slices, 25, REDIS),
        "redis_resets": Scenario(faults.redis_resets, 35, REDIS),
        "redis_black_hole": Scenario(faults.redis_black_hole, 35, REDIS),
        "redis_full": Scenario(store_faults.redis_full, 25),
        "redis_readonly": Scenario(store_faults.redis_readonly, 25),
        "redis_evicting": Scenario(store_faults.redis_evicting, 25),
        "redis_promoted": Scenario(store_faults.redis_promoted, 32, REDIS),
        "sentinel_failover": Scenario(store_faults.sentinel_failover, 45, group=Watched),
        "cluster_failover": Scenario(store_faults.cluster_failover, 42, group=Cluster),
        "cluster_resharding": Scenario(store_faults.cluster_resharding, 26, group=Cluster),
        "kafka_latency": Scenario(faults.kafka_latency, 40, KAFKA),
        "kafka_resets": Scenario(faults.kafka_resets, 30, KAFKA),
        "kafka_black_hole": Scenario(faults.kafka_black_hole, 30, KAFKA),
        "asymmetric": Scenario(faults.asymmetric, 45, REDIS + KAFKA),
        "clock_steps": Scenario(clock_faults.clock_steps, 37),
        "poison": Scenario(feed_faults.poison, 30),
        "poison_burst": Scenario(feed_faults.poison_burst, 60),
        "duplicates": Scenario(feed_faults.duplicates, 35),
        "rolling_restart": Scenario(process_faults.rolling_restart, 30),
        "descriptors": Scenario(process_faults.descriptors, 20),
        "rebalance_storm": Scenario(process_faults.rebalance_storm, 55),
        "zombie": Scenario(test_crashes.zombie, 27),
        "storm": Scenario(test_crashes.storm, 65),
        "kafka": Scenario(test_crashes.kafka, 55),
        "brokers_lost": Scenario(broker_faults.leaders_lost, 90, brokers=ThreeBrokers),
        "two_brokers_lost": Scenario(broker_faults.two_lost, 60, brokers=ThreeBrokers),
        "broker_frozen": Scenario(broker_faults.leader_frozen, 60, brokers=ThreeBrokers),
        "topic_grows": Scenario(broker_faults.topic_grows, 60, brokers=ThreeBrokers),
    }


# What is done one after the other in one deployment by the long slice.
TOGETHER = {
    "each_failpoint": ("failpoints", *[f"failpoint.{name}" for name in failpoint_names()]),
    "deaths_and_zombies": ("kills", "zombie", "rebalance_storm"),
    "long_ways_to_redis": ("redis_slow", "redis_slices", "redis_resets", "redis_black_hole"),
    "redis_says_no": ("redis_full", "redis_readonly", "redis_evicting"),
    "long_ways_to_kafka": ("kafka_latency", "kafka_resets", "kafka_black_hole"),
    "bad_records_and_restarts": ("poison", "duplicates", "rolling_restart", "descriptors"),
    "three_brokers": ("brokers_lost", "two_brokers_lost", "broker_frozen", "topic_grows"),
}
BUILDING = 10  # seconds that a deployment takes to be built and judged


def together(parts):
    first = parts[0]
    return dataclasses.replace(
        first, do=one_after_the_other(*[part.do for part in parts]),
        seconds=sum(part.seconds - BUILDING for part in parts) + BUILDING)


def long():
    """All of them, in as few deployments as can be."""
    alone = each()
    merged = {name: together([alone.pop(part) for part in parts]) for name, parts in TOGETHER.items()}
    return {**merged, **alone}
