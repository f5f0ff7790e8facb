# SPDX-License-Identifier: Apache-2.0
"""Tables for people, JSON for programs, and goals that are reached or missed."""

import json
import statistics
import sys
import time

import host


def median(reports, field):
    values = [report[field] for report in reports if report.get(field) is not None]
    return statistics.median(values) if values else None


def shown(value, digits=0):
    if value is None:
        return "–"
    return f"{value:,.{digits}f}" if isinstance(value, (int, float)) else str(value)


def progress(text):
    """Where a long run is, for whoever watches; an empty text takes it away."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text:78}" + ("" if text else "\r"))
        sys.stderr.flush()


def table(head, rows):
    """Prints rows of texts, the first column to the left, the others to the right."""
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for number, line in enumerate(lines):
        cells = [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))]
        print("  ".join(cells).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def goal(text, value, bound, unit="", at_least=False):
    """One line and one record on something that was to be reached; at least or at most `bound`."""
    reached = value is not None and (value >= bound if at_least else value <= bound)
    sign = "≥" if at_least else "≤"
    return {"goal": text, "value": value, "bound": bound, "unit": unit, "sign": sign, "reached": reached}


def print_goals(goals):
    print()
    for one in goals:
        word = "reached" if one["reached"] else "MISSED"
        print(f"{word:8} {one['goal']}: {shown(one['value'], 2)}{one['unit']} "
              f"({one['sign']} {shown(one['bound'], 2)}{one['unit']})")


def write(name, machine, **parts):
    """build/bench/NAME.json"""
    host.OUT.mkdir(parents=True, exist_ok=True)
    path = host.OUT / f"{name}.json"
    whole = {"name": name, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": machine, **parts}
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
    print(f"\n{machine['cores']} × {machine['cpu']}, load {machine['load_before']} before; "
          f"a small append is on the disk after {machine['fdatasync_us']} µs (median)\n{path.relative_to(host.ROOT)}")
