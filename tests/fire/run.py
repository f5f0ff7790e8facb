#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults under load, judged from the recorded history: numproofd, a real Redis and a real Kafka.

    run.py [--long] [--seed N] [--only NAME]... [--list] [--keep]

One line a scenario: what was done, calls, answers, audit events, violations. The folder of a scenario that
failed stays, with its logs and history.
"""

import argparse
import collections
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import checker  # noqa: E402
import scenarios  # noqa: E402
import test_crashes  # noqa: E402
from ground import Ground  # noqa: E402
from harness import BIN  # noqa: E402
from lanes import KafkaBehindProxies  # noqa: E402

SHOWN = 12


def can_mount():
    with tempfile.TemporaryDirectory() as place:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "probe", place], capture_output=True).returncode:
            return False
        subprocess.run(["umount", place], check=True)
        return True


def with_mounts():
    """Again in a mount namespace of our own, where everybody may mount; or not at all, never with less."""
    if can_mount():
        return
    if os.environ.get("NUMPROOF_FIRE_NAMESPACE"):
        sys.exit("run.py: no file system can be mounted here, so that a full disk cannot be shown")
    os.environ["NUMPROOF_FIRE_NAMESPACE"] = "1"
    os.execvp("unshare", ["unshare", "--map-root-user", "--mount", sys.executable, *sys.argv])


def burn(name, scenario, arguments, folder, kafka):
    """Runs one scenario; gives its evidence and what is wrong with it."""
    if scenario.brokers:
        kafka = scenario.brokers(folder)
        try:
            return burn_on(name, scenario, arguments, folder, kafka)
        finally:
            kafka.stop()
    return burn_on(name, scenario, arguments, folder, kafka)


def burn_on(name, scenario, arguments, folder, kafka):
    disk = test_crashes.FullDisk(folder) if scenario.disk else None
    ground = Ground(folder, kafka, f"{arguments.seed}-{name}", spools=disk and disk.spools, through=scenario.through,
                    group=scenario.group)
    ground.disk, ground.dice = disk, test_crashes.dice_of(arguments.seed, name)
    try:
        ground.ignite()
        ground.burn(1)
        crashes = scenario.do(ground, arguments.long)
        evidence = ground.finish(crashes)
        return evidence, checker.violations(evidence)
    finally:
        ground.put_out()
        if disk:
            disk.close()


def line_of(name, scenario, seconds, evidence, found):
    text = f"{name:34} {seconds:5.1f} s  "
    if evidence:
        statuses = collections.Counter(str(c.status or "none") for c in evidence.calls)
        shown = " ".join(f"{status}:{n}" for status, n in sorted(statuses.items()))
        slowest = max((r.seconds or 99 for r in evidence.recoveries), default=0)
        deaths = sum(life.status == -9 for life in evidence.lives)
        text += (f"{len(evidence.calls)} calls ({shown}), {len(evidence.published)} session events, "
                 f"{len(evidence.audit)} audit events, {deaths} deaths, ready after {slowest:.1f} s, ")
    return text + f"{len(found)} violations"


def run_one(name, scenario, arguments, kafka):
    folder = tempfile.mkdtemp(prefix=f"numproof-fire-{name}-")
    began, evidence, failed = time.monotonic(), None, []
    try:
        evidence, failed = burn(name, scenario, arguments, folder, kafka)
    except Exception as error:  # Whatever it is: the others are still to be run.
        pathlib.Path(folder, "failure.txt").write_text(traceback.format_exc())
        failed = [f"could not be carried out: {error!r}"[:1500]]
    print(line_of(name, scenario, time.monotonic() - began, evidence, failed), flush=True)
    for text in failed[:SHOWN]:
        print(f"    {text}")
    if failed or arguments.keep:
        pathlib.Path(folder, "violations.txt").write_text("\n".join(failed) + "\n")
        print(f"    see {folder}", flush=True)
    else:
        shutil.rmtree(folder)
    return not failed


def chosen_of(arguments, parser):
    chosen = scenarios.long() if arguments.long else scenarios.short()
    if arguments.only:
        known = {**scenarios.short(), **scenarios.long(), **scenarios.each()}
        unknown = set(arguments.only) - set(known)
        if unknown:
            parser.error(f"no scenario {', '.join(unknown)}; there are: {', '.join(known)}")
        chosen = {name: known[name] for name in arguments.only}
    return chosen


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true", help="each failpoint alone, more kills, longer outages")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", action="append", metavar="NAME", help="may be repeated")
    parser.add_argument("--list", action="store_true", help="what there is, with about how many seconds it takes")
    parser.add_argument("--keep", action="store_true", help="keep all folders")
    arguments = parser.parse_args()
    chosen = chosen_of(arguments, parser)
    if arguments.list:
        for name, scenario in chosen.items():
            print(f"{name:34} {scenario.seconds:4} s  {scenario.about}")
        print(f"{len(chosen)} scenarios, about {sum(s.seconds for s in chosen.values()) / 60:.1f} minutes")
        return 0
    if b"NUMPROOF_FAILPOINT" not in (BIN / "numproofd").read_bytes():
        sys.exit(f"{BIN}/numproofd is built without failpoints: cmake --preset release -DNUMPROOF_TESTS=ON; "
                 "ninja -C build/release numproofd")
    with_mounts()
    if arguments.seed is None:
        arguments.seed = time.time_ns() % 1_000_000
    print(f"seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="numproof-fire-") as folder:
        kafka = KafkaBehindProxies(folder)
        try:
            good = [run_one(name, scenario, arguments, kafka) for name, scenario in chosen.items()]
        finally:
            kafka.stop()
    print(f"{sum(good)} of {len(good)} scenarios without violations")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
