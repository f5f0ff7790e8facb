# SPDX-License-Identifier: Apache-2.0
"""Requests made from an OpenAPI document with a seeded generator, and the status that each must get.

A request begins as a good one; some of its parts are then spoiled. What follows from that is known here
from the specification alone: the order of checks, and the code of Orange's table for what is wrong.
"""

import dataclasses
import json
import random
import re._constants as kinds
import re._parser as patterns
import typing

GOOD, USED, MADE_UP = "good", "used", "made up"
BODY_MAX = 4096
REPEAT_MAX = 12
SAFE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
CORRELATOR = SAFE + "-_:;./<>{}"


def text_of(pattern, chance):
    """A text that `pattern` matches: what is needed of regular expressions to read the documents' own."""
    return "".join(part_of(kind, value, chance) for kind, value in patterns.parse(pattern))


def part_of(kind, value, chance):
    if kind is kinds.LITERAL:
        return chr(value)
    if kind is kinds.IN:
        kind, value = chance.choice(value)
        return chr(chance.randint(*value)) if kind is kinds.RANGE else part_of(kind, value, chance)
    if kind is kinds.MAX_REPEAT:
        low, high, inner = value
        count = chance.randint(low, min(high, max(low, REPEAT_MAX)))
        return "".join(part_of(*item, chance) for _ in range(count) for item in inner)
    if kind is kinds.AT:
        return ""
    raise NotImplementedError(f"{kind} in a pattern of the documents")


@dataclasses.dataclass
class Made:
    """A request, and what is wrong with it: `status` is what it must get."""
    contract: str
    method: str
    path: str
    headers: typing.Dict[str, str]
    body: typing.Optional[bytes]
    token: typing.Optional[str]
    status: int
    orange: typing.Optional[int]
    story: typing.List[str]


