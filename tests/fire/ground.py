# SPDX-License-Identifier: Apache-2.0
"""Where the fire burns: Redis, topics, a packet core, two nodes under a supervisor, and clients."""

import contextlib
import json
import pathlib
import signal
import threading
import time

from checker import Evidence, holders
from harness import Daemon, Redis, lasting_port, unique, wait_for
from history import History, Life, Look, Recovery
from lanes import Lanes
from load import Client, Load
from network import PARTITIONS, Network
from operator_home import install
from proxy import CALM
from watch import Watch, counted, metrics_of
from wire import persist

STALENESS = 3
# What may be older than an answer: max_staleness, a turn of the watch, and clocks that are read one after another.
WINDOW = STALENESS + 1.5
CALL_WITHIN = 5.0
UNCOMPRESSED = ("--rdbcompression", "no")  # so that a dump can be searched
READY_WITHIN = 30


class Node:
    """A place for numproofd: whenever it dies it is started again there, as a service manager does."""

    def __init__(self, ground, name, spool):
        self.ground, self.name, self.spool = ground, name, spool
        self.port, self.admin = lasting_port(), lasting_port()
        self.arms = []  # failpoints of the lives to come
        self.environment = {}  # of the lives to come
        self.lock = threading.RLock()
        self.stopping = False
        self.daemon, self.life, self.frozen_since = None, None, None
        self.start()
        self.supervisor = threading.Thread(target=self.supervise)
        self.supervisor.start()

    def start(self):
        armed = self.arms.pop(0) if self.arms else None
        ground = self.ground
        settings = {"auth.issuer": ground.issuer, "audit.spool_dir": str(self.spool),
                    **(ground.group.settings() if ground.group else {}), **ground.lanes.settings(self.name)}
        environment = {**self.environment, **({"NUMPROOF_FAILPOINT": armed} if armed else {})}
        with self.lock:
            self.daemon = Daemon(ground.folder, self.name, settings, ready=False, mode=("--config", ground.config),
                                 env=environment, ports=(self.port, self.admin))
            self.life = ground.history.add(
                Life(node=self.name, pid=self.daemon.process.pid, started=time.time(), armed=armed))

    def supervise(self):
        while True:
            status = self.daemon.process.wait()
            if status != -signal.SIGKILL:
                time.sleep(0.5)  # It cannot start: not in a tight circle.
            with self.lock:
                self.life.status, self.life.ended = status, time.time()
                if self.stopping:
                    return
                self.start()

    def kill(self):
        """A death that nothing of the daemon's own can soften."""
        with self.lock:
            self.life.wish = "kill"
            self.daemon.process.kill()

    def restart(self):
        """SIGTERM; the supervisor starts the next life when this one has ended."""
        with self.lock:
            if self.life.status is None and self.life.wish is None:
                self.life.wish = "stop"
                self.daemon.process.terminate()

    def freeze(self):
        with self.lock:
            self.daemon.signal(signal.SIGSTOP)
            self.frozen_since = time.time()

    def thaw(self):
        with self.lock:
            self.daemon.signal(signal.SIGCONT)
            self.ground.frozen.append((self.name, self.frozen_since, time.time()))

    def ask_to_stop(self):
        with self.lock:
            self.stopping = True
            self.life.wish = "stop"
            self.daemon.process.terminate()

    def stop(self):
        if not self.stopping:
            self.ask_to_stop()
        self.supervisor.join(40)
        if self.supervisor.is_alive():
            self.daemon.process.kill()
            self.supervisor.join()

    def lives(self):
        return [life for life in self.ground.history.lives if life.node == self.name]

    def is_ready(self):
        answer = self.daemon.readiness()
        return answer is not None and answer.status == 200

    def undelivered(self):
        return self.daemon.status()["audit"]["undelivered_events"]


