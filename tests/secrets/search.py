# SPDX-License-Identifier: Apache-2.0
"""Looks for many values at once in anything that can be read, however large."""

import array
import collections
import io
import pathlib
import sys

from marks import SHORTEST, forms

WORD = 4
CHUNK = 1 << 20

Hit = collections.namedtuple("Hit", "where offset mark form")


def tell(hits):
    """Lines for people: what was found and where, never the value."""
    shown = [f"{h.where} at {h.offset}: {h.mark!r}, {h.form}" for h in hits[:40]]
    return "\n".join(shown + ([f"and {len(hits) - 40} more"] if len(hits) > 40 else []))


class Finder:
    """Every aligned word of what is read is looked up among the words that the patterns hold.

    A pattern of seven octets or more covers an aligned word wherever it lies, and that word begins at one of
    its first four octets: so the words at these four places are all that has to be known of it.
    """

    def __init__(self, marks):
        assert SHORTEST >= 2 * WORD - 1
        self.patterns = collections.defaultdict(list)
        self.words = collections.defaultdict(set)
        for mark in marks:
            self.add(mark)

    def add(self, mark):
        for form, octets in forms(mark):
            self.patterns[octets].append((mark, form))
            for place in range(WORD):
                word = int.from_bytes(octets[place:place + WORD], sys.byteorder)
                self.words[word].add((octets, place))

    def search(self, where, stream):
        """All hits in a binary stream, in their order."""
        longest = max(map(len, self.patterns), default=0)
        overlap = (longest + WORD - 1) // WORD * WORD
        found, base, buffer = set(), 0, b""
        while piece := stream.read(CHUNK):
            buffer += piece
            found |= {(base + at, octets) for at, octets in self.in_buffer(buffer)}
            dropped = max(0, len(buffer) - overlap) // WORD * WORD
            base, buffer = base + dropped, buffer[dropped:]
        return [Hit(where, at, mark, form) for at, octets in sorted(found) for mark, form in self.patterns[octets]]

    def in_buffer(self, buffer):
        if not buffer.strip(b"\0"):
            return
        words = array.array("I", buffer[:len(buffer) // WORD * WORD])
        assert words.itemsize == WORD
        if self.words.keys().isdisjoint(words):
            return
        for index, word in enumerate(words):
            for octets, place in self.words.get(word, ()):
                at = index * WORD - place
                if at >= 0 and buffer.startswith(octets, at):
                    yield at, octets

    def search_bytes(self, where, octets):
        return self.search(where, io.BytesIO(octets))

    def search_file(self, path):
        with open(path, "rb") as stream:
            return self.search(str(path), stream)

    def search_tree(self, folder, skip=()):
        """All files below `folder`, their names too, but those below a path of `skip`."""
        hits = []
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if any(path == one or one in path.parents for one in skip):
                continue
            hits += self.search_bytes("the name of a file", str(path).encode())
            if path.is_file():
                hits += self.search_file(path)
        return hits


def marks_in(hits):
    return {hit.mark for hit in hits}
