# SPDX-License-Identifier: Apache-2.0
"""The rules for Prometheus and the dashboard for Grafana: well-formed, of metrics that there are, and the alerts fire
when they should and else not."""

import json
import pathlib
import re
import tempfile
import unittest

import yaml

import recordings
from cases import CASES, STEP, healthy
from promtool import DASHBOARDS, ROOT, RULES, documented, expressions_of, firing, metrics_in, promtool, test_rules

LABELS_OF_TARGETS = {"job", "instance", "le"}


def groups():
    return yaml.safe_load(RULES.read_text())["groups"]


def all_rules():
    return [rule for group in groups() for rule in group["rules"]]


def alerts():
    return [rule for rule in all_rules() if "alert" in rule]


def seconds(time):
    return sum(int(n) * {"s": 1, "m": 60, "h": 3600}[unit] for n, unit in re.findall(r"(\d+)([smh])", time))


def job_of(case):
    return f"case {CASES.index(case)}"


def input_of(case):
    """A job of its own for each case; x9999 stands for as many samples as anybody looks at."""
    count = max(seconds(time) for each in CASES for time in each.firing) // STEP + 10
    values = {**healthy(), **case.changed}
    return [{"series": name.replace('job="numproof"', f'job="{job_of(case)}"'),
             "values": str(text).replace("x9999", f"x{count}")} for name, text in values.items()]


class Rules(unittest.TestCase):
    def test_promtool_has_nothing_to_say(self):
        well, said = promtool("check", "rules", RULES)
        self.assertTrue(well and "SUCCESS" in said, said)

    def test_they_read_what_is_documented(self):
        known = set(documented())
        self.assertGreater(len(known), 60)
        for rule in all_rules():
            self.assertEqual(metrics_in(rule["expr"]) - known, set(), rule.get("alert", rule.get("record")))

    def test_labels_and_their_values_are_those_of_the_metric(self):
        known = documented()
        for text in [rule["expr"] for rule in all_rules()] + [e for d in DASHBOARDS for _, e in asked(d)]:
            for name, matchers in re.findall(r"\b((?:numproof|process)_\w+)\{([^}]*)\}", text):
                labels = known[re.sub("_(bucket|sum|count)$", "", name) if name not in known else name][1]
                for label, values in re.findall(r'(\w+)=~?"([^"]*)"', matchers):
                    if label in LABELS_OF_TARGETS:
                        continue
                    self.assertIn(label, labels, text)
                    for value in values.split("|") if labels[label] else []:
                        self.assertIn(value, labels[label], text)

    def test_recordings_are_used_or_shown(self):
        read = " ".join([rule["expr"] for rule in all_rules()] + [e for d in DASHBOARDS for _, e in asked(d)])
        for rule in all_rules():
            if "record" in rule:
                self.assertIn(rule["record"], read)

    def test_every_alert_says_what_it_is_and_where_to_read_on(self):
        headings = re.findall(r"^## (\w+)$", (ROOT / "docs/runbook.md").read_text(), re.M)
        for alert in alerts():
            with self.subTest(alert["alert"]):
                self.assertIn(alert["labels"]["severity"], ("page", "ticket"))
                self.assertTrue(alert["annotations"]["summary"])
                self.assertTrue(alert["annotations"]["description"])
                self.assertIn(alert["alert"], headings)
                anchor = alert["alert"].lower()
                self.assertEqual(alert["annotations"]["runbook_url"], f"docs/runbook.md#{anchor}")


