# SPDX-License-Identifier: Apache-2.0
"""The checks of memory, descriptors, counters and readiness report what they are there to report."""

import unittest

import checker
import checker_machine
from forged import Forged
from history import Life, Probe, Size


class Bounds(Forged):
    def test_too_much_memory(self):
        self.e.sizes.append(Size("np2", 9, 101.0, checker_machine.RESIDENT_MAX + 1, 70))
        self.reports("memory: np2 (pid 9) took 128 MiB")

    def test_memory_that_goes_on_growing(self):
        for i, size in enumerate(self.e.sizes):
            size.resident += i * (6 << 20) if i > 10 else 0
        self.e.sizes[11].resident = 30 << 20
        self.reports("memory: np1 (pid 2) grew by 114 MiB", "memory: np1 (pid 2) took 144 MiB")

    def test_memory_of_another_life_does_not_count(self):
        self.e.sizes += [Size("np1", 3, 130.0 + i, 90 << 20, 70) for i in range(20)]
        self.assertEqual(self.found(), [])

    def test_too_many_descriptors(self):
        self.e.sizes[3].descriptors = checker_machine.DESCRIPTORS_MAX + 1
        self.reports("descriptors: np1 (pid 2) had 193 open")

    def test_nobody_measured(self):
        self.e.sizes = []
        self.assertIn("too little: no sizes", self.found())


class Counters(Forged):
    def setUp(self):
        super().setUp()
        self.e.counted[0].since = 109.0  # Now its life began before the first call.
        self.assertEqual(self.found(), [])

    def counters(self):
        return self.e.counted[0].counters

    def test_each_identity(self):
        broken = {
            "numproof_audit_delivered_total": "counters: np1: audit events: 14 and 15",
            "numproof_audit_spool_records": "counters: np1: audit events: 14 and 15",
            'numproof_http_requests_total{operation="token",code="200",outcome="answered"}':
                "counters: np1: requests by outcome: 12 and 11",
            'numproof_http_answers_total{listener="public",class="2xx"}':
                "counters: np1: requests and answers: 11 and 12",
            'numproof_verify_results_total{result="refused"}': "counters: np1: answers of the API: 5 and 6",
            'numproof_token_claims_total{result="claimed"}': "counters: np1: claims of tokens: 4 and 3",
            "numproof_auth_codes_issued_total": "counters: np1: authorization requests: 3 and 4",
            "numproof_auth_tokens_issued_total": "counters: np1: token requests: 3 and 4",
            "numproof_redis_connections_ready": "counters: np1: connections to Redis: 4 and 5",
        }
        for name, text in broken.items():
            with self.subTest(name):
                self.setUp()
                self.counters()[name] += 1
                self.reports(text)

    def test_a_claim_whose_audit_event_could_not_be_kept(self):
        self.counters()['numproof_token_claims_total{result="claimed"}'] += 1
        self.counters()["numproof_audit_denied_total"] += 1
        self.assertEqual(self.found(), [])

    def test_buckets_are_no_counters(self):
        self.assertFalse([name for name in self.counters() if "_bucket" in name])

    def test_calls_that_were_not_counted(self):
        self.e.calls.append(self.again_at(125.0, 200))
        self.e.calls[-1].kind = "token"
        self.assertIn("counters: np1 counted 3 × token; 4 were answered, 0 not", self.found())

    def test_calls_that_nobody_made(self):
        self.e.calls = [c for c in self.e.calls if c.correlator != "t3"]
        self.assertIn("counters: np1 counted 3 × token; 2 were answered, 0 not", self.found())

    def test_a_process_that_was_started_meanwhile_is_not_compared(self):
        self.e.counted[0].since = 111.0
        self.e.calls.append(self.again_at(125.0, 503))
        self.assertEqual(self.found(), [])

    def test_a_call_without_an_answer_may_be_counted_or_not(self):
        self.e.calls.append(self.again_at(125.0, None))
        self.assertEqual(self.found(), [])

    def test_nobody_counted(self):
        self.e.counted = []
        self.assertIn("too little: no counters", self.found())

    def again_at(self, when, status):
        call = type(self.e.calls[-1])(**vars(self.e.calls[-1]))
        call.correlator, call.start, call.end, call.status = "again", when, when + 0.1, status
        return call


class Readiness(Forged):
    def probe(self, count, **fields):
        for probe in self.e.probes[4:4 + count]:
            vars(probe).update(fields)

    def test_ready_and_refusing(self):
        self.probe(12, worked=False)
        self.reports("readiness: np1 (pid 2) said ready for 4.5 s, and refused")

    def test_a_moment_is_allowed(self):
        self.probe(5, worked=False)
        self.assertEqual(self.found(), [])

    def test_who_says_that_it_is_not_ready_may_refuse(self):
        self.probe(12, worked=False, ready=(200, 503))
        self.assertEqual(self.found(), [])

    def test_moments_do_not_add_up(self):
        self.probe(12, worked=False)
        self.e.probes[9].worked = True
        self.assertEqual(self.found(), [])

    def test_a_process_that_says_it_is_dead(self):
        for said in (None, 503):
            with self.subTest(said):
                self.setUp()
                self.probe(1, live=said)
                self.reports(f"liveness: np1 (pid 2) said {said} at 109.0")

    def test_who_starts_or_ends_need_not_answer(self):
        self.e.lives.append(Life("np2", 8, 120.0, wish="kill", status=-9, ended=140.0))
        self.e.probes += [Probe("np2", 8, when, None, (None, None), False) for when in (121.0, 139.0)]
        self.e.crashes = 3
        self.assertEqual(self.found(), [])
        self.e.probes.append(Probe("np2", 8, 130.0, None, (None, None), False))
        self.reports("liveness: np2 (pid 8) said None at 130.0")

    def test_who_stands_still_is_not_judged(self):
        self.probe(12, worked=False, live=None)
        self.e.frozen = [("np1", 108.0, 114.0)]
        self.assertEqual(self.found(), [])
        self.e.frozen = [("np2", 108.0, 114.0)]
        self.assertEqual(len(self.found()), 2)

    def test_troubles_that_a_scenario_names_are_not_judged(self):
        self.probe(12, worked=False, live=None)
        self.e.troubles = [(108.9, 116.0)]
        self.assertEqual(self.found(), [])

    def test_nobody_looked(self):
        self.e.probes = []
        self.assertIn("too little: no probes", self.found())


class Absence(Forged):
    def test_an_absence_for_one_node_is_no_other_nodes(self):
        self.e.away = [("Redis", 109.9, 112.9, "np1")]
        self.assertTrue(any(f.startswith("baseless: authorize a1") for f in self.found()))
        for call in self.e.calls:
            call.node = "np2" if call.start < 113 else "np1"
        self.assertFalse(any(f.startswith("baseless") for f in self.found()), checker.violations(self.e))


if __name__ == "__main__":
    unittest.main()
