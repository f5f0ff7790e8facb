# SPDX-License-Identifier: Apache-2.0
"""Runs CAMARA's feature files of one release against the built numproofd: run_features.py v1.1.0|v2.1.0

Every scenario must have been run, have sent its request and have passed. Then all are run again with
answers that were tampered with, and none may pass: so it is known that the steps look at them.
"""

import dataclasses
import hashlib
import pathlib
import re
import sys

from behave.configuration import Configuration
from behave.runner import Runner

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import errata  # noqa: E402
from stand import Stand  # noqa: E402


def unchanged(release):
    """CAMARA's files of `release`, if they are as they were released."""
    found = []
    for line in (HERE / "features/SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        path = HERE / "features" / name
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            sys.exit(f"{name} is not as it was released")
        found += [path] if name.startswith(release + "/") else []
    if not found or set(found) != set((HERE / "features" / release).glob("*.feature")):
        sys.exit(f"SHA256SUMS does not name the files of {release}")
    return found


def count_scenarios(paths):
    """How many there are to run, counted in the text: an outline counts once for each of its examples."""
    count = 0
    for path in paths:
        lines = [line.strip() for line in path.read_text().splitlines()]
        count += sum(1 for line in lines if line.startswith("Scenario:"))
        tables = [line.startswith("|") for line in lines]
        count += sum(tables) - sum(1 for before, now in zip(tables, tables[1:]) if now and not before)
    return count


def status_is_another(answer):
    return dataclasses.replace(answer, status=answer.status + 1)


def body_is_another(answer):
    """Of the same form, with another meaning: every value is changed and every field is there."""
    changed = answer.body.replace(b"true", b"no").replace(b"false", b"true").replace(b"no", b"false")
    changed = re.sub(rb'"code":"', b'"code":"X_', re.sub(rb'"\+34', b'"+44', changed))
    return dataclasses.replace(answer, body=changed)


def correlator_is_another(answer):
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "x-correlator"}
    return dataclasses.replace(answer, headers={**headers, "x-correlator": "another"})


def run(paths, stand, distort, quiet):
    """(every scenario that was run, errata that were applied)."""
    arguments = ["--no-color", "--no-snippets", "--no-capture", "--no-logcapture",
                 *(["--no-summary", "--format", "null"] if quiet else ["--format", "progress3"]), *map(str, paths)]
    config = Configuration(arguments, load_config=False)
    config.userdata.update({"stand": stand, "distort": distort, "applied": []})
    runner = Runner(config)
    runner.run()
    scenarios = [scenario for feature in runner.features for scenario in feature.walk_scenarios()]
    return scenarios, list(config.userdata["applied"])


def is_good(scenario):
    """Passed, with every step run, and with an answer that was looked at."""
    return (scenario.status.name == "passed" and getattr(scenario, "asked_for_an_answer", False)
            and all(step.status.name == "passed" for step in scenario.all_steps))


def judge(release, paths, stand):
    scenarios, applied = run(paths, stand, lambda answer: answer, quiet=False)
    expected = count_scenarios(paths)
    bad = [scenario for scenario in scenarios if not is_good(scenario)]
    with_errata = [s for s in scenarios if getattr(s, "errata", None) or getattr(s.feature, "errata", None)]
    for erratum in applied:
        print(f"  erratum: {erratum.feature}… {erratum.where}\n    {erratum.was}\n    → "
              + "\n      ".join(erratum.now) + f"\n    because {erratum.why}")
    unused = [e.where for e in errata.ERRATA if e.release == release and e not in applied]
    print(f"{release}: {expected} scenarios; {len(scenarios) - len(bad)} passed, {len(with_errata)} of them with an "
          f"erratum; 0 left out; {len(bad)} failed")
    for scenario in bad:
        print(f"  {scenario.status.name}: {scenario.name}")
    problems = [f"{len(scenarios)} were run of {expected}"] if len(scenarios) != expected else []
    problems += [f"an erratum fits nothing: {where}" for where in unused]
    return problems + (["not every scenario is good"] if bad else [])


def judge_steps(paths, stand):
    """With false answers scenarios must fail: all by the status, and all that look at a value by the value."""
    problems = []
    for distort, looks in (
            (status_is_another, "response status code"),
            (body_is_another, '(true|false|PHONENUMBER1|access token|"[A-Z_.]+")$'),
            (correlator_is_another, '"x-correlator" has same value')):
        scenarios, _ = run(paths, stand, distort, quiet=True)
        due = [s for s in scenarios if any(re.search(looks, step.name) and step.name.startswith("the response")
                                           for step in s.all_steps)]
        blind = [scenario.name for scenario in due if scenario.status.name != "failed"]
        print(f"  {distort.__name__}: {len(due) - len(blind)} of {len(due)} scenarios noticed")
        problems += [f"{distort.__name__} went unnoticed in {name}" for name in blind] + ([] if due else ["none due"])
    return problems


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    paths = unchanged(sys.argv[1])
    stand = Stand()
    try:
        problems = judge(sys.argv[1], paths, stand) + judge_steps(paths, stand)
    finally:
        stand.close()
    print("\n".join(problems) or "all is well")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
