# SPDX-License-Identifier: Apache-2.0
"""The proxy does what its weather says, and nothing else."""

import contextlib
import random
import socket
import threading
import time
import unittest

import proxy
from proxy import BLACK_HOLE, Proxy, Weather

PATIENCE = 30
MESSAGE = bytes(range(256)) * 8


class Echo:
    """A server that says what it hears, and remembers in which pieces it heard it."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.heard, self.open = [], []
        threading.Thread(target=self.serve, daemon=True).start()

    @property
    def address(self):
        return "127.0.0.1:%d" % self.listener.getsockname()[1]

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.open.append(connection)
                threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with contextlib.suppress(OSError):
            while octets := connection.recv(65536):
                self.heard.append(octets)
                connection.sendall(octets)
            connection.shutdown(socket.SHUT_WR)

    def close(self):
        for one in [self.listener, *self.open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # Wakes who waits in it.
            one.close()


def read(connection, size):
    octets = b""
    while len(octets) < size:
        more = connection.recv(size - len(octets))
        if not more:
            break
        octets += more
    return octets


class Through(unittest.TestCase):
    def setUp(self):
        self.echo = Echo()
        self.proxy = Proxy(self.echo.address, seed=1)
        self.addCleanup(self.echo.close)
        self.addCleanup(self.proxy.close)

    def client(self):
        connection = socket.create_connection(("127.0.0.1", self.proxy.port), timeout=PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def says(self, connection, octets=MESSAGE):
        connection.sendall(octets)
        return read(connection, len(octets))

    def test_calm_changes_nothing(self):
        connection = self.client()
        for _ in range(20):
            self.assertEqual(self.says(connection), MESSAGE)
        connection.shutdown(socket.SHUT_WR)
        self.assertEqual(connection.recv(1), b"")
        self.assertEqual(self.proxy.cuts, 0)

    def test_a_delay_is_kept_and_the_order_too(self):
        self.proxy.set(Weather(delay=0.2, jitter=0.2))
        connection, began = self.client(), time.monotonic()
        for i in range(50):
            connection.sendall(bytes([i]) * 10)
        self.assertEqual(read(connection, 500), b"".join(bytes([i]) * 10 for i in range(50)))
        self.assertGreaterEqual(time.monotonic() - began, 0.4)

    def test_pieces_are_small_and_whole_together(self):
        dice = random.Random(3)
        for size in (1, 7, 100, 5000):
            cut = list(proxy.pieces(MESSAGE[:size], dice))
            self.assertEqual(b"".join(cut), MESSAGE[:size])
            self.assertTrue(all(1 <= len(one) <= 7 for one in cut[:proxy.SLICED]))
            self.assertLessEqual(len(cut), proxy.SLICED + 1)

    def test_sliced_octets_arrive_in_pieces(self):
        self.proxy.set(Weather(sliced=True, trickle=0.002))
        self.assertEqual(self.says(self.client()), MESSAGE)
        self.assertGreater(len(self.echo.heard), 1)
        self.assertLessEqual(len(self.echo.heard[0]), 14)

    def test_a_reset_comes_in_the_middle_of_a_reply(self):
        self.proxy.set(Weather(resets=1.0))
        connection = self.client()
        connection.sendall(MESSAGE)
        got = b""
        with self.assertRaises(ConnectionResetError):
            while True:
                more = connection.recv(65536)
                self.assertNotEqual(more, b"", "closed in good order")
                got += more
        self.assertLess(len(got), len(MESSAGE))
        self.assertEqual(self.proxy.cuts, 1)

    def test_a_half_close_leaves_the_other_direction_open(self):
        self.proxy.set(Weather(half_closes=1.0))
        connection = self.client()
        self.assertLess(len(self.says(connection)), len(MESSAGE))
        self.proxy.calm()
        heard = len(self.echo.heard)
        connection.sendall(b"more")
        end = time.monotonic() + PATIENCE
        while len(self.echo.heard) == heard and time.monotonic() < end:
            time.sleep(0.01)
        self.assertEqual(b"".join(self.echo.heard[heard:]), b"more")

    def test_a_black_hole_accepts_and_says_nothing_until_it_is_over(self):
        self.proxy.set(BLACK_HOLE)
        connection = self.client()
        connection.sendall(MESSAGE)
        connection.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            connection.recv(1)
        self.assertEqual(self.echo.heard, [])
        self.proxy.calm()
        connection.settimeout(PATIENCE)
        self.assertEqual(read(connection, len(MESSAGE)), MESSAGE)

    def test_one_direction_alone_can_be_held(self):
        self.proxy.set(Weather(holds=frozenset({"down"})))
        connection = self.client()
        connection.sendall(MESSAGE)
        connection.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            connection.recv(1)
        self.assertEqual(b"".join(self.echo.heard), MESSAGE)

    def test_a_refusal_cuts_who_is_there_and_turns_away_who_comes(self):
        connection = self.client()
        self.assertEqual(self.says(connection), MESSAGE)
        self.proxy.refuse()
        with self.assertRaises(OSError):
            self.client()
        with self.assertRaises(ConnectionResetError):
            connection.recv(1)
        self.proxy.accept_again()
        self.assertEqual(self.says(self.client()), MESSAGE)

    def test_a_server_that_is_away_is_a_reset(self):
        self.echo.close()
        with self.assertRaises(OSError):
            connection = self.client()
            connection.sendall(b"x")
            if connection.recv(1) == b"":
                raise AssertionError("closed in good order")

    def test_many_are_served_at_once(self):
        connections = [self.client() for _ in range(30)]
        for i, connection in enumerate(connections):
            connection.sendall(bytes([i]) * 1000)
        for i, connection in enumerate(connections):
            self.assertEqual(read(connection, 1000), bytes([i]) * 1000)


if __name__ == "__main__":
    unittest.main()
