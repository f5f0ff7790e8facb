# SPDX-License-Identifier: Apache-2.0
"""Breaks something real and records /metrics meanwhile, for test_rules.py.

    NUMPROOF_BIN=build/release/bin /usr/bin/python3 tests/rules/record.py [NAME]...

writes tests/rules/recordings/NAME.txt, of the series that the rules read."""

import json
import sys
import tempfile
import time

import yaml

import recordings
from promtool import ROOT, RULES, metrics_in

sys.path.insert(0, str(ROOT / "tests/e2e"))
from harness import Daemon, Kafka, Redis, call  # noqa: E402

STEP = 2


class Recorder:
    """Scrapes `daemon` every STEP seconds, from the beginning of its life on."""

    def __init__(self, daemon):
        rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
        self.wanted = set().union(*(metrics_in(rule["expr"]) for rule in rules)) - {"process_start_time_seconds"}
        self.daemon, self.scrapes, self.began = daemon, [], time.monotonic()

    def scrape(self):
        try:
            text = call(self.daemon.admin, "GET", "/metrics", timeout=STEP).body.decode()
        except OSError:
            return {recordings.UP: "0"}
        # The clock of a test begins at 0, and so do the times in its samples.
        found = {name: value for name, value in recordings.parse(text).items()
                 if recordings.family_of(name) in self.wanted}
        clock = recordings.CLOCK
        if clock in found:
            found[clock] = f"{len(self.scrapes) * STEP}"
        return {recordings.UP: "1", **found}

    def run(self, seconds):
        """Records for so long; gives the time since the beginning, as the rules' test writes it."""
        end = len(self.scrapes) + seconds // STEP
        while len(self.scrapes) < end:
            self.scrapes.append(self.scrape())
            # What is recorded is time itself: here waiting is the work.
            time.sleep(max(0.0, self.began + len(self.scrapes) * STEP - time.monotonic()))
        return f"{(len(self.scrapes) - 1) * STEP}s"

    def write(self, name, firing):
        names = sorted(set().union(*self.scrapes))
        rows = [f"{each}\t" + " ".join(scrape.get(each, "_") for scrape in self.scrapes) for each in names]
        first = json.dumps({"name": name, "step": STEP, "firing": firing})
        (recordings.FOLDER / f"{name}.txt").write_text("\n".join([first, *rows]) + "\n")


def redis_frozen(folder):
    """Redis stands still for a minute and a half, and goes on."""
    redis = Redis(folder)
    daemon = None
    try:
        daemon = Daemon(folder, settings={
            "directory.backend": "redis", "directory.redis.addresses": [f"127.0.0.1:{redis.port}"]})
        recorder = Recorder(daemon)
        quiet = recorder.run(20)
        redis.pause()
        broken = recorder.run(90)
        redis.resume()
        recorder.write("redis_frozen", {quiet: [], broken: ["NotReady", "RedisUnavailable"], recorder.run(30): []})
    finally:
        redis.resume()
        if daemon:
            daemon.stop()
        redis.stop()


def bad_records(folder):
    """Thirty records that are no session events, among good ones."""
    daemon = Daemon(folder)
    try:
        recorder = Recorder(daemon)
        quiet = recorder.run(20)
        kafka = Kafka(daemon.status()["kafka"]["brokers"][0])
        kafka.produce("numproof.sessions", [(f"session-{n}", "no event") for n in range(30)])
        recorder.write("bad_records", {quiet: [], recorder.run(30): ["DLQBurst"]})
    finally:
        daemon.stop()


def main():
    recordings.FOLDER.mkdir(exist_ok=True)
    for fault in (redis_frozen, bad_records):
        if not sys.argv[1:] or fault.__name__ in sys.argv[1:]:
            with tempfile.TemporaryDirectory() as folder:
                fault(folder)
            print(fault.__name__, "is recorded")


if __name__ == "__main__":
    main()
