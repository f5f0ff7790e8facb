# SPDX-License-Identifier: Apache-2.0
"""What GCC 12 miscompiles in coroutines (daemon/base/task.h): it ends some temporaries twice."""
import re

CLOSURE = re.compile(r"[(,=]\s*\[[^\]]+\]\s*[({]")
BRACES = re.compile(r"[(,]\s*\{|\{\s*\.")
# Types without anything to end, or with a constructor of their own, which it handles well.
BRACED_TYPE = re.compile(r"\b(?!(?:Milliseconds|seconds|milliseconds)\{)\w+\{[^}]")
CHOICE = re.compile(r"\?[^;{}]*$")


def expression_after(text, begin):
    """From `begin` to the end of the statement, or of what is in brackets around it."""
    depth = 0
    for end in range(begin, len(text)):
        if text[end] in "([{":
            depth += 1
        elif text[end] in ")]}":
            depth -= 1
            if depth < 0:
                return text[begin:end]
        elif text[end] == ";" and depth == 0:
            return text[begin:end]
    return text[begin:]


def unsafe_awaits(text):
    """(line, what is wrong) for each co_await of `text`, which has no comments and no strings any more."""
    found = []
    for match in re.finditer(r"\bco_await\b", text):
        awaited = expression_after(text, match.end())
        line = text.count("\n", 0, match.start()) + 1
        if CLOSURE.search(awaited):
            found.append((line, "a closure that is made inside co_await is ended twice: name it first"))
        elif BRACES.search(awaited) or BRACED_TYPE.search(awaited):
            found.append((line, "an aggregate that is made inside co_await is ended twice: name it first"))
        elif CHOICE.search(text[:match.start()]):
            found.append((line, "co_await inside ?: is miscompiled: write an if"))
    return found
