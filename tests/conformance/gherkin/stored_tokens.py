# SPDX-License-Identifier: Apache-2.0
"""What a test does to a token in the store where no request can bring it about.

Numproof signs devices in by network and by SIM only, and its tokens always have a number: the grants
that it must refuse are made here out of real ones, under the sandbox's key that everybody knows. If the
stored form changes, nothing opens any more and the tests fail.
"""

import base64
import hashlib
import hmac
import os
import socket

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

METHODS = {b"n": 0, b"s": 1, b"o": 2}
NONCE = 12
KEY_ID = 8


class RedisLine:
    """Commands with any octets in them, which redis-cli cannot do."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.file = self.socket.makefile("rb")

    def close(self):
        self.file.close()
        self.socket.close()

    def __call__(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        return self.reply()

    def reply(self):
        line = self.file.readline()[:-2]
        kind, rest = line[:1], line[1:]
        assert kind not in (b"-", b""), line
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest


def sealing_key(key_file):
    """(key id, key) of the first key in `key_file`: see daemon/vault."""
    line = next(text for text in key_file.read_text().splitlines() if text and not text.startswith("#"))
    secret = base64.b64decode(line)
    return (hashlib.sha256(b"key id\0" + secret).hexdigest()[:KEY_ID].encode(),
            hmac.new(secret, b"seal\0", hashlib.sha256).digest())


class Stored:
    """A token's grant as it lies in Redis: `1f issued ends scopes method subscriber epoch kept gave`, then sealed."""

    def __init__(self, key, octets):
        self.key = key
        head, self.sealed = octets.split(b"\n", 1)
        self.head = head.split(b" ")
        assert self.head[0] == b"1f", head

    def associated(self):
        """What the seal binds: the key and all of the head that the store judges by."""
        _, issued, ends, scopes, method, subscriber, epoch, _, _ = self.head
        sid = base64.urlsafe_b64decode(subscriber[1:] + b"==")
        texts = [len(self.key).to_bytes(2, "big") + self.key]
        texts += [int(number).to_bytes(8, "big") for number in (issued, ends, scopes)]
        texts += [METHODS[method].to_bytes(8, "big"), len(sid).to_bytes(2, "big") + sid, int(epoch).to_bytes(8, "big")]
        return b"".join(texts)

    def octets(self):
        return b" ".join(self.head) + b"\n" + self.sealed

    def with_method(self, method, key_id, key):
        """Sealed anew, as a sign-in by another method would have stored it."""
        assert self.sealed[:KEY_ID] == key_id, "sealed with another key"
        nonce, text = self.sealed[KEY_ID:KEY_ID + NONCE], self.sealed[KEY_ID + NONCE:]
        plain = AESGCM(key).decrypt(nonce, text, self.associated())
        self.head[4] = method
        nonce = os.urandom(NONCE)
        self.sealed = key_id + nonce + AESGCM(key).encrypt(nonce, plain, self.associated())
        return self

    def subscriber_place(self):
        """Hash and field."""
        part, pseudonym = self.head[5][:1], self.head[5][1:]
        return self.key.split(b":t:")[0] + b":u:" + part + pseudonym[16:20], pseudonym[2:16]
