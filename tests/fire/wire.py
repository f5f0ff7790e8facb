# SPDX-License-Identifier: Apache-2.0
"""As much of Kafka's protocol as a packet core needs: to make topics, and to have records acknowledged in order."""

import socket
import struct
import time

PRODUCE, PRODUCE_VERSION = 0, 3
CREATE_TOPICS, CREATE_TOPICS_VERSION = 19, 2
CRC_TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
    CRC_TABLE.append(byte)


class Refused(Exception):
    """The broker answered with an error code."""


def crc32c(octets):
    crc = 0xFFFFFFFF
    for octet in octets:
        crc = (crc >> 8) ^ CRC_TABLE[(crc ^ octet) & 0xFF]
    return crc ^ 0xFFFFFFFF


def varint(number):
    zigzag = (number << 1) ^ (number >> 63)
    octets = bytearray()
    while zigzag > 0x7F:
        octets.append((zigzag & 0x7F) | 0x80)
        zigzag >>= 7
    octets.append(zigzag)
    return bytes(octets)


def text(value):
    octets = value.encode()
    return struct.pack(">h", len(octets)) + octets


def octets_of(value):
    return value if isinstance(value, bytes) else value.encode()


def record(index, key, value):
    body = b"\0" + varint(0) + varint(index)
    for octets in (octets_of(key), octets_of(value)):
        body += varint(len(octets)) + octets
    body += varint(0)
    return varint(len(body)) + body


def record_batch(pairs, now_ms):
    """pairs: (key, value), texts or octets. All carry the same timestamp."""
    records = b"".join(record(i, key, value) for i, (key, value) in enumerate(pairs))
    tail = struct.pack(">hiqqqhii", 0, len(pairs) - 1, now_ms, now_ms, -1, -1, -1, len(pairs)) + records
    head = struct.pack(">ibI", -1, 2, crc32c(tail))
    return struct.pack(">qi", 0, len(head) + len(tail)) + head + tail


class Broker:
    """One connection, one request at a time. Any failure is an OSError, or Refused; then make a new one."""

    def __init__(self, address, timeout=5):
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=timeout)
        self.number = 0

    def close(self):
        self.socket.close()

    def ask(self, api, version, body):
        self.number += 1
        request = struct.pack(">hhi", api, version, self.number) + text("packet-core") + body
        self.socket.sendall(struct.pack(">i", len(request)) + request)
        (size,) = struct.unpack(">i", self.read(4))
        answer = self.read(size)
        if struct.unpack(">i", answer[:4])[0] != self.number:
            raise OSError("an answer to another question")
        return answer[4:]

    def read(self, size):
        octets = b""
        while len(octets) < size:
            more = self.socket.recv(size - len(octets))
            if not more:
                raise OSError("the broker closed the connection")
            octets += more
        return octets

    def produce(self, topic, batches):
        """batches: partition → octets of a record batch; returns when all replicas have them.

        Gives the offset of the first record of each batch."""
        body = struct.pack(">hhi", -1, -1, 5000) + struct.pack(">i", 1) + text(topic)
        body += struct.pack(">i", len(batches))
        for partition, octets in batches.items():
            body += struct.pack(">ii", partition, len(octets)) + octets
        answer = self.ask(PRODUCE, PRODUCE_VERSION, body)
        at, offsets = 4 + 2 + len(topic.encode()) + 4, {}
        for _ in batches:
            partition, error, offsets[partition] = struct.unpack_from(">ihq", answer, at)
            if error:
                raise Refused(f"partition {partition}: error {error}")
            at += 4 + 2 + 8 + 8
        return offsets

    def create_topics(self, topics):
        """topics: name → number of partitions."""
        body = struct.pack(">i", len(topics))
        for name, partitions in topics.items():
            body += text(name) + struct.pack(">ihii", partitions, 1, 0, 0)
        answer = self.ask(CREATE_TOPICS, CREATE_TOPICS_VERSION, body + struct.pack(">ib", 10000, 0))
        at = 8
        for _ in topics:
            (length,) = struct.unpack_from(">h", answer, at)
            name = answer[at + 2:at + 2 + length].decode()
            (error,) = struct.unpack_from(">h", answer, at + 2 + length)
            if error:
                raise Refused(f"topic {name}: error {error}")
            (words,) = struct.unpack_from(">h", answer, at + 4 + length)
            at += 6 + length + max(words, 0)


def persist(address, action, seconds=120):
    """action(broker), on new connections until one succeeds: at least once, in order."""
    end = time.monotonic() + seconds
    while True:
        try:
            broker = Broker(address)
            try:
                return action(broker)
            finally:
                broker.close()
        except (OSError, Refused):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
