# SPDX-License-Identifier: Apache-2.0
"""The checker reports what it is there to report: each test forges one defect into a history that is good."""

import copy
import dataclasses
import unittest

import checker
import checker_machine
from forged import DEVICE, HOLDER, LATER, OTHER, Forged, good, good_calls, visit
from history import Call, Life, Look, Poison, Published, Recovery


class WrongAnswers(Forged):
    def test_true_for_somebody_else(self):
        self.call("q1").asked = OTHER
        self.reports("wrong answer: q1 true for +34611000002")

    def test_false_for_the_holder(self):
        self.call("q2").asked = HOLDER
        self.reports("wrong answer: q2 false for the holder")

    def test_the_number_of_another(self):
        self.call("q3").body = {"devicePhoneNumber": OTHER}
        self.reports("wrong answer: q3 gave")

    def test_a_200_that_says_nothing(self):
        self.call("q2").body = {}
        self.reports("wrong answer: q2 has no answer")

    def test_an_answer_for_a_token_that_was_never_given(self):
        self.call("q3").token = "made up"
        self.again()
        self.reports("wrong answer: q3 was answered for a token")

    def test_the_holder_of_long_ago(self):
        self.e.published += [Published("release", 102.0, "s1", acked=102.1),
                             Published("bind", 102.1, "s2", LATER, DEVICE, acked=102.2)]
        self.e.texts = {"log": "ready"}
        self.reports("wrong answer: q1 true", "wrong answer: q3 gave")

    def test_the_holder_of_a_moment_ago_is_still_right(self):
        self.e.published += [Published("release", 109.0, "s1", acked=109.1),
                             Published("bind", 109.1, "s2", LATER, DEVICE, acked=109.2)]
        self.assertEqual(checker.violations(self.e), [])

    def test_a_code_for_an_address_that_nobody_holds(self):
        self.e.published += [Published("release", 101.0, "s1", acked=101.1)]
        found = self.found()
        self.assertEqual(len([f for f in found if f.startswith("wrong sign-in")]), 3, found)
        self.assertEqual(len([f for f in found if "nobody held" in f and f.startswith("wrong answer")]), 3, found)

    def test_an_answer_long_after_a_sim_swap(self):
        self.e.published.append(Published("subscriber", 110.2, None, HOLDER, acked=110.3))
        self.call("q1").start, self.call("q1").end = 115.0, 115.1
        self.reports("wrong answer: q1 was answered after a SIM swap")

    def test_a_sign_in_long_after_a_sim_swap(self):
        self.e.published.append(Published("subscriber", 101.0, None, HOLDER, acked=101.3))
        self.assertTrue(any(f.startswith("wrong sign-in: a1") for f in self.found()))


