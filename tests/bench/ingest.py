# SPDX-License-Identifier: Apache-2.0
"""Session events from a real Kafka topic into Redis, beside redis-benchmark with the same guarded script."""

import contextlib
import csv
import hashlib
import re
import statistics
import subprocess
import time

import host
import report
from redis import Redis
from stack import Installation, Kafka, Numproofd

SCRIPTS = host.ROOT / "adapters/redis/redis_scripts.cc"
SAMPLES = 2000
# Sessions, addresses, subscribers, IMSIs.
RECORDS = (b"np:s:", b"np:a:", b"np:{", b"np:i:")
KEYS = 2_000_000_000
KEEP_MS = 600_000
# Clients and pipeline of redis-benchmark; the best of them counts.
SHAPES = ((1, 64), (1, 512), (8, 64), (50, 16))


def guarded_script():
    """The script that ingest runs, out of the product's source."""
    return re.search(r'kReplace = R"lua\((.*?)\)lua"', SCRIPTS.read_text(), re.S).group(1)


def calls(redis):
    """Calls of each command since the last reset."""
    lines = redis.command("INFO", "commandstats").decode().splitlines()
    return {match[1]: int(match[2]) for line in lines if (match := re.match(r"cmdstat_([^:]+):calls=(\d+)", line))}


def read_topic(folder, kafka, redis, count):
    """One run: `count` bindings are in Kafka, Redis is empty, numproofd starts."""
    installation = Installation(folder, redis, kafka)
    installation.sessions(count)
    redis.command("CONFIG", "RESETSTAT")
    with Numproofd(installation, ready=False) as server:
        server.wait_until(lambda: host.listens(server.admin), "numproofd")
        begin, end, first, cpu = watch(server, redis, count)
        used = {name: 1e6 * (after - before) / (count - first) for name, (before, after) in cpu.items()}
    return {"events": count, "per_second": (count - first) / (end - begin), "seconds": end - begin,
            "server_us": used["server"], "store_us": used["redis"], "calls": calls(redis)}


def watch(server, redis, count):
    """From the first events that are seen in the directory to the last one."""
    def bound():
        return server.metric('numproof_ingest_events_total{op="bind"}')

    def cpu():
        return host.cpu_seconds(server.pid), host.cpu_seconds(redis.pid)

    first = host.wait_for(bound, 60, "the first event")
    begin, before = time.monotonic(), cpu()
    host.wait_for(lambda: bound() >= count, 600, "the last event")
    end, after = time.monotonic(), cpu()
    return begin, end, first, dict(zip(("server", "redis"), zip(before, after)))


def record_size(redis):
    """The mean size of the records that were written, be they keys or fields of a hash."""
    keys = [key for key in (redis.command("RANDOMKEY") for _ in range(SAMPLES)) if key.startswith(RECORDS)]
    sizes = []
    for key in keys:
        is_hash = redis.command("TYPE", key) == b"hash"
        sizes += map(len, redis.command("HVALS", key)) if is_hash else [redis.command("STRLEN", key)]
    return int(statistics.mean(sizes))


def plain_script(redis, size, requests, core):
    """Calls a second of the guarded script on new keys, with nothing else done: the best of several shapes."""
    source = guarded_script()
    sha = hashlib.sha1(source.encode()).hexdigest()
    if redis.command("SCRIPT", "EXISTS", sha) != [1]:
        raise RuntimeError("numproofd did not run the script that redis-benchmark is about to run")
    best = {"per_second": 0}
    for clients, pipeline in SHAPES:
        redis.command("FLUSHALL")
        before, begin = host.cpu_seconds(redis.pid), time.monotonic()
        words = ["redis-benchmark", "-p", redis.port, "-c", clients, "-P", pipeline, "-n", requests,
                 "-r", KEYS, "--csv", "EVALSHA", sha, 1, "np:s:__rand_int__", "", "x" * size, KEEP_MS]
        done = subprocess.run(host.on_core(core, *words), check=True, capture_output=True, text=True, timeout=600)
        rate = float(list(csv.DictReader(done.stdout.splitlines()))[0]["rps"])
        used = 1e6 * (host.cpu_seconds(redis.pid) - before) / requests
        if rate > best["per_second"]:
            best = {"per_second": rate, "clients": clients, "pipeline": pipeline, "store_us": used,
                    "record_octets": size, "seconds": time.monotonic() - begin}
    return best


def beside_plain_script(folder, rounds, noun, count, measure):
    """Rounds of `measure(home, kafka, redis, count)`, each with the plain script on the same Redis after it."""
    found, plain = [], []
    for number in range(rounds):
        report.progress(f"round {number + 1} of {rounds}, {count} {noun}")
        home = folder / f"round-{number}"
        home.mkdir()
        with contextlib.ExitStack() as stack:
            kafka = stack.enter_context(Kafka(home, host.BOTH))
            redis = stack.enter_context(Redis(home))
            found.append(measure(home, kafka, redis, count))
            plain.append(plain_script(redis, record_size(redis), count, host.SERVER_CORE))
    report.progress("")
    return found, plain


def main(folder, options):
    machine = host.description(folder)
    show(machine, options, *beside_plain_script(folder, options.rounds, "events", options.events, read_topic))


def show(machine, options, found, plain):
    events, alone = report.median(found, "per_second"), report.median(plain, "per_second")
    # Each guarded write is one SET, be it inside the script or, for a new record, on its own.
    writes = statistics.median(run["calls"].get("set", 0) / run["events"] for run in found)
    report.table(
        ["", "a second", "server µs", "Redis µs", "guarded writes each"],
        [["numproofd: events from Kafka into Redis", report.shown(events),
          report.shown(report.median(found, "server_us"), 1), report.shown(report.median(found, "store_us"), 1),
          report.shown(writes, 2)],
         ["redis-benchmark: the same guarded script", report.shown(alone), "–",
          report.shown(report.median(plain, "store_us"), 1), "1"]])
    reached = [
        report.goal("events a second, of redis-benchmark's script calls", events / alone, 0.7, " ×", at_least=True),
        report.goal("guarded writes a second, of redis-benchmark's script calls", events * writes / alone, 0.7, " ×", at_least=True)]
    report.print_goals(reached)
    report.write("ingest", machine, rounds=options.rounds, results=found, redis_benchmark=plain, goals=reached,
                 writes_per_event=writes)
