# SPDX-License-Identifier: Apache-2.0
"""More than one Redis: a primary with a replica that can be promoted; a Cluster; a group under Sentinels."""

import contextlib
import pathlib
import signal
import subprocess

from harness import Redis, lasting_port, wait_for
from proxy import BLACK_HOLE, Proxy

IN_STEP_WITHIN = 30


def another(folder, *words):
    """A Redis with a folder and more arguments of its own."""
    port = lasting_port()
    home = pathlib.Path(folder) / f"redis-{port}"
    home.mkdir()
    return Redis(str(home), port, ("--rdbcompression", "no", *words))


def address_of(server):
    return f"127.0.0.1:{server.port}"


def info(server, field):
    """One value of INFO; empty when it is not there."""
    lines = server.cli("info").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(field + ":")), "")


class Pair:
    """A primary, and a replica that hears it through a proxy: what is lost on that way is what a failover loses."""

    def __init__(self, folder, primary):
        self.primary = primary
        self.way = Proxy(f"127.0.0.1:{primary.port}")
        self.replica = another(folder)
        self.replica.cli("replicaof", "127.0.0.1", self.way.port)
        wait_for(lambda: info(self.replica, "master_link_status") == "up", IN_STEP_WITHIN, "the replica to be in step")

    def fall_behind(self):
        """From now on the replica hears nothing, and does not know it."""
        self.way.set(BLACK_HOLE)

    def promote(self):
        assert self.replica.cli("replicaof", "no", "one") == "OK"
        wait_for(lambda: info(self.replica, "role") == "master", IN_STEP_WITHIN, "the promotion")

    def close(self, keep=None):
        """Ends both but the one that is kept."""
        self.way.close()
        for server in (self.primary, self.replica):
            if server is not keep:
                with contextlib.suppress(ProcessLookupError):
                    server.signal(signal.SIGCONT)
                server.kill()


class Cluster:
    """Three primaries with a replica each."""

    def __init__(self, folder):
        self.servers = [another(folder, "--cluster-enabled", "yes", "--cluster-node-timeout", "1500",
                                "--cluster-port", lasting_port(), "--cluster-config-file", "nodes.conf",
                                "--cluster-replica-validity-factor", "0") for _ in range(6)]
        self.manage("create", *[address_of(s) for s in self.servers], "--cluster-replicas", 1)
        wait_for(self.settled, IN_STEP_WITHIN, "the cluster to be whole")

    def settings(self):
        return {"directory.redis.mode": "cluster",
                "directory.redis.addresses": [address_of(server) for server in self.servers]}

    def manage(self, *words):
        done = subprocess.run(["redis-cli", "--cluster", *map(str, words), "--cluster-yes"], capture_output=True,
                              text=True, timeout=120)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr
        return done.stdout

    def living(self):
        return [server for server in self.servers if server.process.poll() is None]

    def primaries(self):
        """Those that hold slots."""
        return [s for s in self.living() if info(s, "role") == "master" and " myself,master" in self.lines(s)
                and self.slots(s)]

    @staticmethod
    def lines(server):
        return server.cli("cluster", "nodes")

    def slots(self, server):
        mine = next(line for line in self.lines(server).splitlines() if "myself" in line)
        return mine.split()[8:]

    def settled(self):
        return (all("cluster_state:ok" in s.cli("cluster", "info") for s in self.living())
                and len(self.primaries()) == 3
                and all(info(s, "master_link_status") == "up" for s in self.living() if s not in self.primaries()))

    def revive(self, dead):
        """The same node again, in its folder: it learns that it is a replica now."""
        self.servers[self.servers.index(dead)] = Redis(dead.folder, dead.port, dead.words)

    def close(self):
        for server in self.servers:
            with contextlib.suppress(ProcessLookupError):
                server.signal(signal.SIGCONT)
            server.kill()
