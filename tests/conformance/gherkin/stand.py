# SPDX-License-Identifier: Apache-2.0
"""What the scenarios run against: the built numproofd, its devices, and tokens of every kind they name."""

import dataclasses
import hashlib
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "tests/conformance")]

import harness  # noqa: E402
from stored_tokens import RedisLine, Stored, sealing_key  # noqa: E402

# The feature file on sharing has a base URL of its own in release v1.1.0.
MOUNTS = [
    {"prefix": "/number-verification/v0", "contract": "v0", "errors": "orange"},
    {"prefix": "/number-verification/v1", "contract": "v1", "errors": "camara"},
    {"prefix": "/number-verification/v2", "contract": "v2", "errors": "camara"},
    {"prefix": "/device-phone-number/v1", "contract": "v1", "errors": "camara"},
]
SETTINGS = {"http.mounts": MOUNTS, "http.rate_limits": {"per_client": None, "authorize_per_subscriber": None}}


@dataclasses.dataclass(frozen=True)
class Phone:
    """A testing asset: a device of the sandbox, and the number that its SIM has."""
    device: str
    number: str

    def digest(self):
        return hashlib.sha256(self.number.encode()).hexdigest()


PHONES = {"1": Phone("127.0.10.1", "+34600000001"), "2": Phone("127.0.10.2", "+34600000002")}


@dataclasses.dataclass(frozen=True)
class Token:
    """What a scenario wants its token to be."""
    kind: str = "valid"
    phone: Phone = PHONES["1"]
    scopes: frozenset = frozenset({harness.VERIFY, harness.SHARE})


class Stand:
    def __init__(self):
        self.folder = harness.folder()
        self.running, self.line = [], None
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self):
        self.redis = self.keep(harness.Redis(self.folder.name))
        self.line = RedisLine(self.redis.port)
        self.usual = self.keep(harness.Daemon(self.folder.name, "usual", {
            **SETTINGS, "directory.backend": "redis",
            "directory.redis.addresses": [f"127.0.0.1:{self.redis.port}"]}, ready=False))
        self.hasty = self.keep(harness.Daemon(
            self.folder.name, "hasty", {**SETTINGS, "auth.tokens.ttl": "1s"}, ready=False))
        self.usual.wait_ready()
        self.hasty.wait_ready()
        self.removed = {}

    def keep(self, process):
        self.running.append(process)
        return process

    def close(self):
        for process in reversed(self.running):
            process.kill()
        if self.line:
            self.line.close()
        self.folder.cleanup()

    def tidy(self):
        """Puts back what a scenario took out of the store."""
        for place, value in self.removed.items():
            self.line("HSET", *place, value)
        self.removed.clear()

    def daemon_for(self, token):
        return self.hasty if token.kind == "expired" else self.usual

    def grant(self, daemon, token):
        """A token response of the authorization code flow, from the device over its mobile network."""
        scope = " ".join(["openid", harness.PURPOSE, *sorted(token.scopes)])
        code = harness.redirect_of(daemon.authorize(token.phone.device, scope=scope))["code"]
        answer = daemon.token(code)
        assert answer.status == 200, answer
        granted = set(answer.json()["scope"].split())
        assert token.scopes <= granted and not ({harness.VERIFY, harness.SHARE} - token.scopes) & granted, granted
        return answer.json()

    def bearer(self, token):
        """The credentials that `token` describes."""
        made = {"valid": self.valid, "expired": self.expired, "invalid": self.invalid,
                "of another method": self.of_another_method, "without a number": self.without_a_number}
        return made[token.kind](token)

    def valid(self, token):
        return self.grant(self.usual, token)["access_token"]

    def invalid(self, token):
        """A good token with two of its characters changed."""
        good = self.valid(token)
        return good[:-2] + ("AA" if not good.endswith("AA") else "BB")

    def expired(self, token):
        """One whose time is over; contract v0, which has a code of its own for that, says so too."""
        given = self.grant(self.hasty, token)["access_token"]
        code = lambda: self.hasty.verify(given, body="{}", version="v0").json()["code"]
        began = time.monotonic()
        assert code() in (23, 42), "neither a missing field nor expired"
        harness.wait_for(lambda: code() == 42, 10, "the token to expire")
        assert time.monotonic() - began < 5
        return given

    def stored(self, token):
        """(access token, its grant in the store)."""
        before = set(self.line("KEYS", "np:*:t:*"))
        given = self.valid(token)
        key, = set(self.line("KEYS", "np:*:t:*")) - before
        return given, Stored(key, self.line("GET", key))

    def of_another_method(self, token):
        given, stored = self.stored(token)
        stored.with_method(b"o", *sealing_key(ROOT / "config/sandbox/directory.key"))
        self.line("SET", stored.key, stored.octets(), "KEEPTTL")
        return given

    def without_a_number(self, token):
        """Its subscriber's record is gone: then nobody can say whose number it is, which is a 503."""
        given, stored = self.stored(token)
        place = stored.subscriber_place()
        self.removed[place] = self.line("HGET", *place)
        self.line("HDEL", *place)
        answer = self.usual.verify(given, token.phone.number)
        assert answer.status == 503, answer
        return given
