# SPDX-License-Identifier: Apache-2.0
"""More than one Redis: a primary with a replica that can be promoted."""

import contextlib
import pathlib
import signal

from harness import Redis, lasting_port, wait_for
from proxy import BLACK_HOLE, Proxy

IN_STEP_WITHIN = 30


def another(folder, *settings):
    """A Redis with a folder of its own; settings: pairs of a name and a value."""
    port = lasting_port()
    home = pathlib.Path(folder) / f"redis-{port}"
    home.mkdir()
    server = Redis(str(home), port)
    for name, value in settings:
        assert server.cli("config", "set", name, value) == "OK"
    return server


def info(server, field):
    """One value of INFO; empty when it is not there."""
    lines = server.cli("info").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(field + ":")), "")


class Pair:
    """A primary, and a replica that hears it through a proxy: what is lost on that way is what a failover loses."""

    def __init__(self, folder, primary):
        self.primary = primary
        self.way = Proxy(f"127.0.0.1:{primary.port}")
        self.replica = another(folder, ("rdbcompression", "no"))
        self.replica.cli("replicaof", "127.0.0.1", self.way.port)
        wait_for(lambda: info(self.replica, "master_link_status") == "up", IN_STEP_WITHIN, "the replica to be in step")

    @property
    def address(self):
        return f"127.0.0.1:{self.replica.port}"

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
