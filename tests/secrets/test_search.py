# SPDX-License-Identifier: Apache-2.0
"""A search that cannot find proves nothing: each form of each kind of value is hidden, and found."""

import base64
import hashlib
import io
import os
import tempfile
import unittest

import marks
import search

MARKS = [
    marks.number("a number")[0],
    marks.imsi("an IMSI")[0],
    marks.random_text("a password", "secret")[0],
    marks.token("a token", "token",
                "a0f" + base64.urlsafe_b64encode(os.urandom(32)).decode()[:43] + "tagtagtaAuthenticato"),
    marks.key("a key", os.urandom(32)),
]


class Pieces(io.RawIOBase):
    """A stream that gives a few octets at a time."""

    def __init__(self, octets, size):
        super().__init__()
        self.octets, self.size, self.at = octets, size, 0

    def read(self, _=-1):
        piece = self.octets[self.at:self.at + self.size]
        self.at += len(piece)
        return piece


class Finding(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.finder = search.Finder(MARKS)

    def test_each_form_is_found_at_every_place(self):
        for mark in MARKS:
            for form, octets in marks.forms(mark):
                for before in range(4):
                    hidden = b"\xee" * (40 + before) + octets + b"\xee" * 9
                    found = self.finder.search_bytes("here", hidden)
                    with self.subTest(mark=mark.name, form=form, before=before):
                        self.assertIn(("here", 40 + before, mark, form), found)

    def test_a_value_is_found_across_the_pieces_of_a_stream(self):
        number = MARKS[0].values[0].encode()
        for size in (4, 5, 7, 64, 4096):
            found = self.finder.search("here", Pieces(b"." * 4090 + number + b"." * 300, size))
            self.assertIn(4090, [hit.offset for hit in found if hit.form == "plain"], size)

    def test_a_value_is_found_across_chunks_of_a_large_file(self):
        number = MARKS[0].values[0].encode()
        for at in (search.CHUNK - 9, 2 * search.CHUNK - 1, 3 * search.CHUNK):
            octets = bytearray(4 * search.CHUNK)
            octets[at:at + len(number)] = number
            with tempfile.NamedTemporaryFile() as file:
                file.write(octets)
                file.flush()
                plain = [hit for hit in self.finder.search_file(file.name) if hit.form == "plain"]
            self.assertEqual([(hit.offset, hit.mark) for hit in plain], [(at, MARKS[0])])

    def test_values_side_by_side_and_within_each_other_are_all_found(self):
        both = MARKS[0].values[0] + MARKS[1].values[0]
        self.assertEqual(search.marks_in(self.finder.search_bytes("here", both.encode())), set(MARKS[:2]))

    def test_where_nothing_is_nothing_is_found(self):
        self.assertEqual(self.finder.search_bytes("here", os.urandom(1 << 20) + b"0123456789abcdef" * 999), [])

    def test_files_and_their_names_are_searched_but_what_is_left_out(self):
        number = MARKS[0].values[0]
        with tempfile.TemporaryDirectory() as folder:
            for name in ("in", "out"):
                os.mkdir(f"{folder}/{name}")
                with open(f"{folder}/{name}/file", "w", encoding="ascii") as file:
                    file.write(number)
            open(f"{folder}/in/{number}", "w", encoding="ascii").close()
            found = self.finder.search_tree(folder, skip=[search.pathlib.Path(folder) / "out"])
        places = {hit.where for hit in found}
        self.assertEqual(places, {f"{folder}/in/file", "the name of a file"})

    def test_what_is_told_holds_no_value(self):
        everything = b"\xee".join(octets for mark in MARKS for _, octets in marks.forms(mark))
        hits = self.finder.search_bytes("here", everything)
        self.assertGreater(len(hits), 100)
        told = "".join(search.tell(hits[i:i + 40]) for i in range(0, len(hits), 40))
        self.assertEqual(self.finder.search_bytes("told", told.encode()), [])


class Forms(unittest.TestCase):
    """Forms against what others make of the same value."""

    def of(self, mark):
        return {octets for _, octets in marks.forms(mark)}

    def test_hashes_that_clients_send(self):
        mark, number = marks.number("a number")
        for written in (number, number[1:]):
            digest = hashlib.sha256(written.encode())
            for form in (digest.digest(), digest.hexdigest().encode(), digest.hexdigest().upper().encode(),
                         base64.b64encode(digest.digest())[:42], base64.urlsafe_b64encode(digest.digest())[:42]):
                self.assertIn(form, self.of(mark))

    def test_an_imsi_as_3gpp_packs_it(self):
        # 310260987654321 as a TBCD-STRING (TS 29.002) and behind the type of a mobile identity (TS 24.008).
        mark = marks.Mark("an IMSI", "imsi", [marks.Number("310260987654321")])
        self.assertIn(bytes.fromhex("13200689674523"), self.of(mark))
        self.assertIn(bytes.fromhex("01629078563412"), self.of(mark))
        # With an even number of digits a filler comes last.
        self.assertIn(bytes.fromhex("016290785634f2"), self.of(marks.Mark("", "", [marks.Number("31026098765432")])))

    def test_base64_of_a_text_that_holds_the_value(self):
        mark, password = marks.random_text("a password", "secret")
        for before in ("", "c:", "cl:", "shop:", "client:"):
            encoded = base64.b64encode(f"{before}{password}:more".encode())
            self.assertTrue(any(form in encoded for form in self.of(mark)), before)


if __name__ == "__main__":
    unittest.main()
