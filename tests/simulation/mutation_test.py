# SPDX-License-Identifier: Apache-2.0
"""Takes one rule out of the code and asks the simulator whether it notices.

    mutation_test.py PARTS.json RULE

Each mutation of the rule is made in a copy of its source file, compiled as the build compiles it, and linked in front
of the libraries, so that it stands in for the original. The simulator has to report a violation of that very rule.
"""
import json
import pathlib
import shlex
import subprocess
import sys

from mutations import MUTATIONS

SEED, EVENTS, WORLD_EVENTS = "1", "400000", "20000"


def mutated(parts, mutation, folder):
    """The changed copy of the mutation's source, or None when the list is out of date."""
    _, _, name, text, instead = mutation
    source = pathlib.Path(parts["source"], name)
    original = source.read_text() if source.is_file() else ""
    if original.count(text) != 1:
        print(f"mutations.py is out of date: {original.count(text)} times in {name}: {text}")
        return None
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / source.name
    changed = original.replace(text, instead)
    if not copy.is_file() or copy.read_text() != changed:
        copy.write_text(changed)
    return copy


def compile_command(parts, name):
    """How the build compiles the source called `name`, without its files."""
    source = str(pathlib.Path(parts["source"], name))
    for entry in json.loads(pathlib.Path(parts["build"], "compile_commands.json").read_text()):
        if entry["file"] == source:
            words = shlex.split(entry["command"])
            kept, skip = [], False
            for word in words:
                if not skip and word not in ("-o", "-c", source):
                    kept.append(word)
                skip = word in ("-o",)
            return kept
    raise SystemExit(f"{name} is not in compile_commands.json")


def build(parts, mutation, folder):
    """The simulator with the mutation in it; None when it cannot be built."""
    copy = mutated(parts, mutation, folder)
    if copy is None:
        return None
    program, item = folder / "np_simulation", folder / (copy.name + ".o")
    compile_it = compile_command(parts, mutation[2]) + ["-w", "-c", str(copy), "-o", str(item)]
    link_it = [parts["compiler"], *parts["link_flags"], "-o", str(program), *parts["objects"], str(item),
               "-Wl,--start-group", *parts["libraries"], "-Wl,--end-group", *parts["shared"]]
    for command in (compile_it, link_it):
        done = subprocess.run(command, cwd=parts["build"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print("cannot be built:", done.stderr[:4000])
            return None
    return program


def is_noticed(program, rule):
    """Whether the simulator says that `rule` is broken."""
    command = [str(program), "--seed", SEED, "--events", EVENTS, "--world-events", WORLD_EVENTS, "--until", rule]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in done.stdout.splitlines() if line.startswith(("violated:", "VIOLATION " + rule))]
    print("\n".join("    " + line for line in said[:12]) or "    nothing was noticed: " + done.stdout[-300:])
    return any(line.startswith(f"violated: {rule} ") for line in said)


def main():
    parts, rule = json.loads(pathlib.Path(sys.argv[1]).read_text()), sys.argv[2]
    survived = 0
    mutations = [mutation for mutation in MUTATIONS if mutation[0] == rule]
    for number, mutation in enumerate(mutations):
        print(f"{rule}: {mutation[1]} ({mutation[2]})", flush=True)
        folder = pathlib.Path(parts["build"], "mutations", f"{rule}-{number}")
        program = build(parts, mutation, folder)
        noticed = program is not None and is_noticed(program, rule)
        survived += not noticed
        print(f"    {'noticed' if noticed else 'NOT NOTICED'}", flush=True)
        if program is not None:
            program.unlink()
    return 1 if survived or not mutations else 0


if __name__ == "__main__":
    sys.exit(main())
