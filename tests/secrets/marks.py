# SPDX-License-Identifier: Apache-2.0
"""Marked values, and every form in which one could slip out."""

import base64
import hashlib
import secrets

HASHES = ("sha256", "sha1", "md5", "sha512")
# A shorter pattern would be met by chance.
SHORTEST = 7


class Mark:
    """A value that must not be found, with a name that may be told."""

    def __init__(self, name, kind, values):
        self.name, self.kind, self.values = name, kind, values

    def __repr__(self):
        return f"{self.kind} of {self.name}"


class Number(str):
    """E.164 digits without '+', or an IMSI."""


class Whole(str):
    """Text whose parts are values of their own: only its hashes are left to look for."""


def number(name):
    """A mark, and the MSISDN that it stands for, with '+'. Fourteen digits are not written by chance."""
    digits = "4915" + "".join(secrets.choice("123456789") for _ in range(10))
    return Mark(name, "number", [Number(digits)]), "+" + digits


def imsi(name):
    digits = "310260" + "".join(secrets.choice("123456789") for _ in range(9))
    return Mark(name, "imsi", [Number(digits)]), digits


def text(name, kind, value):
    """A token, code, password or any other text."""
    return Mark(name, kind, [value])


def random_text(name, kind):
    value = secrets.token_urlsafe(24).replace("-", "a").replace("_", "b")
    return text(name, kind, value), value


def token(name, kind, value):
    """A token or code of ours. Two parts of it are looked for, so that one that was cut is found too."""
    random = value[3:46]
    return Mark(name, kind, [Whole(value), Whole(random), value[6:22], value[24:40], random_octets(random)])


def random_octets(random):
    """The octets that 43 characters of a token stand for."""
    return base64.urlsafe_b64decode(random + "=")


def key(name, octets):
    return Mark(name, "key", [octets])


def base64_at_all_places(octets, alphabet):
    """What base64 makes of `octets` wherever they begin and whatever stands beside them."""
    encode = base64.urlsafe_b64encode if alphabet == "url" else base64.b64encode
    for before, spoiled in ((0, 0), (1, 2), (2, 3)):
        whole = (before + len(octets)) * 8 // 6
        yield encode(b"\0" * before + octets)[spoiled:whole]


def encodings(octets):
    """(form, octets) of everything that carries `octets` as they are."""
    yield "plain", octets
    # As big integers lie in memory.
    yield "reversed", octets[::-1]
    for alphabet in ("standard", "url"):
        for place, encoded in enumerate(base64_at_all_places(octets, alphabet)):
            yield f"base64 {alphabet} at {place}", encoded
    yield "hex", octets.hex().encode()
    yield "HEX", octets.hex().upper().encode()
    yield "\\x escapes", "".join(f"\\x{octet:02x}" for octet in octets).encode()


def text_encodings(value):
    """Forms that only text has."""
    octets = value.encode()
    yield "UTF-16LE", value.encode("utf-16-le")
    yield "UTF-16BE", value.encode("utf-16-be")
    yield "percent", "".join(f"%{octet:02x}" for octet in octets).encode()
    yield "PERCENT", "".join(f"%{octet:02X}" for octet in octets).encode()
    yield "JSON escapes", "".join(f"\\u{ord(c):04x}" for c in value).encode()


def hashes(octets):
    """Hashes without a key: whoever has one can try all numbers."""
    for algorithm in HASHES:
        for form, encoded in encodings(hashlib.new(algorithm, octets).digest()):
            yield f"{algorithm} {form}", encoded


def number_forms(digits):
    """How networks write digits: packed, swapped (TBCD), behind a type nibble (TS 24.008), as an integer."""
    even = len(digits) // 2 * 2
    pairs = [digits[i:i + 2] for i in range(0, even, 2)]
    yield "BCD", bytes.fromhex("".join(pairs))
    yield "TBCD", bytes(int(pair[::-1], 16) for pair in pairs)
    rest = digits[1:] + "f" * (len(digits) % 2 == 0)
    yield "TBCD after a type", bytes(int(rest[i + 1] + rest[i], 16) for i in range(0, len(rest), 2))
    yield "integer LE", int(digits).to_bytes(8, "little")
    yield "integer BE", int(digits).to_bytes(8, "big")


def forms_of_value(value):
    octets = value if isinstance(value, bytes) else value.encode()
    yield from hashes(octets)
    if isinstance(value, Whole):
        return
    yield from encodings(octets)
    if isinstance(value, str):
        yield from text_encodings(value)
    if isinstance(value, Number):
        yield from number_forms(value)
        # With its '+' a number has other hashes; everything else holds the digits.
        yield from ((f"+ {form}", encoded) for form, encoded in hashes(b"+" + octets))
        # Without the country's code: 49, or the first two digits of an IMSI.
        yield "national", octets[2:]


def forms(mark):
    """(form, octets): all that must not be found of `mark`."""
    for value in mark.values:
        for form, octets in forms_of_value(value):
            assert len(octets) >= SHORTEST, (mark, form)
            yield form, octets
