# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: the built programs, real servers, and the people who use them."""

import base64
import functools
import http.client
import json
import os
import pathlib
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/conformance"), str(ROOT / "tests/fire")]
try:
    import checker_machine
    import contracts
except ImportError as error:
    raise ImportError(f"{error}: every answer is checked against its contract, which needs Debian's python3-yaml and "
                      f"python3-jsonschema; run with /usr/bin/python3, this is {sys.executable}") from error

BIN = pathlib.Path(os.environ.get("NUMPROOF_BIN", ROOT / "build/release/bin"))
CALLBACK = "http://127.0.0.1:9999/callback"
PURPOSE = "dpv:FraudPreventionAndDetection"
VERIFY = "number-verification:verify"
SHARE = "number-verification:device-phone-number:read"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def lasting_port():
    """A free port where no client is put by chance, so that who is killed finds it free again."""
    ephemeral = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while ephemeral > 12000:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.randrange(10000, ephemeral)))
                return probe.getsockname()[1]
            except OSError:
                continue
    return free_port()


def wait_for(condition, seconds, what):
    """Returns the first true value of condition(), asked again until the time is over."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)


class Answer(contracts.Answer):
    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


# By port: what a daemon offers that does not have the mounts it comes with.
FACES = {}

# By port: the ssl.SSLContext of who calls a listener that speaks TLS.
TLS = {}

# Every daemon that this process has started.
DAEMONS = []

# In a daemon's settings: as its configuration file has it.
FROM_FILE = object()


def call(port, method, path, headers=None, body=None, source=None, timeout=10):
    """One HTTP request; `source` is an address or an (address, port). An answer that breaks its contract raises."""
    if isinstance(source, str):
        source = (source, 0)
    host = "::1" if source and ":" in source[0] else "127.0.0.1"
    kind, more = (http.client.HTTPSConnection, {"context": TLS[port]}) if port in TLS else (http.client.HTTPConnection, {})
    connection = kind(host, port, timeout=timeout, source_address=source, **more)
    try:
        connection.request(method, path, body=body, headers={"Host": f"localhost:{port}", **(headers or {})})
        reply = connection.getresponse()
        answer = Answer(reply.status, reply.headers, reply.read())
    finally:
        connection.close()
    contracts.check(contracts.Request(method, path, headers or {}, body), answer, FACES.get(port, contracts.DEFAULT))
    return answer


class Process:
    """A process that is ended by its id, with its output in a file."""

    def __init__(self, arguments, folder, name, env=None, held=None):
        """`held`: a listening socket that is handed over as systemd would."""
        self.log = pathlib.Path(folder) / f"{name}.log"
        arguments, passed = [str(a) for a in arguments], ()
        if held:
            passed = (held.fileno(),)
            handing_over = f'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3<&{held.fileno()}'
            arguments = ["sh", "-c", handing_over, "sh", *arguments]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL, pass_fds=passed,
                env={**os.environ, **(env or {})})

    def output(self):
        return self.log.read_text(errors="replace")

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        return self.process.wait(30)

    def stop(self, seconds=30):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(seconds)


class Redis(Process):
    def __init__(self, folder, port=None, words=()):
        self.port, self.folder, self.words = port or free_port(), folder, words
        super().__init__(
            ["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--maxmemory-policy", "noeviction", "--dir", folder, *words], folder, f"redis-{self.port}")
        wait_for(self.answers, 10, "redis")

    def answers(self):
        return self.cli("ping") == "PONG"

    def pause(self):
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.signal(signal.SIGCONT)

    def cli(self, *words):
        done = subprocess.run(["redis-cli", "-p", str(self.port), *map(str, words)], capture_output=True, text=True)
        return done.stdout.strip()


class Daemon(Process):
    """numproofd on free ports, with any settings: the sandbox, or what `mode` says instead."""

    def __init__(self, folder, name="np1", settings=None, ready=True, mode=("--sandbox",), env=None, ports=None,
                 held=None):
        self.port, self.admin = ports or (free_port(), free_port())
        self.name = name
        self.socket = pathlib.Path(folder) / f"{name}.sock"
        listen = [{"address": f"127.0.0.1:{self.port}"}, {"address": f"[::1]:{self.port}"}]
        self.settings = {
            "node.name": name,
            "http.listen": listen,
            "http.admin": f"127.0.0.1:{self.admin}",
            "http.admin_socket": str(self.socket),
            "http.workers": 2,
            "http.timeouts.drain_delay": "0s",  # No load balancer has to notice.
            "auth.issuer": f"http://localhost:{self.port}",
            **(settings or {}),
        }
        self.settings = {key: value for key, value in self.settings.items() if value is not FROM_FILE}
        FACES[self.port] = contracts.face_of(self.settings)
        words = [BIN / "numproofd", *mode]
        for key, value in self.settings.items():
            words += ["--set", f"{key}={value if isinstance(value, str) else json.dumps(value)}"]
        super().__init__(words, folder, name, env, held)
        self.served = False
        DAEMONS.append(self)
        if ready:
            self.wait_ready_or_end()

    def readiness(self):
        try:
            return call(self.admin, "GET", "/readyz?verbose", timeout=5)
        except OSError:
            return None

    def is_ready(self):
        assert self.process.poll() is None, f"numproofd ended:\n{self.output()}"
        answer = self.readiness()
        return answer is not None and answer.status == 200

    def wait_ready(self, seconds=30):
        try:
            wait_for(self.is_ready, seconds, f"{self.name} to be ready")
            self.served = True
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.readiness()}\n{self.output()[-3000:]}") from None

    def wait_ready_or_end(self):
        """For who does not have the daemon yet, and so could not end it."""
        try:
            self.wait_ready()
        except BaseException:
            self.kill()
            raise

    # The device and the service provider -----------------------------------------------------

    def authorize(self, device, client="sandbox-app", scope=None, **more):
        scope = scope if scope is not None else f"openid {PURPOSE} {VERIFY} {SHARE}"
        query = {"response_type": "code", "client_id": client, "redirect_uri": CALLBACK, "scope": scope,
                 "state": "s-1", **more}
        query = {k: v for k, v in query.items() if v is not None}
        return call(self.port, "GET", "/oauth2/authorize?" + urllib.parse.urlencode(query), source=device)

    def token(self, code, client="sandbox-app", secret="sandbox-secret", **more):
        basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **more}
        return call(self.port, "POST", "/oauth2/token", body=urllib.parse.urlencode(form),
                    headers={"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"})

    def sign_in(self, device, **more):
        """An access token for whoever holds the address `device`."""
        answer = self.authorize(device, **more)
        parts = redirect_of(answer)
        assert "code" in parts, parts
        token = self.token(parts["code"], client=more.get("client", "sandbox-app"))
        assert token.status == 200, token
        return token.json()["access_token"]

    def verify(self, token, number=None, version="v2", body=None, headers=None):
        body = body if body is not None else json.dumps({"phoneNumber": number})
        fields = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **(headers or {})}
        return call(self.port, "POST", f"/number-verification/{version}/verify", headers=fields, body=body)

    def share(self, token, version="v2"):
        return call(self.port, "GET", f"/number-verification/{version}/device-phone-number",
                    headers={"Authorization": f"Bearer {token}"})

    def imbalance(self):
        """What of its counters does not add up at this moment."""
        counters = checker_machine.parse_metrics(call(self.admin, "GET", "/metrics").body.decode())
        return {what: sides for what, *sides in checker_machine.identities(counters) if sides[0] != sides[1]}

    def settle(self, but_for=()):
        """When all is answered and delivered, the counters add up, whatever was done before."""
        try:
            wait_for(lambda: self.imbalance().keys() <= set(but_for), 30, "the counters to add up")
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.imbalance()}") from None

    def status(self):
        done = subprocess.run([BIN / "numproofctl", "--json", "--socket", self.socket, "status"],
                              capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


class EndToEnd(unittest.TestCase):
    """After each test the counters of every daemon that still runs add up: what came in went out, or waits."""

    UNEVEN = ()  # Identities that the class upsets on purpose; a comment there says by what.

    def __init__(self, method="runTest"):
        super().__init__(method)
        test = getattr(self, method)

        @functools.wraps(test)
        def and_add_up():
            test()
            self.add_up()

        setattr(self, method, and_add_up)

    def add_up(self):
        DAEMONS[:] = [np for np in DAEMONS if np.process.poll() is None]
        for np in DAEMONS:
            # One that was never ready may listen to nobody yet, and then has counted nothing.
            if np.served or np.readiness():
                np.settle(but_for=self.UNEVEN)


def redirect_of(answer):
    """The parameters that a redirect carries to the client."""
    assert answer.status == 302, answer
    location = answer.headers["Location"]
    assert location.startswith(CALLBACK + "?"), location
    return dict(urllib.parse.parse_qsl(location.split("?", 1)[1]))


class Kafka:
    """A real broker on loopback, or any other that is reachable; spoken to through kcat."""

    def __init__(self, address):
        self.address = address

    def produce(self, topic, records, partition=None):
        """records: (key, value) pairs of text without tabs or newlines."""
        words = ["kcat", "-P", "-b", self.address, "-t", topic, "-K", "\t"]
        if partition is not None:
            words += ["-p", str(partition)]
        lines = "".join(f"{key}\t{value}\n" for key, value in records)
        subprocess.run(words, input=lines, text=True, check=True, timeout=30, capture_output=True)

    def read_all(self, topic):
        """Every record of `topic`: dictionaries with key, value (payload), headers, partition, offset."""
        done = subprocess.run(
            ["kcat", "-C", "-b", self.address, "-t", topic, "-e", "-q", "-J", "-X", "check.crcs=true"],
            capture_output=True, timeout=60)
        records = []
        # Values that are encrypted are no text: what is readable of them is enough here.
        for line in done.stdout.decode(errors="replace").split("\n")[:-1]:
            record = json.loads(line, strict=False)
            pairs = record.get("headers") or []
            record["headers"] = dict(zip(pairs[::2], pairs[1::2]))
            records.append(record)
        return records

    def audit_events(self, topic="numproof.audit.v1"):
        events = []
        for record in self.read_all(topic):
            event = {**record["headers"], "data": json.loads(record["payload"]), "value": record["payload"],
                     "key": record["key"]}
            events.append(event)
        return events


class RealKafka(Kafka):
    """The broker that tests/services starts; one for a whole test run. `through`: ports of proxies."""

    def __init__(self, folder, through=()):
        self.state = pathlib.Path(folder) / "services"
        self.run("start", *[word for port in through for word in ("--through", str(port))])
        shown = json.loads((self.state / "state.json").read_text())["kafka"]
        self.pid, self.behind = shown["pid"], shown["behind"]
        super().__init__(shown["address"])

    def run(self, *words):
        done = subprocess.run([ROOT / "tests/services/services", *words, "--state", self.state],
                              capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stdout + done.stderr

    def kill(self):
        """Like a power cut: what it had acknowledged is on its disk."""
        os.kill(self.pid, signal.SIGKILL)

    def revive(self):
        """The same broker again, after kill(): same ports, same data."""
        self.run("revive")
        self.pid = json.loads((self.state / "state.json").read_text())["kafka"]["pid"]

    def pause(self):
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self.pid, signal.SIGCONT)

    def stop(self):
        self.run("stop")


class Heart:
    """A packet core that only says that nothing happened: a heartbeat for each partition, until it stops."""

    def __init__(self, kafka, topic, partitions):
        self.stopped = threading.Event()
        self.pipes = [subprocess.Popen(
            ["kcat", "-P", "-b", kafka.address, "-t", topic, "-p", str(partition), "-K", "\t", "-X", "linger.ms=0"],
            stdin=subprocess.PIPE, text=True) for partition in range(partitions)]
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.stopped.wait(0.2):
            for pipe in self.pipes:
                pipe.stdin.write(f"smf-1\t{event('heartbeat')}\n")
                pipe.stdin.flush()

    def stop(self):
        self.stopped.set()
        self.thread.join()
        for pipe in self.pipes:
            pipe.stdin.close()
            pipe.wait(10)


def event(op, **fields):
    """A session event in dialect `native`, now."""
    return json.dumps({"op": op, "time": int(time.time() * 1000), "source": "smf-1", **fields})


def unique(prefix):
    return f"{prefix}-{secrets.token_hex(4)}"


def folder():
    return tempfile.TemporaryDirectory(prefix="numproof-e2e-")
