# SPDX-License-Identifier: Apache-2.0
"""A request and its answer, as the rules of tests/conformance look at them."""

import dataclasses
import json
import typing

# Answers of the gate may come before the head is read, so there may be no correlator to give back.
GATE = frozenset({400, 408, 411, 413, 414, 417, 421, 431, 503, 505})


class Repeated(ValueError):
    """A key stands twice in an object."""


def without_repeats(pairs):
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Repeated("a key stands twice")
    return made


@dataclasses.dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: typing.Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: typing.Any = None

    @property
    def path(self):
        return self.target.split("?", 1)[0]

    def field(self, name):
        """The value of a header, or None."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    def octets(self):
        if self.body is None:
            return b""
        return self.body.encode() if isinstance(self.body, str) else bytes(self.body)

    def json(self):
        return json.loads(self.octets().decode(), object_pairs_hook=without_repeats)


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: typing.Any
    body: bytes

    def field(self, name):
        """The value of a header, or None; what stands twice is joined, as RFC 9110 has it."""
        values = [value for key, value in self.headers.items() if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    def json(self):
        return json.loads(self.body.decode(), object_pairs_hook=without_repeats)


def object_of(answer):
    """(the JSON object that is the body, problems)."""
    try:
        value = answer.json()
    except ValueError as error:
        return None, [f"body.json: {error}"]
    return (value, []) if isinstance(value, dict) else (None, ["body.object: the body is no JSON object"])


def media_problems(answer):
    media = answer.field("Content-Type")
    if answer.body and media != "application/json":
        yield f"media-type: {media!r} is not exactly application/json"


def retry_problems(answer):
    wait = answer.field("Retry-After")
    if answer.status in (429, 503) and not (wait and wait.isdigit() and int(wait) >= 1):
        yield f"retry-after: a {answer.status} says when to come again, not {wait!r}"


def store_problems(answer):
    if answer.field("Cache-Control") != "no-store":
        yield f"no-store: Cache-Control is {answer.field('Cache-Control')!r}"


def allow_problems(request, answer, methods):
    """A 405 names the methods that there are, and the one that was used is not among them."""
    if answer.status != 405:
        return
    allowed = [word.strip() for word in (answer.field("Allow") or "").split(",")]
    if request.method in allowed or not set(methods) <= set(allowed):
        yield f"allow: {answer.field('Allow')!r} after {request.method}, where there are {sorted(methods)}"
