# SPDX-License-Identifier: Apache-2.0
"""What happened: each call of a client, each session event, each life of a process. Written once, judged later."""

import dataclasses
import json
import threading


@dataclasses.dataclass
class Call:
    """One request and what came of it. `code` and `token` are what it presented, or what it gained."""

    kind: str  # authorize | token | verify | share
    node: str
    correlator: str
    device: str | None = None
    asked: str | None = None
    code: str | None = None
    token: str | None = None
    start: float = 0.0
    end: float = 0.0
    status: int | None = None
    body: dict | None = None
    error: str | None = None  # why there is no answer

    def ended(self):
        return self.end > 0


@dataclasses.dataclass
class Published:
    """A session event. `time` is when the network says it happened, `acked` when Kafka had it."""

    op: str
    time: float
    session: str | None = None
    msisdn: str | None = None
    ipv4: str | None = None
    acked: float | None = None


@dataclasses.dataclass
class Life:
    """One process from its start to its end. `wish`: what the test did to it, or had armed."""

    node: str
    pid: int
    started: float
    armed: str | None = None
    wish: str | None = None  # kill | stop
    ended: float | None = None
    status: int | None = None  # as subprocess has it: negative for a signal


@dataclasses.dataclass
class Recovery:
    """How long after the end of a fault everything was ready again; None: not in time."""

    after: str
    seconds: float | None


@dataclasses.dataclass
class Look:
    """Who was found at an address at the very end, and who ought to be."""

    address: str
    expected: str | None
    found: str | None


@dataclasses.dataclass
class Size:
    """What a process took of the machine at one moment."""

    node: str
    pid: int
    time: float
    resident: int  # octets
    descriptors: int


@dataclasses.dataclass
class Probe:
    """What a load balancer saw: livez, readyz, and whether a phone was signed in between two looks at readyz.

    A status is None where nothing came in time."""

    node: str
    pid: int
    time: float
    live: int | None
    ready: tuple  # before and after
    worked: bool


@dataclasses.dataclass
class Poison:
    """A record that nobody can use, and where Kafka has put it."""

    kind: str
    partition: int
    offset: int
    burst: bool = False  # it came with so many others that the feed had to stop


@dataclasses.dataclass
class Counted:
    """A node's own counters when all was quiet. `since` is when that process started."""

    node: str
    since: float
    counters: dict  # name{labels} → value


class History:
    """Collects from many threads; `save` leaves it beside the logs."""

    def __init__(self):
        self.lock = threading.Lock()
        self.calls, self.published, self.lives, self.recoveries, self.looks = [], [], [], [], []
        self.sizes, self.probes, self.counted, self.poison = [], [], [], []
        self.kinds = {Call: self.calls, Published: self.published, Life: self.lives, Recovery: self.recoveries,
                      Look: self.looks, Size: self.sizes, Probe: self.probes, Counted: self.counted,
                      Poison: self.poison}

    def add(self, what):
        with self.lock:
            self.kinds[type(what)].append(what)
        return what

    def save(self, path):
        with self.lock, open(path, "w", encoding="utf-8") as file:
            for one in [one for kind in self.kinds.values() for one in kind]:
                file.write(json.dumps({"is": type(one).__name__, **dataclasses.asdict(one)}) + "\n")
