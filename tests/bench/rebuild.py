# SPDX-License-Identifier: Apache-2.0
"""A directory that is built anew: from an empty Redis until numproofd is ready, beside redis-benchmark's plain script."""

import time

import host
import report
from ingest import beside_plain_script, watch
from stack import Installation, Numproofd


def rebuild(folder, kafka, redis, count):
    """One run: `count` sessions are in the topic, heartbeats come, Redis is empty, numproofd starts."""
    installation = Installation(folder, redis, kafka)
    installation.sessions(count)
    with installation.heart(), Numproofd(installation, ready=False) as server:
        started = time.monotonic()
        server.wait_until(lambda: host.listens(server.admin), "numproofd")
        begin, end, first, cpu = watch(server, redis, count)
        server.wait_until(server.is_ready, "the directory to be whole and fresh", 600)
        ready = time.monotonic()
        lost = count - server.metric('numproof_ingest_events_total{op="bind"}')
        if lost > 0:
            raise RuntimeError(f"{lost} sessions are not in the directory, and numproofd says that it is ready")
        used = {name: 1e6 * (after - before) / (count - first) for name, (before, after) in cpu.items()}
    return {"sessions": count, "per_second": (count - first) / (end - begin), "seconds_until_ready": ready - started,
            "sessions_per_second_until_ready": count / (ready - started), "server_us": used["server"],
            "store_us": used["redis"]}


def main(folder, options):
    machine = host.description(folder)
    show(machine, options, *beside_plain_script(folder, options.rounds, "sessions", options.sessions[0], rebuild))


def show(machine, options, found, plain):
    rate, alone = report.median(found, "per_second"), report.median(plain, "per_second")
    report.table(
        ["", "a second", "until ready, s", "server µs", "Redis µs"],
        [[f"numproofd: {options.sessions[0]} sessions into an empty Redis", report.shown(rate),
          report.shown(report.median(found, "seconds_until_ready"), 1),
          report.shown(report.median(found, "server_us"), 1), report.shown(report.median(found, "store_us"), 1)],
         ["redis-benchmark: the guarded script", report.shown(alone), "–", "–",
          report.shown(report.median(plain, "store_us"), 1)]])
    share = rate / alone
    print(f"\nA session is several guarded writes; sessions a second are {share:.2f} × redis-benchmark's calls.")
    report.write("rebuild", machine, rounds=options.rounds, results=found, redis_benchmark=plain, share=share)
