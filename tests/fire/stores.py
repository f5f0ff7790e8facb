# SPDX-License-Identifier: Apache-2.0
"""More than one Redis: a primary with a replica that can be promoted; a Cluster; a group under Sentinels."""

import contextlib
import pathlib
import signal
import subprocess

from harness import Process, Redis, lasting_port, wait_for
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


class Watched:
    """A primary and two replicas under three Sentinels."""

    NAME = "subscribers"

    def __init__(self, folder):
        first = another(folder)
        self.servers = [first, *[another(folder, "--replicaof", f"127.0.0.1 {first.port}") for _ in range(2)]]
        self.sentinels = [self.sentinel(folder, lasting_port(), first.port) for _ in range(3)]
        wait_for(self.settled, IN_STEP_WITHIN, "the sentinels to know everybody")

    def sentinel(self, folder, port, primary):
        home = pathlib.Path(folder) / f"sentinel-{port}"
        home.mkdir()
        lines = [f"port {port}", "bind 127.0.0.1", f"sentinel monitor {self.NAME} 127.0.0.1 {primary} 2",
                 f"sentinel down-after-milliseconds {self.NAME} 1000", f"sentinel failover-timeout {self.NAME} 6000"]
        (home / "sentinel.conf").write_text("\n".join(lines) + "\n")
        process = Process(["redis-server", home / "sentinel.conf", "--sentinel"], home, f"sentinel-{port}")
        process.port = port
        return process

    def settings(self):
        return {"directory.redis.mode": "sentinel", "directory.redis.master_name": self.NAME,
                "directory.redis.addresses": [address_of(sentinel) for sentinel in self.sentinels]}

    def ask(self, sentinel, *words):
        done = subprocess.run(["redis-cli", "-p", str(sentinel.port), "sentinel", *words, self.NAME],
                              capture_output=True, text=True, timeout=10)
        return done.stdout.split("\n")

    def primary(self):
        """Whom all sentinels name; none while they do not agree."""
        named = {tuple(self.ask(sentinel, "get-master-addr-by-name")[:2]) for sentinel in self.sentinels}
        ports = {port for _, port in named} if all(len(one) == 2 for one in named) else set()
        return next((s for s in self.servers if ports == {str(s.port)}), None)

    def primaries(self):
        return [self.primary()]

    def settled(self):
        primary = self.primary()
        replicas = [s for s in self.servers if s is not primary]
        return (primary is not None and info(primary, "role") == "master"
                and all(info(s, "master_link_status") == "up" for s in replicas)
                and all(len([w for w in self.ask(s, "replicas") if w == "runid"]) >= 2 for s in self.sentinels)
                and all("OK" in self.ask(s, "ckquorum")[0] for s in self.sentinels))

    def revive(self, dead):
        """The same server again: the sentinels make it a replica."""
        self.servers[self.servers.index(dead)] = Redis(dead.folder, dead.port, dead.words)

    def close(self):
        for process in [*self.sentinels, *self.servers]:
            with contextlib.suppress(ProcessLookupError):
                process.signal(signal.SIGCONT)
            process.kill()