class Firing(unittest.TestCase):
    def run_tests(self, tests, evaluation="30s"):
        with tempfile.TemporaryDirectory() as folder:
            well, said = test_rules(tests, folder, evaluation)
        self.assertTrue(well, said[-4000:])

    def test_each_alert_is_seen_to_fire_and_to_stay_quiet(self):
        fired = {name for case in CASES for names in case.firing.values() for name in names}
        self.assertEqual(fired, {alert["alert"] for alert in alerts()})
        self.assertTrue(any(not names for case in CASES for names in case.firing.values()))

    def test_the_cases(self):
        # All in one test: promtool takes long to make a store for each.
        self.run_tests([{"interval": f"{STEP}s", "input_series": [line for case in CASES for line in input_of(case)],
                         "promql_expr_test": [firing(time, names, job_of(case)) for case in CASES
                                              for time, names in case.firing.items()]}])

    def test_what_was_recorded_from_real_faults(self):
        found = recordings.load_all()
        self.assertTrue(found)
        for recording in found:
            test = {"interval": f"{recording.step}s", "input_series": recording.series(),
                    "promql_expr_test": [firing(time, names, "numproof")
                                         for time, names in recording.firing.items()]}
            with self.subTest(recording.name):
                self.run_tests([test], f"{recording.step}s")

    def test_a_wrong_expectation_is_noticed(self):
        test = {"interval": f"{STEP}s", "input_series": input_of(CASES[0]), 
                "promql_expr_test": [firing("1h", ["NotReady"], job_of(CASES[0]))]}
        with tempfile.TemporaryDirectory() as folder:
            well, said = test_rules([test], folder)
        self.assertFalse(well)
        self.assertIn("NotReady", said)


def asked(path):
    return expressions_of(json.loads(path.read_text()))


class Dashboards(unittest.TestCase):
    def test_each_expression_parses(self):
        self.assertTrue(DASHBOARDS)
        for path in DASHBOARDS:
            # As rules, Prometheus itself reads them. Grafana's own variables stand for a text and for a duration.
            rules = [{"record": f"shown:{n}", "expr": e.replace("$__rate_interval", "5m")}
                     for n, (_, e) in enumerate(asked(path))]
            self.assertGreater(len(rules), 20, path)
            with tempfile.TemporaryDirectory() as folder:
                file = pathlib.Path(folder) / "shown.yml"
                file.write_text(json.dumps({"groups": [{"name": "shown", "rules": rules}]}))
                well, said = promtool("check", "rules", file)
            self.assertTrue(well, said)

    def test_they_show_what_is_documented(self):
        known = set(documented())
        recorded = {rule["record"] for rule in all_rules() if "record" in rule}
        for path in DASHBOARDS:
            for title, expression in asked(path):
                with self.subTest(title):
                    read = metrics_in(expression)
                    self.assertEqual(read - known, set())
                    made = set(re.findall(r"\bnumproof:[\w:]+", expression))
                    self.assertLessEqual(made, recorded)
                    self.assertTrue(read | made)

    def test_panels_have_titles_units_and_a_place_of_their_own(self):
        for path in DASHBOARDS:
            dashboard = json.loads(path.read_text())
            panels = dashboard["panels"]
            self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
            taken = set()
            for panel in panels:
                self.assertTrue(panel["title"])
                place = panel["gridPos"]
                cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                         for y in range(place["y"], place["y"] + place["h"])}
                self.assertFalse(cells & taken, panel["title"])
                self.assertLessEqual(place["x"] + place["w"], 24)
                taken |= cells
                if panel["type"] != "row":
                    self.assertTrue(panel["description"], panel["title"])
                    self.assertIn("unit", panel["fieldConfig"]["defaults"], panel["title"])
                    self.assertTrue(panel["targets"], panel["title"])


class Sources(unittest.TestCase):
    """docs/metrics.md is made from the sources that the generator was shown: it has to be shown all."""

    def test_every_source_of_metrics_is_documented(self):
        shown = (ROOT / "tools/numproof_docs/every_metric.cc").read_text()
        classes = [name for folder in ("daemon", "adapters") for path in (ROOT / folder).rglob("*.h")
                   for name in re.findall(r"class (\w+)[^;{]*: public MetricSource", path.read_text())]
        self.assertGreater(len(classes), 8)
        for name in classes:
            self.assertRegex(shown, rf"\b{name}\b")


if __name__ == "__main__":
    unittest.main(verbosity=2)
