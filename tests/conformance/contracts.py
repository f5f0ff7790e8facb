# SPDX-License-Identifier: Apache-2.0
"""Is this answer one that its contract allows? Pure: a request and an answer in, broken rules out.

The contract of a mount is its OpenAPI document in api/openapi; the errors of contract v0 are Orange's.
What the documents leave open is what the project promises: further statuses, `x-correlator`,
`WWW-Authenticate`, `Retry-After`. OAuth's endpoints are judged by oauth_answers.
"""

import dataclasses
import re

import oauth_answers
from error_bodies import CAMARA_CODES, camara_problems, orange_problems
from messages import (GATE, Answer, Request, allow_problems, media_problems, object_of, retry_problems,
                      store_problems)
from openapi import document

CORRELATOR = re.compile(r"[a-zA-Z0-9\-_:;./<>{}]{1,256}")
# Some clients may leave the plus out (accept_number_without_plus).
NUMBER = re.compile(r"\+?[1-9][0-9]{4,14}")
DIGEST = re.compile(r"[a-fA-F0-9]{64}")
# Where nobody has looked at the correlator yet when the answer is known.
BEFORE_CORRELATOR = GATE | {204, 404, 405}


@dataclasses.dataclass(frozen=True)
class Mount:
    prefix: str
    contract: str
    errors: str


@dataclasses.dataclass(frozen=True)
class Face:
    """What a daemon offers, and where: as its configuration says."""
    mounts: tuple = (
        Mount("/number-verification/v0", "v0", "orange"),
        Mount("/number-verification/v1", "v1", "camara"),
        Mount("/number-verification/v2", "v2", "camara"),
    )
    oauth: tuple = oauth_answers.DEFAULT_PATHS

    def mount_of(self, path):
        """The mount with the longest prefix of `path`, or None."""
        fitting = [mount for mount in self.mounts if path == mount.prefix or path.startswith(mount.prefix + "/")]
        return max(fitting, key=lambda mount: len(mount.prefix), default=None)


DEFAULT = Face()


def face_of(settings):
    """The Face that a daemon with these settings (dotted path → value) has."""
    mounts, oauth = DEFAULT.mounts, dict(DEFAULT.oauth)
    if "http.mounts" in settings:
        mounts = tuple(Mount(m["prefix"], m["contract"], m["errors"]) for m in settings["http.mounts"])
    for name in ("authorize", "token"):
        for path in settings.get(f"auth.paths.{name}", ()):
            oauth[path] = name
    return Face(mounts, tuple(oauth.items()))


def violations(request, answer, face=DEFAULT):
    """Every rule that `answer` breaks: texts that begin with the rule's name."""
    mount = face.mount_of(request.path)
    if mount is not None:
        return list(api_problems(request, answer, mount))
    endpoint = dict(face.oauth).get(request.path)
    if endpoint is not None:
        found = list(oauth_answers.problems(endpoint, request, answer))
        return found + list(correlator_problems(request, answer))
    return []


def check(request, answer, face=DEFAULT):
    """An AssertionError that names each rule that `answer` breaks, if it breaks any."""
    broken = violations(request, answer, face)
    if broken:
        raise AssertionError(
            f"{request.method} {request.path} was answered with {answer.status} {answer.body[:300]!r}, "
            "which breaks its contract:\n  " + "\n  ".join(broken))


def api_problems(request, answer, mount):
    operation = document(mount.contract).operation(request.path[len(mount.prefix):], request.method)
    yield from correlator_problems(request, answer)
    yield from media_problems(answer)
    yield from retry_problems(answer)
    yield from store_problems(answer)
    yield from challenge_problems(request, answer)
    yield from path_problems(request, answer, mount)
    if answer.status >= 400:
        yield from error_problems(request, answer, mount, operation)
    elif answer.status == 204 and request.method == "OPTIONS":
        yield from () if answer.field("Allow") else ["allow: an answer to OPTIONS names the methods"]
    elif answer.status == 200 and operation:
        yield from success_problems(request, answer, operation, document(mount.contract))
    else:
        yield f"status: {answer.status} to {request.method} {request.path}"


