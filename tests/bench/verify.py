# SPDX-License-Identifier: Apache-2.0
"""POST verify, a token of its own for each request: Numproof beside what a user would pick instead."""

import contextlib
import pathlib
import secrets
import socket
import time

import host
import report
import rivals
from redis import Redis
from stack import Installation, Kafka, Numproofd

PATH = "/number-verification/v2/verify"
SUBSCRIBERS = 1000
TOKEN_SIZE = 66  # As long as Numproof's.
IDLE_CONNECTIONS = 1000
# More than anybody here answers in a second, with one connection, up to eight, and many: so many tokens a run gets.
CEILING, CEILING_WITH_STORE = (40_000, 200_000, 250_000), (10_000, 45_000, 50_000)


NAMES = ("numproofd", "nginx-lua-get", "nginx-lua-claim", "libevhtp-echo", "nginx-return-200")


class Contender:
    """A server with its store, and tokens that it has not seen."""

    def __init__(self, server, store=None):
        self.server, self.store, self.name = server, store, server.name

    def tokens_for(self, connections, seconds):
        alone, few, many = CEILING_WITH_STORE if self.store else CEILING
        return seconds * (alone if connections == 1 else few if connections <= 8 else many)

    def drained(self):
        return True

    def other_pids(self):
        return [self.store.pid] if self.store else []


class Numproof(Contender):
    def __init__(self, server, installation, kafka):
        super().__init__(server, installation.redis)
        self.installation, self.kafka = installation, kafka

    def fresh_tokens(self, count):
        self.store.remove("np:{*}:t:*")
        return self.installation.mint(count, SUBSCRIBERS)

    def drained(self):
        return self.server.metric("numproof_audit_spool_records") == 0


class Rival(Contender):
    """All rivals are asked with the same file; those with a Redis find its tokens there, unused."""

    tokens, file = [], None

    @classmethod
    def make_tokens(cls, folder, count):
        missing = count - len(cls.tokens)
        if missing > 0:
            cls.tokens += [secrets.token_urlsafe(TOKEN_SIZE).encode()[:TOKEN_SIZE] for _ in range(missing)]
            cls.file = pathlib.Path(folder) / "rivals.tokens"
            cls.file.write_bytes(b"\n".join(cls.tokens) + b"\n")

    def __init__(self, server, folder, store=None):
        super().__init__(server, store)
        self.folder = folder

    def fresh_tokens(self, count):
        self.make_tokens(self.folder, count)
        if self.store:
            self.store.command("FLUSHALL")
            rivals.seed(self.store, self.tokens[:count], SUBSCRIBERS)
        return self.file


def start(stack, folder, only):
    """Starts everything; returns the contenders and what drives the load."""
    kafka = stack.enter_context(Kafka(folder))
    installation = Installation(folder, stack.enter_context(Redis(folder)), kafka)
    stack.enter_context(installation.heart())
    server = stack.enter_context(Numproofd(installation))
    contenders = [Numproof(server, installation, kafka)]
    store = stack.enter_context(Redis(folder))
    for claims in (False, True):
        contenders.append(Rival(stack.enter_context(rivals.lua(folder, store, claims)), folder, store))
    contenders.append(Rival(stack.enter_context(rivals.EvhtpEcho(folder)), folder))
    contenders.append(Rival(stack.enter_context(rivals.constant(folder)), folder))
    chosen = [one for one in contenders if not only or one.name in only]
    return chosen, installation, kafka


