# SPDX-License-Identifier: Apache-2.0
"""As much of Kafka's protocol as a packet core needs: to make topics, and to have records acknowledged in order."""

import contextlib
import itertools
import socket
import struct
import time

PRODUCE, PRODUCE_VERSION = 0, 3
METADATA, METADATA_VERSION = 3, 4
CREATE_TOPICS, CREATE_TOPICS_VERSION = 19, 4
BROKERS_CHOICE = -1
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
            body += text(name) + struct.pack(">ihii", partitions, BROKERS_CHOICE, 0, 0)
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


class Reader:
    """The fields of an answer, one after the other."""

    def __init__(self, octets):
        self.octets, self.at = octets, 0

    def take(self, form):
        values = struct.unpack_from(">" + form, self.octets, self.at)
        self.at += struct.calcsize(">" + form)
        return values if len(values) > 1 else values[0]

    def text(self):
        length = max(self.take("h"), 0)
        self.at += length
        return self.octets[self.at - length:self.at].decode()

    def numbers(self):
        return [self.take("i") for _ in range(self.take("i"))]


def leaders_of(broker, topic):
    """partition → address of the broker that leads it, as one broker knows it."""
    answer = Reader(broker.ask(METADATA, METADATA_VERSION, struct.pack(">i", 1) + text(topic) + b"\0"))
    answer.take("i")  # how long to wait
    addresses = {}
    for _ in range(answer.take("i")):
        number, host, port = answer.take("i"), answer.text(), answer.take("i")
        addresses[number] = f"{host}:{port}"
        answer.text()  # rack
    answer.text(), answer.take("i")  # the cluster and its controller
    leaders = {}
    for _ in range(answer.take("i")):
        answer.take("h"), answer.text(), answer.take("b")
        for _ in range(answer.take("i")):
            _, partition, leader = answer.take("hii")
            answer.numbers(), answer.numbers()  # replicas, those in sync
            leaders[partition] = addresses.get(leader)
    return leaders


class Producer:
    """Hands batches to whoever leads their partitions. After a failure it must be asked again."""

    def __init__(self, addresses, timeout=5):
        self.addresses, self.timeout = addresses.split(","), timeout
        self.leaders, self.open = {}, {}

    def produce(self, topic, batches):
        """Takes out of `batches` what is acknowledged, and gives the first offset of each; may fail between."""
        offsets = {}
        try:
            if set(batches) - set(self.leaders):
                self.leaders = self.ask_for_leaders(topic)
            for address in {self.leaders.get(partition) for partition in batches}:
                if address is None:
                    raise Refused("a partition without a leader")
                mine = {p: octets for p, octets in batches.items() if self.leaders[p] == address}
                offsets |= self.broker(address).produce(topic, mine)
                for partition in mine:
                    del batches[partition]
        except BaseException:
            self.close()
            raise
        return offsets

    def broker(self, address):
        if address not in self.open:
            self.open[address] = Broker(address, self.timeout)
        return self.open[address]

    def ask_for_leaders(self, topic):
        """Of the first broker that answers; next time another is the first."""
        self.addresses = self.addresses[1:] + self.addresses[:1]
        for address in self.addresses:
            with contextlib.suppress(ConnectionRefusedError):
                return leaders_of(self.broker(address), topic)
        raise Refused("no broker is there")

    def close(self):
        """The next one starts afresh: it asks who leads, on new connections."""
        for broker in self.open.values():
            broker.close()
        self.leaders, self.open = {}, {}


def persist(address, action, seconds=120):
    """action(broker), on new connections to this or that broker until one succeeds: at least once, in order."""
    end = time.monotonic() + seconds
    for one in itertools.cycle(address.split(",")):
        try:
            broker = Broker(one)
            try:
                return action(broker)
            finally:
                broker.close()
        except (OSError, Refused):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