class Use(Forged):
    def test_two_answers_for_one_token(self):
        late = self.call("q9")
        late.status, late.body = 200, {"devicePhoneNumber": HOLDER}
        self.again()
        self.reports("used twice: 2 answers for token", "used twice: 2 audited answers")

    def test_two_audited_answers_of_which_one_did_not_arrive(self):
        late = self.call("q9")
        late.status, late.body = 200, {"devicePhoneNumber": HOLDER}
        self.again()
        late.status, late.body, late.error = None, None, "ConnectionResetError"
        self.reports("used twice: 2 audited answers")

    def test_two_tokens_for_one_code(self):
        self.call("t2").code = "code-1"
        self.call("q2").asked = OTHER
        found = self.found()
        self.assertTrue(any(f.startswith("used twice: 2 tokens for code") for f in found), found)

    def test_a_good_token_that_is_called_bad(self):
        self.e.calls += visit(5, 113.0, "share", status=401, body={})
        self.again()
        self.reports("wrong refusal: q5")

    def test_tokens_from_before_a_loss_may_be_refused(self):
        self.e.calls += visit(5, 113.0, "share", status=401, body={})
        self.again()
        self.e.losses = [113.3]
        self.assertEqual(checker.violations(self.e), [])

    def test_a_judgement_while_nothing_can_be_known(self):
        for since, to, correlator in ((109.9, 110.15, "a1"), (110.15, 110.35, "t1"), (110.35, 110.55, "q1"),
                                      (119.9, 120.2, "q8")):
            with self.subTest(correlator):
                self.e.away = [("Redis", since, to, None)]
                found = self.found()
                self.assertTrue(any(f"{correlator} at np1" in f and f.startswith("baseless") for f in found), found)

    def test_no_judgement_is_what_is_right_then(self):
        self.e.calls += [Call("share", "np1", "u1", token="token-1", start=130.0, end=130.1, status=503),
                         Call("share", "np1", "u2", token="token-1", start=131.0, end=131.1, error="BrokenPipeError"),
                         Call("token", "np1", "u3", code="code-8", start=132.0, end=132.1, status=503),
                         Call("authorize", "np1", "u4", device=DEVICE, start=133.0, end=133.1, status=302,
                              body={"error": "temporarily_unavailable"})]
        self.e.away = [("Redis", 129.0, 140.0, None)]
        self.assertEqual(checker.violations(self.e), [])
        self.e.calls[-1].body = {"error": "login_required"}
        self.reports("baseless: authorize u4")

    def test_an_absence_in_which_nobody_asked(self):
        self.e.away = [("Redis", 200.0, 210.0, None)]
        self.reports("too little: nobody asked about a token while Redis")

    def test_a_call_that_takes_too_long(self):
        self.call("q1").end += 6
        self.reports("too slow: verify q1")

    def test_a_call_that_the_client_had_to_give_up(self):
        self.e.calls.append(Call("share", "np1", "q6", token="t", start=1.0, end=2.0, error="TimeoutError"))
        self.reports("too slow: share q6")

    def test_who_stood_still_is_not_slow_and_who_is_slow_after_it_is(self):
        self.e.frozen = [("np1", 110.45, 116.0), ("np2", 100.0, 120.0)]
        self.call("q1").end = 117.0
        self.assertEqual(checker.violations(self.e), [])
        self.call("q1").end = 122.0
        self.reports("too slow: verify q1")

    def test_who_cannot_be_let_in_is_not_slow(self):
        self.e.calls.append(Call("share", "np1", "q6", token="t", start=1.0, end=9.0, error="TimeoutError"))
        self.e.starved = [("np1", 1.5, 9.0)]
        self.assertEqual(checker.violations(self.e), [])

    def test_a_decision_that_was_not_told_before_a_stop(self):
        call = self.call("q1")
        call.status, call.body, call.error = None, None, "RemoteDisconnected"
        self.e.calls += visit(7, 113.0, "verify", OTHER, {"devicePhoneNumberVerified": True})
        self.e.calls[-1].asked = HOLDER
        self.again()
        self.e.lives[-1].ended = 130.0
        self.assertIn("dropped: verify q1 at np1: decided, and not answered (RemoteDisconnected)", self.found())
        self.e.frozen = [("np1", 112.0, 113.0)]
        self.assertFalse([text for text in self.found() if text.startswith("dropped")])
        self.e.frozen, self.e.starved = [], [("np1", 112.0, 113.0)]
        self.assertFalse([text for text in self.found() if text.startswith("dropped")])
        self.e.starved, self.e.lives[-1].status = [], -9
        self.assertFalse([text for text in self.found() if text.startswith("dropped")])

    def test_giving_up_on_another_node_than_the_frozen_one(self):
        self.e.frozen = [("np2", 0.0, 10.0)]
        self.e.calls.append(Call("share", "np1", "q6", token="t", start=1.0, end=2.0, error="TimeoutError"))
        self.reports("too slow: share q6")

    def test_a_status_that_blames_the_caller_or_nobody(self):
        self.e.calls.append(Call("share", "np1", "q6", token="t", start=1.0, end=2.0, status=500))
        self.reports("unfit status: share q6")


