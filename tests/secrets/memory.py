# SPDX-License-Identifier: Apache-2.0
"""The memory of a running process, as a debugger with root's rights would write it into a core file."""

import collections

PIECE = 1 << 20


class Region:
    """One mapping, read like a file."""

    def __init__(self, memory, begin, end):
        self.memory, self.at, self.end = memory, begin, end

    def read(self, size):
        size = min(size, PIECE, self.end - self.at)
        if size <= 0:
            return b""
        self.memory.seek(self.at)
        try:
            octets = self.memory.read(size)
        except OSError:
            return b""
        self.at += len(octets)
        return octets


def search(finder, pid):
    """(hits, octets looked at) in all that `pid` can read of its own memory, but the programs themselves."""
    hits, looked_at = [], 0
    with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
        lines = file.read().splitlines()
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in lines:
            span, rights, _, _, inode, *name = line.split(maxsplit=5)
            if rights[0] != "r" or inode != "0" or name[:1] in (["[vvar]"], ["[vsyscall]"]):
                continue
            begin, end = (int(part, 16) for part in span.split("-"))
            hits += finder.search(name[0] if name else "anonymous memory", Region(memory, begin, end))
            looked_at += end - begin
    return hits, looked_at


def summary(marks, hits):
    """Of each kind, how many values there were and how many are still there: for people."""
    all_of, found = collections.Counter(m.kind for m in marks), collections.Counter()
    for mark in {hit.mark for hit in hits}:
        found[mark.kind] += 1
    return ", ".join(f"{kind} {found[kind]} of {count}" for kind, count in sorted(all_of.items()))
