# SPDX-License-Identifier: Apache-2.0
"""A real Redis Cluster on loopback: three primaries, and a replica of each if wanted."""

import pathlib

from harness import Redis, free_port, lasting_port, wait_for

SLOTS = 16384


class RedisCluster:
    def __init__(self, folder, replicas, node_timeout_ms):
        self.nodes = []
        for i in range(6 if replicas else 3):
            home = pathlib.Path(folder) / f"node-{i}"
            home.mkdir()
            settings = ["--cluster-enabled", "yes", "--cluster-node-timeout", str(node_timeout_ms),
                        "--cluster-port", str(free_port()), "--cluster-allow-replica-migration", "no",
                        "--repl-diskless-sync-delay", "0"]
            self.nodes.append((Redis(str(home), lasting_port(), settings), str(home), settings))
        self.form()

    def __getitem__(self, index):
        return self.nodes[index][0]

    def __len__(self):
        return len(self.nodes)

    def form(self):
        for i in range(3):
            first, last = SLOTS * i // 3, SLOTS * (i + 1) // 3 - 1
            assert self[i].cli("cluster", "addslotsrange", first, last) == "OK"
            assert self[i].cli("cluster", "set-config-epoch", i + 1) == "OK"
        for node, _, settings in self.nodes[1:]:
            bus = settings[settings.index("--cluster-port") + 1]
            assert self[0].cli("cluster", "meet", "127.0.0.1", node.port, bus) == "OK"
        wait_for(lambda: all(self.field(i, "cluster_known_nodes") == str(len(self)) for i in range(len(self))), 30,
                 "the nodes to meet")
        for i in range(3, len(self)):
            wait_for(lambda i=i: self[i].cli("cluster", "replicate", self.id(i - 3)) == "OK", 30, "a replica")
        wait_for(self.is_well, 60, "the Cluster")

    def field(self, index, name):
        lines = dict(line.split(":", 1) for line in self[index].cli("cluster", "info").splitlines() if ":" in line)
        return lines.get(name, "").strip()

    def id(self, index):
        return self[index].cli("cluster", "myid")

    def role(self, index):
        return self[index].cli("role").splitlines()[0]

    def is_well(self):
        linked = all("master_link_status:up" in self[i].cli("info", "replication") for i in range(3, len(self)))
        return linked and all(self.field(i, "cluster_state") == "ok" for i in range(len(self)))

    def addresses(self):
        return [f"127.0.0.1:{node.port}" for node, _, _ in self.nodes]

    def slot(self, key):
        return int(self[0].cli("cluster", "keyslot", key))

    def owner(self, slot):
        """Which of the first three has it at the beginning."""
        return next(i for i in range(3) if SLOTS * i // 3 <= slot < SLOTS * (i + 1) // 3)

    def start_again(self, index):
        """Empty, as it keeps nothing on disk but who it is."""
        node, home, settings = self.nodes[index]
        self.nodes[index] = (Redis(home, node.port, settings), home, settings)

    def slots_in_use(self, most):
        """Some with keys, by the primary that had them at the beginning."""
        found = {}
        for i in range(3):
            for key in self[i].cli("--scan").splitlines()[:most // 3]:
                found[self.slot(key)] = i
        return found

    def move(self, slot, source, target):
        """As redis-cli does it, key by key."""
        assert self[target].cli("cluster", "setslot", slot, "importing", self.id(source)) == "OK"
        assert self[source].cli("cluster", "setslot", slot, "migrating", self.id(target)) == "OK"
        while keys := self[source].cli("cluster", "getkeysinslot", slot, 10).split():
            for key in keys:
                moved = self[source].cli("migrate", "127.0.0.1", self[target].port, key, 0, 10000)
                assert moved in ("OK", "NOKEY"), moved
        name = self.id(target)
        assert self[target].cli("cluster", "setslot", slot, "node", name) == "OK"
        assert self[source].cli("cluster", "setslot", slot, "node", name) == "OK"

    def kill(self):
        for node, _, _ in self.nodes:
            node.kill()
