# SPDX-License-Identifier: Apache-2.0
"""Seeded requests made from the documents that the daemon serves: each gets the answer that it must get.

NUMPROOF_SEED and NUMPROOF_REQUESTS (2000) choose which and how many. `harness.call` sees to it that each
answer keeps its contract; here it is the status, Orange's code, and that nothing invalid is answered 200.
"""

import collections
import os
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "tests/conformance")]

from contracts import is_good_question  # noqa: E402
from harness import Daemon, call, folder  # noqa: E402
from messages import Request  # noqa: E402
from openapi import Document, document  # noqa: E402
from request_maker import GOOD, MADE_UP, USED, RequestMaker, text_of  # noqa: E402

SEED = int(os.environ.get("NUMPROOF_SEED", "20261122"))
REQUESTS = int(os.environ.get("NUMPROOF_REQUESTS", "2000"))
CONTRACTS = ("v0", "v1", "v2")
PHONE = "127.0.10.1"


class Generator(unittest.TestCase):
    def test_it_repeats_itself_and_keeps_to_the_patterns(self):
        for contract in CONTRACTS:
            makers = [RequestMaker(contract, document(contract), 7) for _ in range(2)]
            self.assertEqual([makers[0].make() for _ in range(50)], [makers[1].make() for _ in range(50)])
            schema = document(contract).schema("NumberVerificationRequestBody")
            for _ in range(200):
                question = makers[0].question()
                self.assertEqual(document(contract).problems(schema, question), [])
                self.assertTrue(is_good_question(question), question)

    def test_what_it_calls_wrong_is_wrong(self):
        """Judged by the contract's own eyes, and none of the kinds of mistakes is missing."""
        maker, seen = RequestMaker("v2", document("v2"), SEED), collections.Counter()
        for _ in range(3000):
            made = maker.make()
            seen[made.status, made.orange] += 1
            self.assertEqual(made.status == 200, not made.story, made)
            if made.status == 400 and made.orange in (21, 22, 23, 24):
                self.assertFalse(self.is_good(made), made)
        for pair in ((200, None), (204, None), (400, 21), (400, 22), (400, 23), (400, 24), (400, 26), (401, 40),
                     (401, 41), (404, 60), (405, 61), (413, 66), (415, 68)):
            self.assertGreaterEqual(seen[pair], 10, seen)

    def is_good(self, made):
        try:
            body = Request(made.method, made.path, made.headers, made.body).json()
        except ValueError:
            return False
        name = next(iter(body), None) if isinstance(body, dict) else None
        # Without a plus a number is only good for clients that are allowed to leave it out.
        return is_good_question(body) and (name != "phoneNumber" or body[name].startswith("+"))

    def test_patterns_of_other_kinds_are_refused_instead_of_guessed(self):
        with self.assertRaises(NotImplementedError):
            text_of("a|b(?=c)", RequestMaker("v2", document("v2"), 1).chance)


class Served(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = folder()
        cls.np = Daemon(cls.folder.name, settings={
            "http.rate_limits": {"per_client": None, "authorize_per_subscriber": None}})
        cls.unused = []

    @classmethod
    def tearDownClass(cls):
        cls.np.kill()
        cls.folder.cleanup()

    def served(self, contract):
        return call(self.np.admin, "GET", f"/openapi/{contract}.yaml").body.decode()

    def test_the_documents_that_are_served_are_those_of_the_repository(self):
        for contract in CONTRACTS:
            self.assertEqual(self.served(contract), (ROOT / f"api/openapi/{contract}.yaml").read_text())

    def bearer(self, kind):
        if kind == MADE_UP:
            return self.used[:-3] + ("AAA" if not self.used.endswith("AAA") else "BBB")
        if kind == USED:
            return self.used
        if not self.unused:
            self.unused.append(self.np.sign_in(PHONE))
        return self.unused[-1]

    def send(self, made):
        headers = dict(made.headers)
        if made.token is not None:
            headers["Authorization"] = f"Bearer {self.bearer(made.token)}"
        return call(self.np.port, made.method, f"/number-verification/{made.contract}{made.path}", headers, made.body)

    def judge(self, number, made, answer):
        told = f"seed {SEED}, request {number}: {made}: {answer}"
        self.assertLess(answer.status, 500, told)
        self.assertEqual(answer.status, made.status, told)
        if made.contract == "v0" and made.orange and made.method != "HEAD":
            self.assertEqual(answer.json()["code"], made.orange, told)
        if answer.status == 200:
            self.assertEqual(made.token, GOOD, told)
            self.unused.pop()

    def test_each_request_gets_what_it_deserves(self):
        type(self).used = self.np.sign_in(PHONE)
        self.assertEqual(self.np.share(self.used).status, 200)
        makers = [RequestMaker(c, Document(self.served(c)), f"{SEED} {c}") for c in CONTRACTS]
        seen = collections.Counter()
        for number in range(REQUESTS):
            made = makers[number % len(makers)].make()
            answer = self.send(made)
            self.judge(number, made, answer)
            seen[answer.status] += 1
        print(f"seed {SEED}: {REQUESTS} requests: {dict(sorted(seen.items()))}")
        self.assertGreater(seen[200], REQUESTS // 10)
        self.assertGreater(seen[400], REQUESTS // 10)


if __name__ == "__main__":
    unittest.main()
