# SPDX-License-Identifier: Apache-2.0
"""Calls promtool, which Debian's package `prometheus` has; and reads what Numproof gives and documents."""

import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "packaging/prometheus/numproof.rules.yml"
DASHBOARDS = sorted((ROOT / "packaging/grafana").glob("*.json"))
METRIC = re.compile(r"\b(?:numproof|process)_[a-z0-9_]+")
OF_HISTOGRAM = re.compile(r"_(?:bucket|sum|count)$")


def promtool(*words):
    """What it says, and whether all is well."""
    done = subprocess.run(["promtool", *map(str, words)], capture_output=True, text=True, timeout=300)
    return done.returncode == 0, done.stdout + done.stderr


def test_rules(tests, folder, evaluation="30s"):
    """Runs `tests` (of `promtool test rules`) on our rules."""
    path = pathlib.Path(folder) / "tests.yml"
    # JSON is YAML.
    path.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": evaluation, "tests": tests}))
    return promtool("test", "rules", path)


def firing(time, names, job):
    """At `time`, exactly these alerts fire for `job`."""
    expression = f'group by (alertname) (ALERTS{{alertstate="firing",job="{job}"}})'
    return {"expr": expression, "eval_time": time,
            "exp_samples": [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(set(names))]}


def documented():
    """The rows of docs/metrics.md: {name: (type, {label: [values]}, meaning)}."""
    rows = {}
    for line in (ROOT / "docs/metrics.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.split(" | ")]
        if not line.startswith("| `") or len(cells) != 5:
            continue
        labels = {}
        for part in filter(None, cells[3].split("; ")):
            name, _, values = part.partition(":")
            labels[name.strip("`")] = [value.strip() for value in values.split(",") if value]
        rows[cells[0].strip("|` ")] = (cells[1], labels, cells[4].rstrip("| "))
    return rows


def metrics_in(expression):
    """Names of metrics that `expression` reads; a histogram by its own name."""
    without_texts = re.sub(r'"[^"]*"', '""', expression)
    known = documented()
    names = set()
    for name in METRIC.findall(without_texts):
        family = OF_HISTOGRAM.sub("", name)
        names.add(family if known.get(family, ("",))[0] == "histogram" else name)
    return names


def expressions_of(dashboard):
    """(panel's title, expression) of everything that a dashboard asks for."""
    found = []

    def walk(panels):
        for panel in panels:
            found.extend((panel["title"], target["expr"]) for target in panel.get("targets", []))
            walk(panel.get("panels", []))

    walk(dashboard["panels"])
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            asked = re.fullmatch(r"label_values\((.+), *\w+\)", variable["definition"])
            found.append((variable["name"], asked.group(1)))
    return found
