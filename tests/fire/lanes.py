# SPDX-License-Identifier: Apache-2.0
"""The roads between nodes and servers: a proxy for each pair, so that a fault can hit one node alone."""

import contextlib

from harness import RealKafka, lasting_port
from proxy import Proxy

NODES = ("np1", "np2")


class KafkaBehindProxies(RealKafka):
    """A broker with a listener for each node that is reached through a proxy, and one for everybody else."""

    def __init__(self, folder):
        ports = [lasting_port() for _ in NODES]
        super().__init__(folder, through=ports)
        self.proxies = [Proxy(real, port) for real, port in zip(self.behind, ports)]

    def stop(self):
        for proxy in self.proxies:
            proxy.close()
        super().stop()


class Lanes:
    """Which way nodes go to Redis and to Kafka; straight where `through` does not name the server."""

    def __init__(self, through, redis_address, kafka, seed):
        self.of = {(node, "redis"): Proxy(redis_address, seed=f"{seed}-{node}")
                   for node in NODES if "redis" in through}
        if "kafka" in through:
            self.of |= {(node, "kafka"): proxy for node, proxy in zip(NODES, kafka.proxies)}

    def settings(self, node):
        """What a node's configuration says instead of the servers' own addresses."""
        keys = {"redis": "directory.redis.addresses", "kafka": "kafka.brokers"}
        return {keys[server]: [proxy.address] for (name, server), proxy in self.of.items() if name == node}

    def to(self, server, node=None):
        return [proxy for (name, where), proxy in self.of.items() if where == server and node in (None, name)]

    def set(self, server, weather, node=None):
        for proxy in self.to(server, node):
            proxy.set(weather)

    def cuts(self, server):
        return sum(proxy.cuts for proxy in self.to(server))

    def lead_to(self, server, address):
        """New connections go elsewhere, as when an address moves; the old ones are cut."""
        for proxy in self.to(server):
            proxy.lead_to(address)

    def close(self):
        for (_, server), proxy in self.of.items():
            with contextlib.suppress(Exception):
                if server == "redis":
                    proxy.close()
                else:
                    proxy.calm()
                    proxy.accept_again()
