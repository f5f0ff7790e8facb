# SPDX-License-Identifier: Apache-2.0
"""An operator's installation in one folder, so that every byte that is written there can be searched."""

import base64
import contextlib
import hashlib
import json
import os
import pathlib
import secrets
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import marks  # noqa: E402
from harness import (BIN, CALLBACK, PURPOSE, SHARE, VERIFY, Daemon, Process, RealKafka, event, free_port,  # noqa: E402
                     wait_for)

TOPICS = {"sessions": "np.sessions", "dlq": "np.dlq", "audit": "np.audit"}
STALENESS_SECONDS = 20


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, timeout=60, check=False, **more)
    assert done.returncode == 0, (words[0], done.stderr)
    return done.stdout


def ctl(*words):
    return run(BIN / "numproofctl", *words).decode()


def make_topics(address, names):
    """CreateTopics, version 2: one partition each, as an operator makes them by hand."""
    text = lambda value: struct.pack(">h", len(value)) + value.encode()
    topics = b"".join(text(name) + struct.pack(">ihii", 1, 1, 0, 0) for name in names)
    body = struct.pack(">hhi", 19, 2, 1) + text("operator") + struct.pack(">i", len(names)) + topics
    body += struct.pack(">ib", 20000, 0)
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(struct.pack(">i", len(body)) + body)
        answer = connection.makefile("rb")
        answer.read(12)
        (count,) = struct.unpack(">i", answer.read(4))
        for _ in range(count):
            (size,) = struct.unpack(">h", answer.read(2))
            name, code, told = answer.read(size).decode(), *struct.unpack(">hh", answer.read(4))
            assert code == 0, (name, code)
            answer.read(max(0, told))


class Redis(Process):
    """Redis with a password, everything that it writes uncompressed, and the same data after a restart."""

    def __init__(self, home, password, port=None):
        self.port, self.password = port or free_port(), password
        (home / "redis").mkdir(exist_ok=True)
        configuration = home / "operator/redis.conf"
        configuration.write_text(
            f"port {self.port}\nbind 127.0.0.1\nrequirepass {password}\ndir {home}/redis\nappendonly yes\n"
            'save ""\nrdbcompression no\nmaxmemory-policy noeviction\nloglevel verbose\n')
        super().__init__(["redis-server", configuration], home / "redis", "redis")
        wait_for(lambda: self.cli("ping") == "PONG", 10, "redis")

    def cli(self, *words):
        done = subprocess.run(["redis-cli", "-p", str(self.port), *map(str, words)], capture_output=True, text=True,
                              env={**os.environ, "REDISCLI_AUTH": self.password}, check=False)
        return done.stdout.strip()

    def dump(self):
        """Writes the whole of its data to dump.rdb."""
        before = self.cli("lastsave")
        # Its clock counts in seconds: two dumps within one look like one.
        wait_for(lambda: self.cli("time").split()[0] != before, 5, "another second")
        self.cli("bgsave")
        wait_for(lambda: self.cli("lastsave") != before, 20, "the dump")


class Recorder:
    """Stands between the daemon and Redis and writes all that passes to a file."""

    def __init__(self, port, path):
        self.target, self.path = port, path
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.file = open(path, "ab", buffering=0)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            for one, other in ((near, far), (far, near)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.pass_on, args=(one, other), daemon=True).start()

    def pass_on(self, one, other):
        try:
            while octets := one.recv(65536):
                self.file.write(octets)
                other.sendall(octets)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        one.close()

    def close(self):
        self.listener.close()
        self.file.close()


class PacketCore:
    """Sends events in their order, and a heartbeat five times a second."""

    def __init__(self, address):
        self.lock, self.stopped = threading.Lock(), threading.Event()
        self.pipe = subprocess.Popen(
            ["kcat", "-P", "-b", address, "-t", TOPICS["sessions"], "-K", "\t", "-X", "linger.ms=0"],
            stdin=subprocess.PIPE, text=True)
        self.thread = threading.Thread(target=self.beat)
        self.thread.start()

    def send(self, value, key="s"):
        with self.lock:
            self.pipe.stdin.write(f"{key}\t{value}\n")
            self.pipe.stdin.flush()

    def beat(self):
        while not self.stopped.wait(0.2):
            self.send(event("heartbeat"))

    def stop(self):
        self.stopped.set()
        self.thread.join()
        self.pipe.stdin.close()
        self.pipe.wait(20)