class Trail(Forged):
    def test_an_answer_without_an_event(self):
        self.e.calls = self.e.calls[:-2]
        self.again()
        self.e.audit.pop()
        self.e.calls += good_calls()[-2:]
        self.reports("audit: no event for share q3")

    def test_two_events_for_one_answer(self):
        extra = copy.deepcopy(self.e.audit[-1])
        extra |= {"ce_id": "id-x", "ce_sequence": "1", "ce_source": "/numproof/np1/other"}
        extra["data"]["prev"] = checker.NO_PREVIOUS
        self.e.audit.append(extra)
        self.reports("audit: 2 events for share q9")

    def test_an_event_that_says_something_else(self):
        changes = {"operation": "token", "status": 503, "client_id": "thief", "result": "mismatch"}
        for field, value in changes.items():
            with self.subTest(field):
                self.e = good()
                self.event("q1")["data"][field] = value
                self.reports("audit: verify q1")

    def test_an_event_of_another_node(self):
        self.call("q1").node = "np2"
        self.reports("audit: verify q1 at np2 is recorded by")

    def test_an_event_that_nobody_sent(self):
        self.e.calls.pop()
        self.e.calls.append(Call("share", "np1", "q7", token="token-1", start=1, end=1, status=401))
        self.reports("audit: 1 events for q9, which nobody sent")

    def test_a_denial_that_is_recorded_as_an_answer(self):
        self.event("q9")["data"]["status"] = 200
        self.reports("audit: share q9 was answered 401")

    def test_an_issued_code_that_the_trail_denies(self):
        self.event("a1")["data"]["result"] = "refused"
        self.reports("audit: authorize a1: code True")

    def test_one_id_with_two_contents(self):
        other = copy.deepcopy(self.e.audit[3])
        other["ce_time"] = "another"
        self.e.audit.append(other)
        self.reports("audit id: id-4 has two contents")

    def test_the_same_record_twice_is_fine(self):
        self.e.audit.append(copy.deepcopy(self.e.audit[3]))
        self.assertEqual(checker.violations(self.e), [])

    def test_one_id_in_two_sources(self):
        other = copy.deepcopy(self.e.audit[0])
        other |= {"ce_source": "/numproof/np2/boot", "ce_correlationid": None}
        self.e.audit.append(other)
        self.reports("audit id: id-1 in 2 sources")

    def test_one_place_for_two_events(self):
        other = copy.deepcopy(self.e.audit[-1])
        other |= {"ce_id": "id-x", "ce_correlationid": None}
        self.e.audit.append(other)
        self.reports("audit id: 2 events are number 11")

    def test_a_gap(self):
        self.e.audit = [e for e in self.e.audit if e["ce_correlationid"] != "q1"]
        self.reports("sequence: /numproof/np1/boot lacks 1 of 11, first 3", "audit: no event for verify q1")

    def test_a_beginning_that_is_missing(self):
        self.e.audit = self.e.audit[1:]
        self.reports("sequence:", "audit: no event for authorize a1")

    def test_a_value_that_was_changed_afterwards(self):
        self.e.audit[4]["value"] += " "
        self.reports("chain: /numproof/np1/boot breaks at 6")

    def test_a_first_event_that_follows_something(self):
        self.e.audit[0]["data"]["prev"] = "1" * 64
        self.reports("chain: /numproof/np1/boot breaks at 1")

    def test_references_that_do_not_stand_for_one_token(self):
        self.event("q9")["data"]["token_ref"] = "hmac-token-2"
        self.reports("token_ref: 2 for one token", "token_ref: hmac-token-2 stands for 2")


