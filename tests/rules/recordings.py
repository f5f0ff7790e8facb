# SPDX-License-Identifier: Apache-2.0
"""Samples of /metrics that were recorded while something was really broken, and what has to fire on them.

A file has a first line of JSON (name, step in seconds between scrapes, firing: by time), then a series, a tab and its
values a line, `_` where the scrape failed. record.py makes them."""

import json
import pathlib
import re

FOLDER = pathlib.Path(__file__).parent / "recordings"
TARGET = 'job="numproof",instance="np1:9092"'
UP = f"up{{{TARGET}}}"
CLOCK = f"numproof_clock_seconds{{{TARGET}}}"


class Recording:
    def __init__(self, path):
        first, *lines = path.read_text().splitlines()
        said = json.loads(first)
        self.name, self.step, self.firing = said["name"], said["step"], said["firing"]
        self.rows = dict(line.rsplit("\t", 1) for line in lines)

    def series(self):
        return [{"series": name, "values": values} for name, values in self.rows.items()]


def load_all():
    return [Recording(path) for path in sorted(FOLDER.glob("*.txt"))]


def parse(exposition):
    """The samples of a scrape as {series with job and instance: value}."""
    samples = {}
    for line in exposition.splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if found:
            name, labels, value = found.groups()
            labels = ",".join(filter(None, [TARGET, labels]))
            samples[f"{name}{{{labels}}}"] = value
    return samples


def family_of(name):
    """A histogram's series count for its own name."""
    return re.sub(r"_(?:bucket|sum|count)$", "", name.split("{")[0])
