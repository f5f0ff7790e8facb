#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the built programs: verify, ingest, rebuild, sign-in, memory. docs/performance.md says what is measured and how."""

import argparse
import os
import pathlib
import resource
import sys
import tempfile

import host
import ingest
import memory
import rebuild
import sign_in
import verify

BENCHES = {"verify": verify.main, "ingest": ingest.main, "rebuild": rebuild.main, "sign-in": sign_in.main,
           "memory": memory.main}


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHES)}; all of them if none is named")
    parser.add_argument("--quick", action="store_true", help="one short round: shows that it runs, not how fast")
    parser.add_argument("--rounds", type=int, default=3, help="medians are taken over them (default 3)")
    parser.add_argument("--seconds", type=int, default=3, help="length of one run (default 3)")
    parser.add_argument("--connections", type=numbers, default=[1, 8, 64, 512], help="default 1,8,64,512")
    parser.add_argument("--events", type=int, default=300_000, help="session events of ingest (default 300000)")
    parser.add_argument("--sessions", type=numbers, default=[100_000, 1_000_000], help="of memory, the first of rebuild; default 100000,1000000")
    parser.add_argument("--only", type=lambda text: text.split(","), help="contenders of verify, by name")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.events = 1, 1, min(options.events, 50_000)
        options.sessions = [50_000]
    if unknown := set(options.names) - set(BENCHES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    if unknown := set(options.only or ()) - set(verify.NAMES):
        parser.error(f"no such contender: {', '.join(sorted(unknown))}; there are: {', '.join(verify.NAMES)}")
    if min(options.rounds, options.seconds, options.events, *options.connections) < 1:
        parser.error("rounds, seconds, events and connections are at least 1")
    return options


def numbers(text):
    return [int(word) for word in text.split(",")]


def main():
    options = arguments()
    if (os.cpu_count() or 1) < 2:
        sys.exit("bench: server and load need a core each")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, most), most))
    host.end_on_signals()
    host.OUT.mkdir(parents=True, exist_ok=True)
    for name in options.names or BENCHES:
        print(f"\n{name}\n")
        # On the disk of the build, because the spool's fdatasync is part of what is measured.
        with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=host.OUT) as folder:
            BENCHES[name](pathlib.Path(folder), options)


if __name__ == "__main__":
    main()
