# SPDX-License-Identifier: Apache-2.0
"""The manual as it is rendered and as it is written, and what the programs say of themselves."""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["NUMPROOF_BIN"])
MAN = ROOT / "packaging/man"
DOCS = ROOT / "docs"
PAGES = ("numproofd.8", "numproofctl.8", "numproof.yaml.5", "numproof-clients.5", "numproof-audit.5")


def rendered(page):
    """What `man` shows of the file, and what it complains of."""
    done = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", str(page)], capture_output=True, text=True, timeout=60,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "MANPAGER": "cat",
             "MAN_KEEP_FORMATTING": ""})
    if done.returncode != 0:
        raise AssertionError(f"man {page}: {done.returncode}: {done.stderr}")
    return re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout), done.stderr


def help_of(program, *words):
    done = subprocess.run([BIN / program, *words, "--help"], capture_output=True, text=True, timeout=30)
    if done.returncode != 0:
        raise AssertionError(f"{program} {words} --help: {done.returncode}: {done.stderr}")
    return done.stdout


def options_of(text):
    """The long options that a --help lists."""
    return set(re.findall(r"^ {2,8}(?:-\w, ?)?--([a-z][a-z-]+)", text, re.M))


def subcommands_of(text):
    parts = text.split("\nSubcommands:\n")
    return re.findall(r"^  ([a-z][a-z-]*)\b", parts[1].split("\n\n")[0], re.M) if len(parts) > 1 else []


def commands_of(program, *words):
    """Every command that can be given, as a tuple of words, with its --help."""
    text = help_of(program, *words)
    inner = subcommands_of(text)
    if not inner:
        return {words: text}
    found = {}
    for word in inner:
        found.update(commands_of(program, *words, word))
    return found


def exit_codes():
    """Numbers of daemon/app/exit_codes.h by name."""
    text = (ROOT / "daemon/app/exit_codes.h").read_text()
    return {name: int(number) for name, number in re.findall(r"^\s+kExit(\w+) = (\d+),", text, re.M)}
