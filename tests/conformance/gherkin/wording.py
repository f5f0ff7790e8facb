# SPDX-License-Identifier: Apache-2.0
"""How a step is written down: a regular expression for the whole of its text."""

import json
import re

from behave import step, use_step_matcher
from stand import PHONES

ASSET = r"NUMBERVERIFY_(?:VERIFY_MATCH|SHARE)_PHONENUMBER(?:_HASHED)?\d?"


def whole(pattern):
    """Each file of steps begins with behave's own matcher again, so ours is named each time."""
    use_step_matcher("re")
    return step(pattern)


def phone(name):
    """The testing asset with that name; one without a number is the first."""
    return PHONES[re.search(r"\d?$", name).group() or "1"]


def asset(name):
    """Its value: the number, or the hash of the number."""
    return phone(name).digest() if "HASHED" in name else phone(name).number


def literal(text):
    return json.loads(text)