class Ground:
    """One scenario's world. Ends with `finish`, which gives the evidence."""

    def __init__(self, folder, kafka, seed, spools=None, through=(), group=None):
        self.folder, self.kafka, self.seed = pathlib.Path(folder), kafka, seed
        self.history = History()
        self.names = {kind: unique(kind) for kind in ("sessions", "dlq", "audit", "group")}
        self.frozen = []  # (node, from, to)
        self.away = []  # (what, from, to, for which node or None for all)
        self.troubles = []  # (from, to): what a load balancer sees then is not judged
        self.starved = []  # (node, from, to): nobody is let in there
        self.guests, self.gone, self.guests_ever = [], [], 0  # nodes that come and go and have no clients
        self.losses = []  # when Redis lost what it knew
        self.group = group(folder) if group else None  # several servers instead of one
        self.redis = self.group.servers[0] if group else Redis(str(self.folder), lasting_port(), UNCOMPRESSED)
        persist(kafka.address, lambda broker: broker.create_topics(
            {self.names["sessions"]: PARTITIONS, self.names["dlq"]: 1, self.names["audit"]: 2}))
        self.issuer = "http://localhost:9091"
        self.config, secret = install(self.folder, self.redis, kafka, self.names, STALENESS)
        self.lanes = Lanes(through, f"127.0.0.1:{self.redis.port}", kafka, seed)
        self.network = Network(self.history, kafka.address, self.names["sessions"], seed)
        self.network.start()
        spools = spools or [self.folder / f"spool-np{i}" for i in (1, 2)]
        self.nodes = [Node(self, f"np{i + 1}", spool) for i, spool in enumerate(spools)]
        self.client = Client(self.history, self.nodes, secret)
        self.load = Load(self.client, self.network, seed)
        self.watch = Watch(self)

    # Burning -------------------------------------------------------------------------------

    def all_ready(self):
        return all(node.is_ready() for node in self.nodes)

    def ignite(self):
        """Everything ready, load and changes under way."""
        wait_for(self.all_ready, READY_WITHIN * 2, "the nodes to be ready")
        self.watch.start()
        self.load.start()
        self.network.churning.set()

    def all_work(self):
        """Ready, and as good as its word: a phone is signed in, and its number told."""
        phone = self.network.steady[0]
        return self.all_ready() and all(self.found_at(node, phone.ipv4) == phone.msisdn for node in self.nodes)

    def recover(self, after, since=None):
        """The fault is over, or was there `since` and stays: how long until all works again by itself."""
        began, seconds = since or time.monotonic(), None
        try:
            wait_for(self.all_work, began + READY_WITHIN + 15 - time.monotonic(), "recovery")
            seconds = time.monotonic() - began
        except AssertionError:
            pass
        self.history.add(Recovery(after=after, seconds=seconds))

    def answers(self):
        return sum(call.status == 200 for call in self.history.calls)

    def refusals(self, node=None):
        """Calls that were put off: 503, or a redirect that says the same."""
        return sum(call.status == 503 or (call.status == 302 and call.body.get("error") == "temporarily_unavailable")
                   for call in self.history.calls if node in (None, call.node))

    def burn(self, seconds, answers=20):
        """Goes on for some seconds, and until as many more calls were answered."""
        enough = self.answers() + answers
        time.sleep(seconds)
        wait_for(lambda: self.answers() >= enough, READY_WITHIN, f"{answers} answers more")

    @contextlib.contextmanager
    def without(self, what, grace, node=None):
        """Within, and after the grace, nobody can know anything. To be left before the fault ends."""
        since = time.time() + grace
        yield
        self.away.append((what, since, time.time(), node))

    def still(self, server, name, seconds, grace=0.1):
        """Redis or Kafka stands still; after the grace nobody can know anything."""
        server.pause()
        with self.without(name, grace):
            time.sleep(seconds)
        server.resume()

    def weather(self, server, weather, seconds, node=None):
        """The way to a server is bad for a while, for one node or for all."""
        self.lanes.set(server, weather, node)
        time.sleep(seconds)
        self.lanes.set(server, CALM, node)

    def cut_off(self, server, weather, seconds, grace, node=None):
        """The same with a weather that lets nothing through: after the grace nobody can know anything."""
        self.lanes.set(server, weather, node)
        with self.without(server.capitalize(), grace, node):
            time.sleep(seconds)
        self.lanes.set(server, CALM, node)

    def restart_redis(self, seconds, keep):
        """Killed, and again in its place: with what stands in its file, or with nothing."""
        self.redis.kill()
        with self.without("Redis", 0):
            time.sleep(seconds)
        dump = self.folder / "dump.rdb"
        if not keep:
            dump.unlink(missing_ok=True)
        self.redis = Redis(str(self.folder), self.redis.port, UNCOMPRESSED)
        self.losses.append(time.time())

    def flush_redis(self):
        self.redis.cli("flushall")
        self.losses.append(time.time())

    # The end -------------------------------------------------------------------------------

    def finish(self, crashes=0):
        self.network.churning.clear()
        self.load.stop()
        self.network.settle()
        self.watch.stop()
        self.load.present_again()
        self.look_everywhere()
        wait_for(lambda: all(node.undelivered() == 0 for node in self.nodes), READY_WITHIN, "the spools to be empty")
        keys = self.redis_keys()
        texts = {f"{node.name} metrics": metrics_of(node) for node in self.nodes}
        for node in self.nodes:
            self.history.add(counted(node))
        for node in self.nodes + self.guests:
            node.ask_to_stop()
        for node in self.nodes + self.guests:
            node.stop()
        self.network.stop()
        texts |= {node.name + ".log": node.daemon.output() for node in self.nodes + self.guests + self.gone}
        texts |= {"redis": self.dump(keys)}
        audit = self.kafka.audit_events(self.names["audit"])
        letters = self.kafka.read_all(self.names["dlq"])
        texts["dead letters"] = "\n".join(json.dumps(letter) for letter in letters)
        texts["audit topic"] = "\n".join(json.dumps(event) for event in audit)
        history = self.history
        return Evidence(calls=history.calls, published=history.published, lives=history.lives,
                        recoveries=history.recoveries, looks=history.looks, audit=audit, texts=texts, keys=keys,
                        window=WINDOW, call_within=CALL_WITHIN, crashes=crashes, losses=self.losses, frozen=self.frozen, starved=self.starved,
                        away=self.away, troubles=self.troubles, sizes=history.sizes, probes=history.probes,
                        counted=history.counted, poison=history.poison,
                        letters=[letter["headers"] for letter in letters])

    def look_everywhere(self):
        """Each address, until what is true is found or could have been long ago."""
        lines = holders(self.history.published)
        end = time.monotonic() + WINDOW + 1
        for i, phone in enumerate(self.network.phones):
            expected = lines[phone.ipv4][-1][1]
            node = self.nodes[i % len(self.nodes)]
            found = self.found_at(node, phone.ipv4)
            while found != expected and time.monotonic() < end:
                time.sleep(0.1)
                found = self.found_at(node, phone.ipv4)
            self.history.add(Look(phone.ipv4, expected, found))

    def found_at(self, node, address):
        signed_in = self.client.authorize(node, address)
        if signed_in.body and signed_in.body.get("error") in ("login_required", "access_denied"):
            return None
        token = signed_in.code and self.client.token(node, signed_in.code).token
        answer = token and self.client.share(node, token)
        if answer and answer.status == 200:
            return answer.body["devicePhoneNumber"]
        return f"no answer: {answer or signed_in.body or signed_in.error}"

    def stores(self):
        return self.group.primaries() if self.group else [self.redis]

    def redis_keys(self):
        """(key, milliseconds to live) of all that stands in Redis."""
        script = ("local r = {} for _, k in ipairs(redis.call('KEYS', '*')) do "
                  "r[#r + 1] = redis.call('PTTL', k) .. ' ' .. k end return r")
        lines = [line for store in self.stores() for line in store.cli("eval", script, 0).splitlines()]
        return [(key, int(ttl)) for ttl, key in (line.split(" ", 1) for line in lines if line)]

    def dump(self, keys):
        """What stands in Redis, as one text; texts in it would be readable."""
        script = ("local r = {} for _, k in ipairs(redis.call('KEYS', '*')) do "
                  "r[#r + 1] = k .. redis.call('DUMP', k) end return table.concat(r)")
        text = "\n".join(store.cli("--no-raw", "eval", script, 0) for store in self.stores())
        assert all(key in text for key, _ in keys[:20]), "the dump of Redis is not readable"
        return text

    def put_out(self):
        """Ends whatever still runs, after a failure too."""
        for end in (self.load.stopping.set, self.watch.stop, self.network.stop,
                    *[node.stop for node in self.nodes + self.guests], self.load.stop, self.lanes.close, lambda: self.redis.signal(signal.SIGCONT),
                    self.redis.kill, *([self.group.close] if self.group else [])):
            with contextlib.suppress(Exception):
                end()
        self.history.save(self.folder / "history.jsonl")
