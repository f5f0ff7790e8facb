# SPDX-License-Identifier: Apache-2.0
"""Scenarios of a Redis that answers and must not be used, or that is another one. Each gives the number of crashes."""

import time

from ground import WINDOW
from harness import free_port, wait_for
from stores import Pair, address_of, info

# Until a node has noticed that what it is connected to is no primary any more.
NOTICED = 2.0


def redis_full(ground, long):
    """Redis is out of memory: it reads and does not write. Watermarks stand still, and so the directory grows old."""
    assert ground.redis.cli("config", "set", "maxmemory", 1) == "OK"
    before = ground.refusals()
    with ground.without("Redis", WINDOW):
        time.sleep(WINDOW + (10 if long else 3))
    assert ground.refusals() > before + 10, "nothing was refused"
    assert ground.redis.cli("config", "set", "maxmemory", 0) == "OK"
    ground.recover("a Redis that was full")
    ground.burn(1)
    return 0


def redis_readonly(ground, long):
    """Redis becomes a replica while it is used, and a primary again: one more life, which knows what it did."""
    assert ground.redis.cli("replicaof", "127.0.0.1", free_port()) == "OK"
    with ground.without("Redis", NOTICED):
        time.sleep(NOTICED + (8 if long else 3))
    assert ground.redis.cli("replicaof", "no", "one") == "OK"
    ground.losses.append(time.time())
    ground.recover("a Redis that was a replica")
    ground.load.present_again()
    ground.burn(1)
    return 0


def redis_evicting(ground, long):
    """Redis is told to evict what it likes: who connects to it says so and refuses, until it is told otherwise."""
    assert ground.redis.cli("config", "set", "maxmemory-policy", "allkeys-lru") == "OK"
    assert int(ground.redis.cli("client", "kill", "type", "normal")) > 0
    with ground.without("Redis", NOTICED):
        time.sleep(NOTICED + (8 if long else 3))
    wait_for(lambda: all("NP-REDIS-004" in node.daemon.output() for node in ground.nodes), 10, "a message about it")
    assert ground.redis.cli("config", "set", "maxmemory-policy", "noeviction") == "OK"
    ground.recover("a Redis that might evict")
    ground.burn(1)
    return 0


def redis_promoted(ground, long):
    """A replica that missed the last writes is promoted and takes the primary's place; the old primary is frozen.

    Tokens that were used just before are unused to the new primary: none may answer again."""
    old = ground.redis
    pair = Pair(ground.folder, old)
    try:
        ground.burn(2)
        pair.fall_behind()
        ground.burn(4 if long else 2, answers=60)
        old.pause()
        with ground.without("Redis", 0.5):
            time.sleep(2)
        pair.promote()
        ground.losses.append(time.time())
        ground.redis = pair.replica
        ground.lanes.lead_to("redis", address_of(pair.replica))
        ground.load.present_again()
        ground.recover("a promotion that lost writes")
        ground.load.present_again()
        ground.burn(1)
    finally:
        pair.close(keep=ground.redis)
    return 0


# Under Sentinels -----------------------------------------------------------------------------


def sentinel_failover(ground, long):
    """The primary is frozen, then the next one is killed: Sentinels promote another, and nobody else is believed."""
    group = ground.group
    for end in ("freeze", "kill") if long else ("freeze",):
        victim = group.primary()
        ground.load.present_again(30)
        if end == "freeze":
            victim.pause()
        else:
            victim.kill()
        wait_for(lambda: info_of_new(group, victim), 30, "the promotion")
        ground.losses.append(time.time() + NOTICED)
        ground.load.present_again()
        ground.recover(f"a primary under sentinels: {end}")
        ground.burn(2)
        if end == "freeze":
            victim.resume()
        else:
            group.revive(victim)
        wait_for(group.settled, 30, "the sentinels to agree")
        ground.recover("its return")
        ground.load.present_again()
        ground.burn(1)
    return 0


def info_of_new(group, victim):
    """Whether another server than the victim is a primary now."""
    return any(info(server, "role") == "master" for server in group.servers if server is not victim)


# A Cluster -----------------------------------------------------------------------------------


def cluster_failover(ground, long):
    """A primary of a Cluster is frozen, then one is killed: its replica takes over, and tokens from before are refused."""
    cluster = ground.group
    for end in ("freeze", "kill") if long else ("kill",):
        victim = ground.dice.choice(cluster.primaries())
        ground.load.present_again(30)
        if end == "freeze":
            victim.pause()
        else:
            victim.kill()
        others = [s for s in cluster.living() if s is not victim]
        wait_for(lambda: any("cluster_state:ok" in s.cli("cluster", "info") and
                             s.cli("cluster", "nodes").count("fail") > 0 for s in others), 30, "the failover")
        ground.losses.append(time.time() + 3)
        ground.load.present_again()
        ground.recover(f"a primary of the cluster: {end}")
        ground.burn(2)
        if end == "freeze":
            victim.resume()
        else:
            cluster.revive(victim)
        wait_for(cluster.settled, 30, "the cluster to be whole")
        ground.recover("its return")
        ground.burn(1)
    return 0


def cluster_resharding(ground, long):
    """Slots of a Cluster move from one primary to another under load, and back."""
    cluster = ground.group
    one, other, *_ = cluster.primaries()
    names = {server: server.cli("cluster", "myid") for server in (one, other)}
    slots = 1500 if long else 400
    for source, target in ((one, other), (other, one)):
        cluster.manage("reshard", address_of(one), "--cluster-from", names[source], "--cluster-to", names[target],
                       "--cluster-slots", slots)
        ground.recover("a resharding")
        ground.burn(1)
    wait_for(cluster.settled, 30, "the cluster to be whole")
    return 0