class RequestMaker:
    def __init__(self, contract, document, seed):
        self.contract, self.document, self.chance = contract, document, random.Random(seed)
        schema = document.schema("NumberVerificationRequestBody")["properties"]
        # Where a contract has no pattern for the hash, all have the one of the newest.
        self.forms = {name: schema[name].get("pattern", "^[a-fA-F0-9]{64}$") for name in schema}
        self.operations = [(method.upper(), path) for path, item in document.tree["paths"].items() for method in item]

    def make(self):
        method, path = self.chance.choice(self.operations)
        made = Made(self.contract, method, path, {}, None, GOOD, 200, None, [])
        made.headers["Content-Type"] = "application/json"
        if method == "POST":
            made.body = json.dumps(self.question()).encode()
        # The later one wins: the other way round than the daemon checks.
        for spoil, share in ((self.spoil_body, 0.45), (self.spoil_media, 0.08), (self.spoil_token, 0.15),
                             (self.set_correlator, 0.5), (self.spoil_method, 0.06), (self.spoil_path, 0.06),
                             (self.spoil_size, 0.02)):
            if self.chance.random() < share:
                spoil(made)
        self.add_harmless(made)
        return made

    def question(self):
        name = self.chance.choice(sorted(self.forms))
        return {name: text_of(self.forms[name], self.chance)}

    def broken(self, made, status, orange, story):
        made.status, made.orange = status, orange
        made.story.append(story)

    def spoil_body(self, made):
        """Nobody reads the body of a GET, so nothing is wrong with it there."""
        octets, orange = self.chance.choice((self.no_body, self.unreadable, self.other_json, self.bad_field))()
        made.body = octets
        if made.method == "POST":
            self.broken(made, 400, orange, f"a body that is wrong: {octets[:60]!r}")

    def no_body(self):
        return b"", 21

    def unreadable(self):
        good = json.dumps(self.question())
        name, value = next(iter(self.question().items()))
        return self.chance.choice((
            good[:self.chance.randrange(1, len(good))], good + "x", "\ufeff" + good, good.replace('"', "'"), "\0",
            " ", "{" * 300, f'{{"{name}":"{value}","{name}":"{value}"}}', f'{{"{name}":"\x01"}}', good + good,
            good.replace(":", ":+"), "[]", "null", "1", '"+34600000001"', f"[{good}]",
        )).encode(), 22

    def other_json(self):
        """Objects with other members than exactly one of the two."""
        both = {name: text_of(form, self.chance) for name, form in self.forms.items()}
        more = {**self.question(), self.word(): self.chance.choice((1, None, "x", [], {}))}
        wrong = self.chance.choice((({}, 23), (both, 24), (more, 24), ({self.word(): "x"}, 24)))
        return json.dumps(wrong[0]).encode(), wrong[1]

    def bad_field(self):
        name = self.chance.choice(sorted(self.forms))
        good = text_of(self.forms[name], self.chance)
        at = self.chance.randrange(len(good))
        value = self.chance.choice((
            None, True, 1, 34600000001, 1.5, [], [good], {}, {name: good}, "", good + "\n", " " + good,
            good[:at] + self.chance.choice("ghz!\u00e9\u0660 ") + good[at + 1:], good + "0" * 70, good[:3],
            good[1:] if name == "phoneNumber" else good[:-1],
        ))
        return json.dumps({name: value}).encode(), 24

    def spoil_media(self, made):
        made.headers["Content-Type"] = self.chance.choice(
            ("text/plain", "application/xml", "application/json-patch+json", "application", "json", ";", "*/*",
             "application/x-www-form-urlencoded"))
        if made.method == "POST":
            self.broken(made, 415, 68, "another media type")

    def spoil_token(self, made):
        made.token, value = self.chance.choice(
            ((None, None), (USED, None), (MADE_UP, None), (None, "Basic eDp5"), (None, "Bearer"), (None, "Bearer "),
             (None, "Bearer a b"), (None, "Bearer \u00e9"), (None, "Bearer =="), (None, self.word() + " x")))
        if value is not None:
            made.headers["Authorization"] = value
        words = (value or "").split(None, 1)
        known = made.token is not None or (len(words) > 1 and words[0].lower() == "bearer")
        self.broken(made, 401, 41 if known else 40, f"credentials: {made.token or value}")

    def set_correlator(self, made):
        if self.chance.random() < 0.7:
            made.headers["x-correlator"] = self.word(CORRELATOR, self.chance.choice((1, 36, 256)))
            return
        made.headers["x-correlator"] = self.chance.choice(
            ("a b", "a" * 257, "\u00e4", "a,b", '"a"', "a\tb", "%41", "a=b"))
        self.broken(made, 400, 26, "a bad correlator")

    def spoil_method(self, made):
        """As long as it is one of HTTP's; the gate knows what to do with others."""
        methods = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"} - {made.method}
        made.method = self.chance.choice(sorted(methods))
        self.broken(made, *((204, None) if made.method == "OPTIONS" else (405, 61)), f"method {made.method}")

    def spoil_path(self, made):
        made.path = self.chance.choice((
            made.path + "/", made.path.upper(), made.path + "/x", "/" + self.word(), "/", "", made.path[:-1],
            made.path + "%20", made.path.replace("e", "%65", 1) + "x", made.path + ";a=b"))
        self.broken(made, 404, 60, f"path {made.path!r}")

    def spoil_size(self, made):
        made.body = b" " * self.chance.randint(BODY_MAX + 1, 3 * BODY_MAX)
        self.broken(made, 413, 66, "a body that is too large")

    def add_harmless(self, made):
        """What must not matter."""
        for name, values in (("Accept", ("*/*", "application/json", "text/html")), ("User-Agent", (self.word(),)),
                             ("X-" + self.word(), (self.word(),)), ("Accept-Language", ("de", "*")),
                             ("traceparent", ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "nonsense"))):
            if self.chance.random() < 0.3:
                made.headers[name] = self.chance.choice(values)
        if made.headers["Content-Type"] == "application/json":
            made.headers["Content-Type"] = self.chance.choice(
                ("application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"))
        if self.chance.random() < 0.1:
            made.path += "?" + self.word() + "=" + self.word()

    def word(self, letters=SAFE, length=None):
        return "".join(self.chance.choice(letters) for _ in range(length or self.chance.randint(1, 20)))
