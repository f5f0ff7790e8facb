# SPDX-License-Identifier: Apache-2.0
"""A history that is good, for tests that forge one defect into it."""

import hashlib
import json
import re
import unittest

import checker
from checker import Evidence
from checker_machine import parse_metrics
from history import Call, Counted, Life, Look, Probe, Published, Recovery, Size

HOLDER, OTHER, LATER = "+34611000001", "+34611000002", "+34611000003"
DEVICE = "127.0.40.1"
SOURCE = "/numproof/np1/boot"
TYPES = {"authorize": "io.numproof.token.issued.v1", "token": "io.numproof.token.issued.v1",
         "verify": "io.numproof.verification.answered.v1", "share": "io.numproof.verification.answered.v1"}


def audit_of(calls):
    """The trail that a good node leaves of these calls."""
    events, previous = [], checker.NO_PREVIOUS
    for number, call in enumerate(calls, 1):
        good = call.status == 200 or bool(call.code and call.kind == "authorize")
        data = {"operation": checker.OPERATIONS[call.kind], "client_id": "shop", "status": call.status,
                "result": "refused" if not good else
                "issued" if call.kind in ("authorize", "token") else checker.result_of(call),
                "token_ref": "hmac-" + (call.token or call.code), "prev": previous}
        kind = TYPES[call.kind] if good else "io.numproof.verification.denied.v1"
        event = {"ce_id": f"id-{number}", "ce_type": kind, "ce_time": f"time-{number}",
                 "ce_sequence": str(number), "ce_source": SOURCE, "ce_correlationid": call.correlator,
                 "data": data, "value": json.dumps(data)}
        events.append(event)
        words = (event["ce_id"], event["ce_type"], event["ce_time"], event["ce_sequence"], event["value"])
        previous = hashlib.sha256("\n".join(words).encode()).hexdigest()
    return events


def visit(number, begin, kind, asked=None, body=None, status=200):
    """Sign-in, token and one question."""
    code, token = f"code-{number}", f"token-{number}"
    return [Call("authorize", "np1", f"a{number}", device=DEVICE, code=code, start=begin, end=begin + 0.1, status=302,
                 body={"code": code}),
            Call("token", "np1", f"t{number}", code=code, token=token, start=begin + 0.2, end=begin + 0.3, status=200,
                 body={}),
            Call(kind, "np1", f"q{number}", asked=asked, token=token, start=begin + 0.4, end=begin + 0.5,
                 status=status, body=body)]


def good_calls():
    said = "devicePhoneNumberVerified"
    again = [Call("share", "np1", f"q{9 - i}", token=f"token-{1 + i}", start=120.0, end=120.1, status=401, body={})
             for i in (1, 0)]
    return [*visit(1, 110.0, "verify", HOLDER, {said: True}), *visit(2, 111.0, "verify", OTHER, {said: False}),
            *visit(3, 112.0, "share", None, {"devicePhoneNumber": HOLDER}), *again]


def good_sizes():
    return [Size("np1", 2, 101.0 + i, 30 << 20, 70) for i in range(20)]


def good_probes():
    return [Probe("np1", 2, 107.0 + i / 2, 200, (200, 200), True) for i in range(20)]


def good_counters():
    """Of a node that was asked what good_calls() holds."""
    return parse_metrics("""
numproof_audit_accepted_total 12
numproof_audit_recovered_total 2
numproof_audit_delivered_total 13
numproof_audit_denied_total 0
numproof_audit_spool_records 1
numproof_http_request_duration_seconds_count{operation="verify"} 2
numproof_http_request_duration_seconds_count{operation="device-phone-number"} 3
numproof_http_request_duration_seconds_count{operation="authorize"} 3
numproof_http_request_duration_seconds_count{operation="token"} 3
numproof_http_requests_total{operation="authorize",code="302",outcome="answered"} 3
numproof_http_requests_total{operation="token",code="200",outcome="answered"} 3
numproof_http_requests_total{operation="verify",code="200",outcome="answered"} 2
numproof_http_requests_total{operation="device-phone-number",code="200",outcome="answered"} 1
numproof_http_requests_total{operation="device-phone-number",code="401",outcome="refused"} 2
numproof_http_answers_total{listener="public",class="2xx"} 6
numproof_http_answers_total{listener="public",class="3xx"} 3
numproof_http_answers_total{listener="public",class="4xx"} 2
numproof_http_answers_total{listener="admin",class="2xx"} 7
numproof_verify_results_total{result="match"} 1
numproof_verify_results_total{result="mismatch"} 1
numproof_verify_results_total{result="shared"} 1
numproof_verify_results_total{result="refused"} 2
numproof_token_claims_total{result="claimed"} 3
numproof_token_claims_total{result="used"} 2
numproof_auth_codes_issued_total 3
numproof_auth_tokens_issued_total 3
numproof_redis_connections_total 5
numproof_redis_disconnections_total 1
numproof_redis_connections_ready 4
numproof_http_request_duration_seconds_bucket{operation="verify",le="0.0001"} 1
""")


def good():
    calls = good_calls()
    return Evidence(
        calls=calls, audit=audit_of(calls),
        published=[Published("bind", 100.0, "s1", HOLDER, DEVICE, acked=100.1)],
        lives=[Life("np1", 1, 100.0, armed="spool.rotate:1", status=-9, ended=101.0),
               Life("np1", 2, 101.0, wish="kill", status=-9), Life("np1", 3, 102.0, wish="stop", status=0)],
        recoveries=[Recovery("a fault", 2.0)], looks=[Look(DEVICE, HOLDER, HOLDER)],
        sizes=good_sizes(), probes=good_probes(), counted=[Counted("np1", 111.0, good_counters())],
        texts={"log": "ready"}, keys=[("np:{1}:t:abc", 500), ("np:gen", -1)], window=4.0, call_within=5.0, crashes=2)


class Forged(unittest.TestCase):
    def setUp(self):
        self.e = good()
        self.assertEqual(checker.violations(self.e), [])

    def call(self, correlator):
        return next(c for c in self.e.calls if c.correlator == correlator)

    def event(self, correlator):
        return next(e for e in self.e.audit if e["ce_correlationid"] == correlator)

    def found(self):
        """The violations without the invariants' names."""
        return [re.sub("^I[0-9]+ ", "", text) for text in checker.violations(self.e)]

    def reports(self, *texts):
        """Exactly these, in any order; each text is the beginning of a violation."""
        found = self.found()
        self.assertEqual(len(found), len(texts), found)
        for text in texts:
            self.assertTrue(any(one.startswith(text) for one in found), (text, found))

    def again(self):
        """The trail as it is after a change to the calls."""
        self.e.audit = audit_of(self.e.calls)
