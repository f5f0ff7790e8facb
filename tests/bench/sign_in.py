# SPDX-License-Identifier: Apache-2.0
"""Silent sign-ins: authorize over the mobile network, then the token endpoint, each with its durable audit event."""

import contextlib

import host
import report
from redis import Redis
from stack import CLIENT, Installation, Kafka, Numproofd

SUBSCRIBERS = 1000
FIELDS = ("per_second", "p50_us", "p99_us", "server_us", "store_us", "rss_bytes", "failed_percent")


def run_once(installation, server, connections, seconds):
    found = installation.bench(
        "sign-in", "--url", f"http://127.0.0.1:{server.port}", "--client", CLIENT, "--secret", installation.secret,
        "--subscribers", SUBSCRIBERS, "--connections", connections, "--seconds", seconds, "--server-pid", server.pid,
        "--store-pid", installation.redis.pid, "--name", "sign-in")
    found["failed_percent"] = 100 * found["errors"] / max(1, found["requests"])
    if not found["per_second"]:
        raise RuntimeError(f"not a measurement: {found}")
    host.wait_for(lambda: server.metric("numproof_audit_spool_records") == 0, 120, "audit events to be delivered")
    installation.redis.remove("np:{*}:[ct]:*")
    return found


def main(folder, options):
    machine = host.description(folder)
    connections = [one for one in options.connections if one <= 64]
    found = {one: [] for one in connections}
    with contextlib.ExitStack() as stack:
        kafka = stack.enter_context(Kafka(folder))
        installation = Installation(folder, stack.enter_context(Redis(folder)), kafka)
        stack.enter_context(installation.heart())
        server = stack.enter_context(Numproofd(installation))
        installation.sessions(SUBSCRIBERS)
        for number in range(options.rounds):
            for one in connections:
                report.progress(f"round {number + 1} of {options.rounds}, {one} connections")
                found[one].append(run_once(installation, server, one, options.seconds))
    report.progress("")
    rows = [{"connections": one, **{field: report.median(runs, field) for field in FIELDS}}
            for one, runs in found.items()]
    report.table(
        ["connections", "sign-ins/s", "failed %", "p50 µs", "p99 µs", "server µs", "Redis µs", "RSS MiB"],
        [[str(row["connections"]), report.shown(row["per_second"]), report.shown(row["failed_percent"], 1),
          report.shown(row["p50_us"]), report.shown(row["p99_us"]),
          report.shown(row["server_us"], 1), report.shown(row["store_us"], 1),
          report.shown(row["rss_bytes"] / 2**20, 1)]
         for row in rows])
    report.write("sign-in", machine, rounds=options.rounds, seconds=options.seconds, results=rows,
                 runs=[run for runs in found.values() for run in runs])