def path_problems(request, answer, mount):
    """What the contract does not have is 404 or 405 there, whatever else the request is like."""
    methods = [name.upper() for name in document(mount.contract).tree["paths"].get(
        request.path[len(mount.prefix):], {})]
    yield from allow_problems(request, answer, methods)
    if answer.status in GATE:
        return
    if not methods and answer.status != 404:
        yield f"path: {answer.status} where the contract has no such path"
    if methods and answer.status == 404:
        yield "path: 404 where the contract has an operation"
    if methods and request.method not in methods and answer.status not in (405, 204):
        yield f"method: {answer.status} to a method that the contract does not have"
    if request.method in methods and answer.status == 405:
        yield "method: 405 to a method that the contract has"


def success_problems(request, answer, operation, contract):
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    body, broken = object_of(answer)
    yield from broken
    if body is None:
        return
    for problem in contract.problems(schema, body):
        yield f"schema.200: {problem}"
    undeclared = set(body) - set(schema["properties"])
    if undeclared:
        yield f"undeclared: {sorted(undeclared)} is not in the contract"
    yield from undeserved(request, operation)


def undeserved(request, operation):
    """A 200 is only for a request that its contract allows."""
    if not (request.field("Authorization") or "").lower().startswith("bearer "):
        yield "undeserved: 200 without a bearer token"
    correlator = request.field("x-correlator")
    if correlator and not CORRELATOR.fullmatch(correlator):
        yield "undeserved: 200 to a bad x-correlator"
    if "requestBody" not in operation:
        return
    media = (request.field("Content-Type") or "").split(";")[0].strip().lower()
    if media != "application/json":
        yield f"undeserved: 200 to a body of type {media!r}"
    try:
        body = request.json()
    except ValueError as error:
        yield f"undeserved: 200 to a body that is no JSON: {error}"
        return
    if not is_good_question(body):
        yield f"undeserved: 200 to {request.octets()[:200]!r}"


def is_good_question(body):
    if not isinstance(body, dict) or len(body) != 1:
        return False
    (name, value), = body.items()
    form = {"phoneNumber": NUMBER, "hashedPhoneNumber": DIGEST}.get(name)
    return form is not None and isinstance(value, str) and form.fullmatch(value) is not None


def error_problems(request, answer, mount, operation):
    if request.method == "HEAD":
        yield from ["body: an answer to HEAD has none"] if answer.body else []
        return
    body, broken = object_of(answer)
    yield from broken
    if body is None:
        return
    if mount.errors == "orange":
        yield from orange_problems(body, answer.status)
        return
    yield from camara_problems(body, answer.status)
    contract = document(mount.contract)
    documented = (operation or {}).get("responses", {}).get(str(answer.status))
    if documented is None and answer.status not in CAMARA_CODES:
        yield f"status: {answer.status} is in no specification"
    schema = documented["content"]["application/json"]["schema"] if documented else contract.schema("ErrorInfo")
    for problem in contract.problems(schema, body):
        yield f"schema.{answer.status}: {problem}"


def correlator_problems(request, answer):
    sent, given = request.field("x-correlator"), answer.field("x-correlator")
    if not sent:
        yield from [f"correlator: {given!r} was invented"] if given is not None else []
    elif not CORRELATOR.fullmatch(sent):
        if given is not None:
            yield f"correlator: a bad one came back: {given!r}"
        if answer.status not in BEFORE_CORRELATOR and not request.path.startswith(("/oauth2", "/.well-known")):
            yield f"correlator: {answer.status} to a bad one, which is a 400"
    elif given != sent and not (given is None and answer.status in GATE - {400, 503}):
        yield f"correlator: {sent!r} came back as {given!r}"


def challenge_problems(request, answer):
    """RFC 6750 section 3: who is refused is told how, and without credentials no error is named."""
    challenge = answer.field("WWW-Authenticate")
    if answer.status not in (401, 403):
        yield from ["challenge: only 401 and 403 have one"] if challenge else []
        return
    if not (challenge or "").startswith("Bearer"):
        yield f"challenge: a {answer.status} needs WWW-Authenticate: Bearer, not {challenge!r}"
        return
    word = re.search(r'error="(\w+)"', challenge)
    words = re.fullmatch(r"bearer +\S.*", request.field("Authorization") or "", re.I)
    wanted = {401: "invalid_token" if words else None, 403: "insufficient_scope"}[answer.status]
    if (word and word.group(1)) != wanted:
        yield f"challenge: {challenge!r} where the error is {wanted}"


__all__ = ["Answer", "DEFAULT", "Face", "Mount", "Request", "check", "face_of", "violations"]
