# SPDX-License-Identifier: Apache-2.0
"""A Redis of our own, and the few words that are spoken to it in bulk."""

import pathlib
import socket
import subprocess

import host


class Redis(host.Process):
    def __init__(self, folder, core=host.LOAD_CORE):
        self.port = host.free_port()
        super().__init__(
            ["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--maxmemory-policy", "noeviction", "--dir", folder],
            core, pathlib.Path(folder) / f"redis-{self.port}.log")
        self.wait_until(lambda: host.listens(self.port), "redis-server")

    def command(self, *words):
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(encode(words))
            return read_reply(connection.makefile("rb"))

    def load(self, commands):
        """Sends many commands whose replies say nothing but that all went well."""
        octets = b"".join(map(encode, commands))
        subprocess.run(["redis-cli", "-p", str(self.port), "--pipe"], input=octets, check=True, capture_output=True)

    def remove(self, pattern):
        """Removes the keys that match, a few at a time: Redis stays quick for others."""
        cursor, removed = b"0", 0
        while True:
            cursor, keys = self.command("SCAN", cursor, "MATCH", pattern, "COUNT", 2000)
            if keys:
                removed += self.command("UNLINK", *keys)
            if cursor == b"0":
                return removed


def encode(words):
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


def read_reply(reader):
    line = reader.readline()
    kind, rest = line[:1], line[1:-2]
    if kind == b"-":
        raise RuntimeError(f"Redis says {rest.decode()}")
    if kind == b":":
        return int(rest)
    if kind == b"$":
        return None if rest == b"-1" else reader.read(int(rest) + 2)[:-2]
    if kind == b"*":
        return [read_reply(reader) for _ in range(int(rest))]
    return rest