class World:
    """Kafka, Redis, keys, clients and configuration; `marks` are all values that must not be found."""

    def __init__(self, folder):
        self.home, self.marks, self.ends = pathlib.Path(folder), [], contextlib.ExitStack()
        try:
            self.begin()
        except BaseException:
            self.close()
            raise

    def begin(self):
        for name in ("operator", "operator/signing", "run"):
            (self.home / name).mkdir()
        self.kafka = RealKafka(str(self.home))
        self.ends.callback(self.kafka.stop)
        make_topics(self.kafka.address, TOPICS.values())
        self.redis = Redis(self.home, self.marked_text("the password of Redis", "password"))
        self.ends.callback(lambda: self.redis.kill())
        self.recorder = Recorder(self.redis.port, self.home / "redis/wire")
        self.ends.callback(self.recorder.close)
        self.core = PacketCore(self.kafka.address)
        self.ends.callback(self.core.stop)
        self.make_keys()
        self.make_clients()
        self.configuration = self.configure()

    def add(self, mark):
        self.marks.append(mark)
        return mark

    def marked_text(self, name, kind):
        mark, value = marks.random_text(name, kind)
        self.add(mark)
        return value

    def number(self, name):
        mark, value = marks.number(name)
        self.add(mark)
        return value

    def imsi(self, name):
        mark, value = marks.imsi(name)
        self.add(mark)
        return value

    def make_keys(self):
        folder = self.home / "operator"
        for kind in ("directory", "audit"):
            ctl("key", "new", kind, "--file", folder / f"{kind}.key")
            (line,) = [line for line in (folder / f"{kind}.key").read_text().split("\n") if line and line[0] != "#"]
            self.add(marks.key(f"the {kind} key", base64.b64decode(line, validate=True)))
        pem = folder / "signing/k1.pem"
        ctl("key", "new", "signing", "--file", pem)
        self.add(marks.key("the signing key", private_octets(pem)))
        self.client_key = folder / "bank.pem"
        run("openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", self.client_key)
        self.add(marks.key("the client's key", private_octets(self.client_key)))

    def make_clients(self):
        made = {name: json.loads(ctl("--json", "client", "secret")) for name in ("shop", "legacy")}
        self.secrets = {name: each["secret"] for name, each in made.items()}
        for name, secret in self.secrets.items():
            self.add(marks.text(f"the secret of {name}", "secret", secret))
        common = {"redirect_uris": [CALLBACK], "purposes": [PURPOSE], "pkce": "optional",
                  "scopes": ["openid", VERIFY, SHARE], "grants": ["authorization_code"]}
        both = ["client_secret_basic", "client_secret_post"]
        clients = [
            {"id": "shop", "auth": {"methods": both, "secret_hash": made["shop"]["secret_hash"]}, **common},
            {"id": "legacy", "auth": {"methods": both, "secret_hash": made["legacy"]["secret_hash"]}, **common,
             "accept_number_without_plus": True, "redirect_uri_at_token": "ignored", "legacy_scopes": True,
             "default_scopes": [VERIFY], "default_purpose": PURPOSE},
            {"id": "bank", "auth": {"methods": ["private_key_jwt"], "jwks": {"keys": [public_jwk(self.client_key)]}},
             **common}]
        self.clients_file = self.home / "operator/clients.yaml"
        self.clients_file.write_text(json.dumps(clients))

    def configure(self):
        folder = self.home / "operator"
        (folder / "redis.password").write_text(self.redis.password + "\n")
        for file in (folder / "redis.password", self.client_key):
            file.chmod(0o600)
        path = folder / "numproof.yaml"
        path.write_text(json.dumps({
            # Patient, so that a busy machine does not turn answers into refusals.
            "http": {"rate_limits": None, "timeouts": {"request": "5s", "drain_delay": "0s"}},
            "auth": {"signing_keys_dir": f"{folder}/signing", "clients_file": str(self.clients_file)},
            "directory": {"backend": "redis", "key_file": f"{folder}/directory.key",
                          "redis": {"addresses": [f"127.0.0.1:{self.recorder.port}"], "deadline": "2s",
                                    "password_file": f"{folder}/redis.password"},
                          "max_staleness": f"{STALENESS_SECONDS}s",
                          "domains": [{"name": "internet", "devices": ["127.0.0.0/8", "::1/128"]}]},
            "kafka": {"brokers": [self.kafka.address], "properties": {"debug": "all"}},
            "ingest": {"group": "np", "dead_letter_topic": TOPICS["dlq"], "feeds": [{"topic": TOPICS["sessions"]}]},
            "audit": {"topic": TOPICS["audit"], "spool_dir": f"{self.home}/spool", "key_file": f"{folder}/audit.key"},
            "log": {"target": "stderr", "level": "debug", "format": "json"}}))
        return path

    def start(self, name="np1"):
        """A daemon that is ready."""
        daemon = Daemon(str(self.home / "run"), name, {}, ready=False, mode=("--config", self.configuration))
        self.ends.callback(daemon.kill)
        daemon.wait_ready()
        return daemon

    def redis_again(self, between):
        """Redis is killed, and starts again with its data once `between` is done."""
        self.redis.kill()
        between()
        self.redis = Redis(self.home, self.redis.password, self.redis.port)

    def kafka_octets(self, topic):
        """All keys, headers and values of a topic as a consumer gets them."""
        return run("kcat", "-C", "-b", self.kafka.address, "-t", topic, "-e", "-q", "-f", "%k\n%h\n%s\n")

    def input_segments(self):
        return [folder for folder in (self.home / "services/kafka-data").glob(f"{TOPICS['sessions']}-*")]

    def close(self):
        self.ends.close()


def private_octets(pem):
    """The private number of an EC key: SEC 1 puts it, 32 octets long, behind 30 77 02 01 01 04 20."""
    return run("openssl", "ec", "-in", pem, "-outform", "DER")[7:39]


def b64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def public_jwk(pem):
    point = run("openssl", "ec", "-in", pem, "-pubout", "-outform", "DER")[-64:]
    return {"kty": "EC", "crv": "P-256", "kid": "bank", "use": "sig", "alg": "ES256", "x": b64url(point[:32]),
            "y": b64url(point[32:])}


def signed_assertion(pem, client, audience, jti):
    """A client assertion (RFC 7523) made with the openssl command."""
    from test_sandbox import raw_signature
    now = int(time.time())
    claims = {"iss": client, "sub": client, "aud": audience, "iat": now, "exp": now + 60, "jti": jti}
    signed = b64url(b'{"alg":"ES256","typ":"JWT"}') + "." + b64url(json.dumps(claims).encode())
    der = run("openssl", "dgst", "-sha256", "-sign", pem, input=signed.encode())
    return signed + "." + b64url(raw_signature(der))


def pkce():
    verifier = secrets.token_urlsafe(32)
    return verifier, b64url(hashlib.sha256(verifier.encode()).digest())