class State(Forged):
    def test_a_session_that_is_lost(self):
        self.e.looks.append(Look("127.0.40.2", OTHER, None))
        self.reports("lost session: 127.0.40.2")

    def test_a_session_that_came_back(self):
        self.e.looks.append(Look("127.0.40.2", None, OTHER))
        self.reports("lost session: 127.0.40.2 ought to be None")

    def test_an_event_that_was_never_acknowledged(self):
        self.e.published[0].acked = None
        self.reports("session event: bind")

    def test_poison_that_is_no_dead_letter(self):
        self.e.poison = [Poison("noise", 1, 7), Poison("noise", 1, 8)]
        self.e.letters = [{"np_partition": "1", "np_offset": "8", "np_reason": "not_json"}] * 2
        self.reports("dead letter: none for noise at (1, 7)")

    def test_a_dead_letter_that_was_good_or_tells_no_reason(self):
        self.e.poison = [Poison("noise", 1, 8)]
        self.e.letters = [{"np_partition": "1", "np_offset": "8", "np_reason": ""},
                          {"np_partition": "0", "np_offset": "3", "np_reason": "future"}]
        self.reports("dead letter: the one of (1, 8) has no reason", "dead letter: the record at (0, 3) was good")

    def test_a_recovery_that_does_not_come_or_takes_long(self):
        self.e.recoveries += [Recovery("one", None), Recovery("two", 31.0)]
        self.reports("recovery: after one: never", "recovery: after two: 31.0 s")

    def test_a_failpoint_that_does_not_fire(self):
        self.e.lives[0] = dataclasses.replace(self.e.lives[0], status=0, wish="stop")
        self.reports("death: np1 (pid 1, armed spool.rotate:1): the failpoint did not fire", "death: 1 died by SIGKILL")

    def test_a_death_that_nobody_caused(self):
        for status in (0, 1, 70, -6, -9, -11):
            with self.subTest(status=status):
                self.e = good()
                self.e.lives.append(Life("np2", 7, 1.0, status=status))
                self.reports("death: np2 (pid 7")

    def test_a_stop_that_fails(self):
        self.e.lives[2].status = 70
        self.reports("death: np1 (pid 3, armed None) was asked to stop")

    def test_grants_that_stay_for_ever(self):
        self.e.keys.append(("np:{2}:c:def", -1))
        self.reports("redis: np:{2}:c:def")

    def test_secrets_where_anybody_reads(self):
        for secret in (HOLDER.lstrip("+"), "token-2", "code-3"):
            with self.subTest(secret):
                self.e = good()
                self.e.texts["log"] += f" what was={secret}, said"
                self.reports("revealed: log holds")

    def test_secrets_inside_of_something_longer(self):
        for secret in (HOLDER.lstrip("+"), "token-1"):
            with self.subTest(secret):
                self.e = good()
                self.e.texts["log"] += f"%20{secret}abc"
                self.reports("revealed: log holds")

    def test_a_secret_among_very_many(self):
        text = " ".join(f"word-{i}" for i in range(1000))
        self.e.calls += [Call("token", "np1", f"u{i}", code=f"z{i}", token=f"z-token-{i}", start=1.0, end=1.0,
                              error="BrokenPipeError") for i in range(1000)]
        self.e.texts["log"] = text + ' "z-token-777" ' + text
        self.reports("revealed: log holds")

    def test_a_run_in_which_nothing_happened(self):
        for field in ("looks", "audit", "texts", "keys", "lives", "recoveries", "published"):
            with self.subTest(field):
                self.e = good()
                setattr(self.e, field, type(getattr(self.e, field))())
                self.assertTrue(any(f.startswith("too little: no ") for f in self.found()))

    def test_a_kind_of_answer_that_never_came(self):
        self.e.calls = [c for c in self.e.calls if c.correlator[1:] != "3"]
        self.again()
        self.reports("too little: 0 × shared")


class EveryCheck(unittest.TestCase):
    def test_all_functions_that_judge_are_called(self):
        judging = {f for module in (checker, checker_machine) for f in vars(module).values()
                   if getattr(f, "__code__", None) and f.__code__.co_varnames[:f.__code__.co_argcount] == ("evidence",)}
        self.assertEqual(judging - {checker.violations, checker_machine.by_life}, set(checker.CHECKS))

    def test_each_invariant_has_a_check(self):
        names = [name.split()[0] for name in checker.INVARIANTS if name.startswith("I")]
        self.assertEqual(names, [f"I{i}" for i in range(1, 12)])
        self.assertTrue(all(checker.INVARIANTS.values()))

    def test_a_violation_names_its_invariant(self):
        evidence = good()
        evidence.calls[2].asked = OTHER
        self.assertTrue(checker.violations(evidence)[0].startswith("I1 wrong answer: q1"))


if __name__ == "__main__":
    unittest.main()
