# SPDX-License-Identifier: Apache-2.0
"""What a session costs: octets in Redis and in memory mode, and whether look-ups notice how many there are."""

import contextlib

import host
import report
import sign_in
from redis import Redis
from stack import Installation, Kafka, Numproofd

REDIS_MOST, REDIS_AIM, MEMORY_MOST = 400, 250, 256
FEW, RATIO_MOST = 10_000, 1.10


class InMemory(Installation):
    """The same node with the directory in its own memory."""

    def store(self):
        return {"backend": "memory"}


def used(redis):
    lines = redis.command("INFO", "memory").decode().splitlines()
    return next(int(line.split(":")[1]) for line in lines if line.startswith("used_memory:"))


def bound(server):
    return server.metric('numproof_ingest_events_total{op="bind"}') or 0


def fill(installation, server, already, count):
    """Publishes sessions up to `count` and waits until they are in the directory."""
    installation.sessions(count)
    # Those that were published before are published again: the same events of another offset.
    host.wait_for(lambda: bound(server) >= already + count, 1800, f"{count} sessions")


def of_redis(folder, counts):
    """Octets a session, for each of `counts`."""
    found = []
    for count in counts:
        home = folder / f"redis-{count}"
        home.mkdir()
        with contextlib.ExitStack() as stack:
            kafka = stack.enter_context(Kafka(home, host.BOTH))
            redis = stack.enter_context(Redis(home))
            installation = Installation(home, redis, kafka)
            stack.enter_context(installation.heart())
            server = stack.enter_context(Numproofd(installation))
            before = used(redis)
            fill(installation, server, 0, count)
            found.append({"backend": "redis", "sessions": count, "octets": (used(redis) - before) / count,
                          "keys": redis.command("DBSIZE") / count})
    return found


def of_memory(folder, counts):
    found = []
    for count in counts:
        home = folder / f"memory-{count}"
        home.mkdir()
        with contextlib.ExitStack() as stack:
            kafka = stack.enter_context(Kafka(home, host.BOTH))
            installation = InMemory(home, None, kafka)
            stack.enter_context(installation.heart())
            server = stack.enter_context(Numproofd(installation))
            # What a batch needs for a moment is there once, whatever comes later.
            fill(installation, server, 0, FEW)
            before = host.rss_at_rest(server.pid)
            fill(installation, server, FEW, count)
            found.append({"backend": "memory", "sessions": count,
                          "octets": (host.rss_at_rest(server.pid) - before) / (count - FEW), "keys": None})
    return found


def look_ups(folder, many, options):
    """Sign-ins one after another, on a directory of FEW sessions and one of `many`, in turns."""
    runs = {FEW: [], many: []}
    with contextlib.ExitStack() as stack:
        kafka = stack.enter_context(Kafka(folder, host.LOAD_CORE))
        nodes = {}
        for count in runs:
            home = folder / f"look-up-{count}"
            home.mkdir()
            installation = Elsewhere(home, stack.enter_context(Redis(home)), kafka, f"look-up-{count}")
            stack.enter_context(installation.heart())
            server = stack.enter_context(Numproofd(installation))
            fill(installation, server, 0, count)
            nodes[count] = (installation, server)
        for number in range(max(3, options.rounds)):
            for count, (installation, server) in nodes.items():
                report.progress(f"look-ups, round {number + 1}, {count} sessions")
                runs[count].append(sign_in.run_once(installation, server, 1, options.seconds))
    return [{"sessions": count, "p50_us": report.median(some, "p50_us"), "p99_us": report.median(some, "p99_us"),
             "server_us": report.median(some, "server_us"), "store_us": report.median(some, "store_us")}
            for count, some in runs.items()]


class Elsewhere(Installation):
    """A second installation on the same broker: topics of its own."""

    def __init__(self, folder, redis, kafka, name):
        self.name = name
        super().__init__(folder, redis, kafka)

    def settings(self, kafka):
        settings = super().settings(kafka)
        settings["ingest"] = {"group": self.name, "feeds": [{"topic": f"{self.name}.sessions", "dialect": "native"}],
                              "dead_letter_topic": f"{self.name}.dlq"}
        settings["audit"] |= {"topic": f"{self.name}.audit"}
        return settings


def main(folder, options):
    machine = host.description(folder)
    counts = options.sessions
    found = of_redis(folder, counts) + of_memory(folder, counts)
    timed = look_ups(folder, max(counts), options)
    report.progress("")
    report.table(["directory", "sessions", "octets a session", "Redis keys a session"],
                 [[one["backend"], report.shown(one["sessions"]), report.shown(one["octets"], 1),
                   report.shown(one["keys"], 2)] for one in found])
    print()
    report.table(["sign-ins with", "p50 µs", "p99 µs", "server µs", "Redis µs"],
                 [[f"{one['sessions']:,} sessions", report.shown(one["p50_us"]), report.shown(one["p99_us"]),
                   report.shown(one["server_us"], 1), report.shown(one["store_us"], 1)] for one in timed])
    goals = [report.goal(f"octets a session, {one['backend']}, {one['sessions']:,}", one["octets"],
                         REDIS_MOST if one["backend"] == "redis" else MEMORY_MOST) for one in found]
    goals += [report.goal(f"the aim for Redis, {one['sessions']:,}", one["octets"], REDIS_AIM)
              for one in found if one["backend"] == "redis"]
    goals.append(report.goal(f"p99 of a sign-in, {timed[1]['sessions']:,} to {FEW:,} sessions",
                             timed[1]["p99_us"] / timed[0]["p99_us"], RATIO_MOST, " ×"))
    report.print_goals(goals)
    report.write("memory", machine, sessions=found, look_ups=timed, goals=goals)
