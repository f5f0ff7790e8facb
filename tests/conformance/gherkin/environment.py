# SPDX-License-Identifier: Apache-2.0
"""What behave calls around features and scenarios; run_features.py starts it."""

import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parent / "steps")]

from behave.model import Step  # noqa: E402

import errata  # noqa: E402
import visit  # noqa: E402


def before_all(context):
    context.stand = context.config.userdata["stand"]


def before_feature(context, feature):
    """Puts the errata in the place of the steps that they correct."""
    name, release = pathlib.Path(feature.filename).name, pathlib.Path(feature.filename).parent.name
    context.release = release
    correct(feature.background.steps, errata.fitting(release, name, {errata.BACKGROUND}), feature, context)
    for scenario in feature.walk_scenarios():
        mine = errata.fitting(release, name, set(scenario.tags))
        correct(scenario.steps, mine, scenario, context)


def correct(steps, corrections, owner, context):
    owner.errata = []
    for erratum in corrections:
        for at, step in enumerate(steps):
            if step.name == erratum.was:
                steps[at:at + 1] = [
                    Step(step.filename, step.line, step.keyword, step.step_type, text) for text in erratum.now]
                owner.errata.append(erratum)
                context.config.userdata["applied"].append(erratum)
                break


def before_scenario(context, scenario):
    context.visit = visit.Visit(context.stand, context.release, context.config.userdata["distort"])


def after_scenario(context, scenario):
    context.stand.tidy()
    scenario.asked_for_an_answer = context.visit.sent
