# SPDX-License-Identifier: Apache-2.0
"""A network that misbehaves: a TCP proxy on loopback between one client and one server, with faults at will."""

import asyncio
import contextlib
import dataclasses
import random
import socket
import struct
import threading
import time

CHUNK = 65536
# What is on its way in one direction of one connection; beyond it the sender feels the network.
CHUNKS_UNDER_WAY = 64
SLICED = 48  # pieces of a chunk at most; what is left of it goes at once
LINGER_RESET = struct.pack("ii", 1, 0)
ACCEPTS_MAX = 128


@dataclasses.dataclass(frozen=True)
class Weather:
    """What the network does to each connection. Times are seconds, probabilities are for one chunk."""

    delay: float = 0.0  # one way
    jitter: float = 0.0  # at most so much more; order is kept
    sliced: bool = False  # in pieces of 1 to 7 octets
    trickle: float = 0.0  # pause after each piece of a sliced chunk
    resets: float = 0.0  # a chunk of the server ends in its middle, with RST to both sides
    half_closes: float = 0.0  # a chunk of the server ends in its middle with FIN; the other direction stays open
    holds: frozenset = frozenset()  # "up", "down": what goes there is kept until this weather ends, as TCP would


CALM = Weather()
BLACK_HOLE = Weather(holds=frozenset({"up", "down"}))


def reset(connection):
    """Ends a connection with RST: the peer's next read fails."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
    connection.close()


def pieces(octets, dice):
    """Pieces of 1 to 7 octets, in order; after many of them the rest."""
    at = 0
    for _ in range(SLICED):
        if at >= len(octets):
            return
        size = dice.randint(1, 7)
        yield octets[at:at + size]
        at += size
    if at < len(octets):
        yield octets[at:]


class Line:
    """One connection through the proxy: what came in there goes out here, each direction in its order."""

    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server, self.by_reset = proxy, client, server, False
        up, down = asyncio.Queue(CHUNKS_UNDER_WAY), asyncio.Queue(CHUNKS_UNDER_WAY)
        self.tasks = [asyncio.ensure_future(self.watched(task)) for task in (
            self.collect(client, up), self.collect(server, down),
            self.deliver("up", up, server), self.deliver("down", down, client))]
        asyncio.gather(*self.tasks, return_exceptions=True).add_done_callback(self.close)

    def end(self, by_reset=False):
        self.by_reset = self.by_reset or by_reset
        for task in self.tasks:
            task.cancel()

    def close(self, _):
        """Only when no task waits for them any more: their numbers are given to others at once."""
        for one in (self.client, self.server):
            if self.by_reset:
                reset(one)
            else:
                one.close()
        self.proxy.lines.discard(self)

    async def watched(self, task):
        try:
            await task
        except OSError:
            self.end(by_reset=True)

    async def collect(self, source, under_way):
        loop, due, octets = asyncio.get_running_loop(), 0.0, b"some"
        while octets:
            octets = await loop.sock_recv(source, CHUNK)
            weather = self.proxy.weather
            due = max(due, time.monotonic() + weather.delay + self.proxy.dice.random() * weather.jitter)
            await under_way.put((due, octets))

    async def deliver(self, way, under_way, sink):
        whole = True
        while whole:
            due, octets = await under_way.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            while way in self.proxy.weather.holds:
                await self.proxy.changed()
            if not octets:
                with contextlib.suppress(OSError):
                    sink.shutdown(socket.SHUT_WR)
                return
            whole = await self.send(way, octets, sink)

    async def send(self, way, octets, sink):
        """False when the connection was cut in the middle of it."""
        weather, dice, loop = self.proxy.weather, self.proxy.dice, asyncio.get_running_loop()
        cut = way == "down" and dice.random()
        if way == "down" and cut < weather.resets + weather.half_closes:
            await loop.sock_sendall(sink, octets[:dice.randrange(len(octets))])
            self.proxy.cuts += 1
            if cut < weather.resets:
                self.end(by_reset=True)
                await asyncio.sleep(0)  # Where this task ends.
            sink.shutdown(socket.SHUT_WR)
            return False
        if not weather.sliced:
            await loop.sock_sendall(sink, octets)
            return True
        for piece in pieces(octets, dice):
            await loop.sock_sendall(sink, piece)
            await asyncio.sleep(weather.trickle)
        return True


class Proxy:
    """Listens on loopback for one server; its weather can change at any time, from any thread."""

    def __init__(self, target, port=0, seed=0):
        host, _, number = target.rpartition(":")
        self.target, self.dice = (host, int(number)), random.Random(seed)
        self.weather, self.lines, self.cuts, self.accepted = CALM, set(), 0, 0
        self.port = port
        self.listener, self.accepting, self.turn = None, None, None
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.call(self.open())

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    # From any thread -----------------------------------------------------------------------

    def call(self, task):
        return asyncio.run_coroutine_threadsafe(task, self.loop).result(30)

    def set(self, weather):
        """From now on, also for what is under way."""
        self.call(self.change(weather))

    def calm(self):
        self.set(CALM)

    def refuse(self):
        """Nobody listens any more, and who is connected is reset."""
        self.call(self.shut())

    def accept_again(self):
        self.call(self.open())

    def lead_to(self, target):
        """New connections go to another server; the old ones are reset."""
        host, _, number = target.rpartition(":")
        self.target = (host, int(number))
        self.reset_all()

    def reset_all(self):
        self.call(self.cut_all())

    def close(self):
        if not self.loop.is_running():
            return
        self.call(self.shut())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    # In the loop ---------------------------------------------------------------------------

    async def changed(self):
        """Until the weather is another one."""
        await self.turn.wait()

    async def change(self, weather):
        self.weather, before = weather, self.turn
        self.turn = asyncio.Event()
        before.set()

    async def open(self):
        if self.listener:
            return
        self.turn = self.turn or asyncio.Event()
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(ACCEPTS_MAX)
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.accepting = asyncio.ensure_future(self.accept())

    async def shut(self):
        if self.listener:
            self.accepting.cancel()
            self.listener.close()
            self.listener = None
        await self.cut_all()

    async def cut_all(self):
        ended = list(self.lines)
        for line in ended:
            line.end(by_reset=True)
        await asyncio.gather(*[task for line in ended for task in line.tasks], return_exceptions=True)

    async def accept(self):
        while True:
            client, _ = await self.loop.sock_accept(self.listener)
            self.accepted += 1
            asyncio.ensure_future(self.connect(client))

    async def connect(self, client):
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = socket.socket()
        server.setblocking(False)
        try:
            await self.loop.sock_connect(server, self.target)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            server.close()
            reset(client)
            return
        self.lines.add(Line(self, client, server))