def idle_memory(contender):
    """Resident memory with connections that each asked once, in vain or not, and now rest."""
    body = b'{"phoneNumber":"+34700000000"}'
    head = (f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {'x' * TOKEN_SIZE}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
    with contextlib.ExitStack() as stack:
        for _ in range(IDLE_CONNECTIONS):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", contender.server.port), 10))
            connection.sendall(head.encode() + body)
            if not connection.recv(4096).startswith(b"HTTP/1.1 "):
                raise RuntimeError(f"{contender.name} does not answer an idle connection")
        return host.rss_bytes(contender.server.pid)


def run_once(contender, bench, kafka, connections, seconds):
    count = contender.tokens_for(connections, seconds)
    file = contender.fresh_tokens(count)
    server, pids = contender.server.pid, [contender.server.pid, kafka.pid]
    before = [host.cpu_seconds(pid) for pid in pids]
    words = ["--url", f"http://127.0.0.1:{contender.server.port}{PATH}", "--tokens", file,
             "--subscribers", SUBSCRIBERS, "--connections", connections, "--seconds", seconds,
             "--server-pid", server, "--name", contender.name]
    for pid in contender.other_pids():
        words += ["--store-pid", pid]
    found = bench("verify", *words)
    drain_begin = time.monotonic()
    host.wait_for(contender.drained, 120, f"{contender.name} to deliver its audit events")
    found["drain_seconds"] = time.monotonic() - drain_begin
    used = [host.cpu_seconds(pid) - old for pid, old in zip(pids, before)]
    found["server_all_us"], found["kafka_us"] = (1e6 * one / max(1, found["requests"]) for one in used)
    found["failed_percent"] = 100 * found["errors"] / max(1, found["requests"])
    if not found["per_second"] or found["requests"] >= count:
        raise RuntimeError(f"{contender.name}: not a measurement: {found}, {count} tokens")
    return found


def measure(contenders, installation, kafka, options):
    """Round by round, so that what else the machine does hits all alike."""
    found = {(one.name, connections): [] for connections in options.connections for one in contenders}
    for number in range(options.rounds):
        for connections in options.connections:
            for one in contenders:
                report.progress(f"round {number + 1} of {options.rounds}, {connections} connections, {one.name}")
                found[one.name, connections].append(
                    run_once(one, installation.bench, kafka, connections, options.seconds))
    report.progress("")
    return found


FIELDS = ("per_second", "p50_us", "p99_us", "server_us", "store_us", "kafka_us", "server_all_us", "drain_seconds",
          "rss_bytes", "failed_percent")
HEAD = ["contender", "conn", "200/s", "failed %", "p50 µs", "p99 µs", "server µs", "Redis µs", "Kafka µs",
        "RSS MiB", "at 1000 idle"]


def summary(found, memory):
    return [{"contender": name, "connections": connections, "idle_rss_bytes": memory[name],
             **{field: report.median(runs, field) for field in FIELDS}}
            for (name, connections), runs in found.items()]


def print_rows(rows):
    cells = []
    for row in rows:
        kafka = row["kafka_us"] if row["contender"] == Numproofd.name else None
        cells.append([row["contender"], str(row["connections"]), report.shown(row["per_second"]),
                      report.shown(row["failed_percent"], 1), report.shown(row["p50_us"]),
                      report.shown(row["p99_us"]), report.shown(row["server_us"], 1),
                      report.shown(row["store_us"], 1), report.shown(kafka, 1), mebibytes(row["rss_bytes"]),
                      mebibytes(row["idle_rss_bytes"])])
    report.table(HEAD, cells)


def mebibytes(octets):
    return report.shown(None if octets is None else octets / 2**20, 1)


def goals(rows):
    at_64 = {row["contender"]: row for row in rows if row["connections"] == 64}
    ours, theirs = at_64.get(Numproofd.name), at_64.get("nginx-lua-claim")
    if not ours or not theirs:
        return []
    return [
        report.goal("answers a second at 64 connections, of nginx-lua-claim's",
                    ours["per_second"] / theirs["per_second"], 1.5, " ×", at_least=True),
        report.goal("p99 at 64 connections, of nginx-lua-claim's", ours["p99_us"] / theirs["p99_us"], 1, " ×"),
        report.goal("server CPU a request at 64 connections", ours["server_us"], 28, " µs"),
        report.goal("resident memory with 1,000 connections, no sessions", ours["idle_rss_bytes"] / 2**20, 64, " MiB"),
    ]


def main(folder, options):
    machine = host.description(folder)
    with contextlib.ExitStack() as stack:
        contenders, installation, kafka = start(stack, folder, options.only)
        memory = {one.name: idle_memory(one) for one in contenders}
        installation.sessions(SUBSCRIBERS)
        found = measure(contenders, installation, kafka, options)
    rows = summary(found, memory)
    print_rows(rows)
    reached = goals(rows)
    report.print_goals(reached)
    runs = [run for runs in found.values() for run in runs]
    report.write("verify", machine, rounds=options.rounds, seconds=options.seconds, results=rows, goals=reached,
                 runs=runs)
