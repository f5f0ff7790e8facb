# SPDX-License-Identifier: Apache-2.0
"""Judges a history. Pure functions: each takes what was recorded and returns the violations that it sees, as text."""

import collections
import dataclasses
import hashlib
import re
import signal

from checker_machine import dead_while_alive, empty_promises, miscounted_calls, outgrown, unbalanced_counters

OPERATIONS = {"authorize": "authorize", "token": "token", "verify": "verify", "share": "device-phone-number"}
NO_PREVIOUS = "0" * 64
READY_WITHIN = 30.0
GRANT_WORD = re.compile(r"[A-Za-z0-9._~+/-]{8,}")
TOKEN_LIFE = 110.0  # seconds; a little less than auth.tokens.ttl


@dataclasses.dataclass
class Evidence:
    """All that a scenario leaves behind. `audit`: dictionaries with the ce_ headers, data and value."""

    calls: list
    published: list
    lives: list
    recoveries: list
    looks: list
    audit: list
    texts: dict  # name → what must hold nothing secret
    keys: list  # (key, milliseconds to live) of what stands in Redis
    window: float  # how old the state may be that an answer is from, seconds
    call_within: float  # seconds
    crashes: int = 0  # how many processes had to die by SIGKILL
    losses: list = dataclasses.field(default_factory=list)  # when Redis came back and did not know all
    frozen: list = dataclasses.field(default_factory=list)  # (node, from, to): nobody can answer there
    # (what, from, to, for which node or None for all): nothing can be known there then
    away: list = dataclasses.field(default_factory=list)
    sizes: list = dataclasses.field(default_factory=list)
    probes: list = dataclasses.field(default_factory=list)
    counted: list = dataclasses.field(default_factory=list)
    poison: list = dataclasses.field(default_factory=list)
    letters: list = dataclasses.field(default_factory=list)  # headers of what is on the dead-letter topic
    starved: list = dataclasses.field(default_factory=list)  # (node, from, to): nobody is let in there
    troubles: list = dataclasses.field(default_factory=list)  # (from, to): what a probe sees then is not judged
    answers_at_least: int = 1  # of each kind


# Time lines ----------------------------------------------------------------------------------


def holders(published):
    """address → [(time, number or None), …]: who held it from when on."""
    lines, sessions = collections.defaultdict(list), {}
    for event in sorted(published, key=lambda e: e.time):
        if event.op == "bind":
            sessions[event.session] = event
            lines[event.ipv4].append((event.time, event.msisdn))
        elif event.op == "release":
            lines[sessions.pop(event.session).ipv4].append((event.time, None))
        elif event.op == "subscriber":
            for bound in [b for b in sessions.values() if b.msisdn == event.msisdn]:
                lines[bound.ipv4].append((event.time, None))
    return lines


def held_between(line, begin, end):
    """All that was true at some instant of [begin, end]."""
    values, before = set(), None
    for time, number in line:
        if time <= begin:
            before = number
        elif time <= end:
            values.add(number)
    return values | {before}


def swaps(published):
    """number → times of its SIM swaps."""
    times = collections.defaultdict(list)
    for event in published:
        if event.op == "subscriber":
            times[event.msisdn].append(event.time)
    return times


def sign_ins(calls):
    """token → the call of authorize that it comes from."""
    by_code = {c.code: c for c in calls if c.kind == "authorize" and c.code}
    return {c.token: by_code[c.code] for c in calls if c.kind == "token" and c.token and c.code in by_code}


# Answers -------------------------------------------------------------------------------------


def wrong_answers(evidence):
    """Never true for a non-holder, never false for the holder, never another's number, none for a swapped SIM."""
    lines, swapped = holders(evidence.published), swaps(evidence.published)
    origins = sign_ins(evidence.calls)
    found = []
    for call in evidence.calls:
        if call.kind not in ("verify", "share") or call.status != 200:
            continue
        origin = origins.get(call.token)
        if origin is None:
            found.append(f"wrong answer: {call.correlator} was answered for a token that nobody was given")
            continue
        legal = held_between(lines[origin.device], origin.start - evidence.window, origin.end) - {None}
        found += judge_answer(call, origin, legal)
        if len(legal) == 1:
            times = swapped[next(iter(legal))]
            if any(origin.end < t < call.start - evidence.window for t in times):
                found.append(f"wrong answer: {call.correlator} was answered after a SIM swap")
    return found


def judge_answer(call, origin, legal):
    if not legal:
        return [f"wrong answer: {call.correlator} was answered; nobody held {origin.device} at the sign-in"]
    if call.kind == "share":
        number = call.body.get("devicePhoneNumber")
        return [] if number in legal else [f"wrong answer: {call.correlator} gave {number}, not one of {legal}"]
    said = call.body.get("devicePhoneNumberVerified")
    if said is True:
        return [] if call.asked in legal else [f"wrong answer: {call.correlator} true for {call.asked}, not {legal}"]
    if said is False:
        return [f"wrong answer: {call.correlator} false for the holder {call.asked}"] if legal == {call.asked} else []
    return [f"wrong answer: {call.correlator} has no answer in its 200: {call.body}"]


def unfounded_codes(evidence):
    """No code for an address that nobody held."""
    lines = holders(evidence.published)
    return [f"wrong sign-in: {call.correlator} got a code for {call.device}, which nobody held"
            for call in evidence.calls if call.kind == "authorize" and call.code
            and not held_between(lines[call.device], call.start - evidence.window, call.end) - {None}]


def used_twice(evidence):
    """At most one answer a token, at most one token a code; also among answers that did not arrive."""
    answers, tokens = collections.Counter(), collections.Counter()
    for call in evidence.calls:
        if call.kind in ("verify", "share") and call.status is not None and 200 <= call.status < 300:
            answers[call.token] += 1
        if call.kind == "token" and call.status == 200:
            tokens[call.code] += 1
    references = collections.Counter(e["data"]["token_ref"] for e in unique_events(evidence.audit)
                                     if answered(e) and e["data"].get("token_ref"))
    return ([f"used twice: {n} answers for token …{t[-6:]}" for t, n in answers.items() if n > 1] +
            [f"used twice: {n} tokens for code …{c[-6:]}" for c, n in tokens.items() if n > 1] +
            [f"used twice: {n} audited answers for {r}" for r, n in references.items() if n > 1])


def wrong_refusals(evidence):
    """A good token that is presented for the first time is not told that it is none, whatever burns."""
    presented = collections.Counter(c.token for c in evidence.calls if c.kind in ("verify", "share"))
    redeemed = collections.Counter(c.code for c in evidence.calls if c.kind == "token")
    origins, lines = sign_ins(evidence.calls), holders(evidence.published)
    found = []
    for call in evidence.calls:
        origin = origins.get(call.token)
        if call.kind not in ("verify", "share") or call.status != 401 or origin is None:
            continue
        steady = len(held_between(lines[origin.device], origin.start - evidence.window, call.end)) == 1
        kept = not any(origin.start < loss for loss in evidence.losses)
        once = presented[call.token] == 1 and redeemed[origin.code] == 1
        if steady and kept and once and call.end - origin.start < TOKEN_LIFE:
            found.append(f"wrong refusal: {call.correlator} at {call.node}: 401 for a good token")
    return found


def judges(call):
    """Whether it says anything about a phone, a code or a token, be it yes or no."""
    if call.kind == "authorize":
        return bool(call.code) or (call.status == 302 and call.body.get("error") != "temporarily_unavailable")
    return call.status is not None and call.status < 500


def baseless_answers(evidence):
    """While the store is away, or session events have been for too long, there is neither yes nor no."""
    found = []
    for what, since, to, where in evidence.away:
        within = [c for c in evidence.calls if since < c.start and c.end < to and where in (None, c.node)]
        found += [f"baseless: {c.kind} {c.correlator} at {c.node}: {c.status} without {what}"
                  for c in within if judges(c)]
        if to - since > 2 and not any(c.kind in ("verify", "share") for c in within):
            found.append(f"too little: nobody asked about a token while {what} was away")
    return found


def slow_calls(evidence):
    """Every call ends within its deadline, answered or not."""
    found = []
    for call in evidence.calls:
        stood = [min(call.end, to) - max(call.start, since)
                 for node, since, to in evidence.frozen + evidence.starved if node == call.node]
        took = call.end - call.start - sum(seconds for seconds in stood if seconds > 0)
        given_up = call.error in ("TimeoutError", "timeout") and max(stood, default=0) <= 0
        if took > evidence.call_within or given_up:
            found.append(f"too slow: {call.kind} {call.correlator} at {call.node} took {took:.1f} s "
                         f"({call.status or call.error})")
    return found


def dropped_requests(evidence):
    """Who was let in by a process that ended in good order got an answer: what was decided was told."""
    decided = {e.get("ce_correlationid") for e in evidence.audit}
    spans = [(life.node, life.started, life.ended + 1) for life in evidence.lives
             if life.wish == "stop" and life.status == 0 and life.ended is not None]
    frozen = [(node, since - evidence.call_within, to + evidence.call_within)
              for node, since, to in evidence.frozen + evidence.starved]
    return [f"dropped: {call.kind} {call.correlator} at {call.node}: decided, and not answered ({call.error})"
            for call in evidence.calls if call.status is None and call.correlator in decided
            and within(spans, call) and not within(frozen, call)]


def within(spans, call):
    return any(node == call.node and since < call.start and call.end < to for node, since, to in spans)


def unfit_statuses(evidence):
    """Only answers that the interface knows; a fault is never the caller's."""
    fits = {"authorize": {302}, "token": {200, 400, 503}, "verify": {200, 401, 503, 504}, "share": {200, 401, 503, 504}}
    return [f"unfit status: {c.kind} {c.correlator} at {c.node}: {c.status} {c.body}"
            for c in evidence.calls if c.status is not None and c.status not in fits[c.kind]]


# The audit trail -----------------------------------------------------------------------------


def answered(event):
    return event["ce_type"].endswith("verification.answered.v1")


def unique_events(audit):
    """After dedupe on (source, id): the first of each."""
    first = {}
    for event in audit:
        first.setdefault((event["ce_source"], event["ce_id"]), event)
    return list(first.values())


def contradicting_ids(evidence):
    """A record may come twice, but only as it was; an id and a sequence number stand for one event."""
    found, first = [], {}
    for event in evidence.audit:
        known = first.setdefault((event["ce_source"], event["ce_id"]), event)
        if known != event:
            found.append(f"audit id: {event['ce_id']} has two contents")
    ids = collections.Counter(e["ce_id"] for e in first.values())
    places = collections.Counter((e["ce_source"], e["ce_sequence"]) for e in first.values())
    found += [f"audit id: {i} in {n} sources" for i, n in ids.items() if n > 1]
    return found + [f"audit id: {n} events are number {s} of {source}" for (source, s), n in places.items() if n > 1]


def by_source(audit):
    sources = collections.defaultdict(list)
    for event in unique_events(audit):
        sources[event["ce_source"]].append(event)
    return {source: sorted(events, key=lambda e: int(e["ce_sequence"])) for source, events in sources.items()}


def broken_sequences(evidence):
    """Contiguous from 1 in each source."""
    found = []
    for source, events in by_source(evidence.audit).items():
        numbers = {int(e["ce_sequence"]) for e in events}
        missing = sorted(set(range(1, max(numbers) + 1)) - numbers)
        if missing:
            found.append(f"sequence: {source} lacks {len(missing)} of {max(numbers)}, first {missing[0]}")
        if min(numbers) < 1:
            found.append(f"sequence: {source} begins at {min(numbers)}")
    return found


def broken_chains(evidence):
    """`prev` is the hash over the event before."""
    found = []
    for source, events in by_source(evidence.audit).items():
        expected, after = NO_PREVIOUS, 0
        for event in events:
            if int(event["ce_sequence"]) == after + 1 and event["data"].get("prev") != expected:
                found.append(f"chain: {source} breaks at {event['ce_sequence']}")
            after = int(event["ce_sequence"])
            words = (event["ce_id"], event["ce_type"], event["ce_time"], event["ce_sequence"], event["value"])
            expected = hashlib.sha256("\n".join(words).encode()).hexdigest()
    return found


def unaudited(evidence):
    """Each answer that gave something has exactly one event, which says the same; no event says something else."""
    events = collections.defaultdict(list)
    for event in unique_events(evidence.audit):
        if event.get("ce_correlationid"):
            events[event["ce_correlationid"]].append(event)
    found = []
    for call in evidence.calls:
        mine = events.pop(call.correlator, [])
        gave = call.status == 200 or (call.kind == "authorize" and call.code)
        if gave and not mine:
            found.append(f"audit: no event for {call.kind} {call.correlator}: {call.status} at {call.node}")
        if len(mine) > 1:
            found.append(f"audit: {len(mine)} events for {call.kind} {call.correlator}")
        found += [text for event in mine for text in disagreements(call, event)]
    return found + [f"audit: {len(more)} events for {name}, which nobody sent" for name, more in events.items()]


def disagreements(call, event):
    data, where = event["data"], f"{call.kind} {call.correlator}"
    found = []
    if data["operation"] != OPERATIONS[call.kind]:
        found.append(f"audit: {where} is recorded as {data['operation']}")
    if f"/{call.node}/" not in event["ce_source"]:
        found.append(f"audit: {where} at {call.node} is recorded by {event['ce_source']}")
    if data.get("client_id") not in ("shop", None):
        found.append(f"audit: {where} is recorded for client {data['client_id']}")
    if call.status is not None and data["status"] != call.status:
        found.append(f"audit: {where} was answered {call.status} and is recorded as {data['status']}")
    if call.status == 200 and data["result"] != result_of(call):
        found.append(f"audit: {where} was {result_of(call)} and is recorded as {data['result']}")
    if call.kind == "authorize" and call.status and bool(call.code) != (data["result"] == "issued"):
        found.append(f"audit: {where}: code {bool(call.code)}, recorded as {data['result']}")
    return found


def result_of(call):
    if call.kind == "token":
        return "issued"
    if call.kind == "share":
        return "shared"
    return "match" if call.body.get("devicePhoneNumberVerified") else "mismatch"


def confused_references(evidence):
    """One token_ref for one token, in every event about it."""
    tokens = {c.correlator: c.token for c in evidence.calls if c.kind in ("verify", "share", "token") and c.token}
    of_token, of_reference = collections.defaultdict(set), collections.defaultdict(set)
    for event in unique_events(evidence.audit):
        token, reference = tokens.get(event.get("ce_correlationid")), event["data"].get("token_ref")
        if token and reference:
            of_token[token].add(reference)
            of_reference[reference].add(token)
    return ([f"token_ref: {len(r)} for one token" for r in of_token.values() if len(r) > 1] +
            [f"token_ref: {r} stands for {len(t)} tokens" for r, t in of_reference.items() if len(t) > 1])


# Processes and state -------------------------------------------------------------------------


def lost_sessions(evidence):
    """After all faults each acknowledged bind is answered, and each release and swap as well."""
    return [f"lost session: {look.address} ought to be {look.expected}, is {look.found}"
            for look in evidence.looks if look.expected != look.found]


def unacknowledged_events(evidence):
    return [f"session event: {e.op} of {e.session or e.msisdn} was never acknowledged"
            for e in evidence.published if e.acked is None]


def unburied_poison(evidence):
    """Each record that nobody can use is a dead letter with its reason, and nothing else is one."""
    found, letters = [], {}
    for letter in evidence.letters:
        at = int(letter["np_partition"]), int(letter["np_offset"])
        letters.setdefault(at, letter)
        if not letter.get("np_reason"):
            found.append(f"dead letter: the one of {at} has no reason")
    for poison in evidence.poison:
        at = poison.partition, poison.offset
        if letters.pop(at, None) is None:
            found.append(f"dead letter: none for {poison.kind} at {at}")
    return found + [f"dead letter: the record at {at} was good: {letter.get('np_reason')}"
                    for at, letter in letters.items()]


def late_recoveries(evidence):
    return [f"recovery: after {r.after}: " + ("never" if r.seconds is None else f"{r.seconds:.1f} s")
            for r in evidence.recoveries if r.seconds is None or r.seconds > READY_WITHIN]


def odd_deaths(evidence):
    """A process dies only by what the test did; what was armed does fire; a stop ends with 0."""
    found, killed = [], 0
    for life in evidence.lives:
        who = f"{life.node} (pid {life.pid}, armed {life.armed})"
        by_kill = life.status == -signal.SIGKILL
        if life.wish == "stop" and life.status != 0:
            found.append(f"death: {who} was asked to stop and ended with {life.status}")
        elif life.armed and not by_kill:
            found.append(f"death: {who}: the failpoint did not fire; status {life.status}")
        elif not life.armed and life.wish != "stop" and not (life.wish == "kill" and by_kill):
            found.append(f"death: {who} ended by itself with {life.status}")
        killed += by_kill
    if killed < evidence.crashes:
        found.append(f"death: {killed} died by SIGKILL; {evidence.crashes} ought to have")
    return found


def eternal_keys(evidence):
    """Codes and tokens go by themselves."""
    return [f"redis: {key[:12]}… never expires" for key, ttl in evidence.keys
            if any(f"}}:{kind}:" in key for kind in "tc") and ttl < 0]


def revealed_secrets(evidence):
    """Numbers and tokens stand in no log, no audit event and no record of the store."""
    numbers = {e.msisdn.lstrip("+") for e in evidence.published if e.msisdn}
    grants = {c.token for c in evidence.calls if c.token} | {c.code for c in evidence.calls if c.code}
    found = []
    for name, text in evidence.texts.items():
        # All of them as words; some of them inside longer words, too, which takes its time.
        words = grants & set(GRANT_WORD.findall(text))
        inside = {secret for secret in [*numbers, *sorted(grants)[:60]] if secret in text}
        found += [f"revealed: {name} holds {secret[:4]}…" for secret in sorted(words | inside)]
    return found


def too_little(evidence):
    """A run in which nothing happened shows nothing."""
    seen = collections.Counter(result_of(c) for c in evidence.calls if c.status == 200)
    seen["refused"] = sum(c.status == 401 for c in evidence.calls)
    kinds = ("match", "mismatch", "shared", "issued", "refused")
    found = [f"too little: {seen[kind]} × {kind}" for kind in kinds if seen[kind] < evidence.answers_at_least]
    wanted = {"looks": evidence.looks, "audit events": evidence.audit, "texts": evidence.texts, "keys": evidence.keys,
              "session events": evidence.published, "processes": evidence.lives, "recoveries": evidence.recoveries,
              "sizes": evidence.sizes, "probes": evidence.probes, "counters": evidence.counted}
    return found + [f"too little: no {name}" for name, what in wanted.items() if not what]


INVARIANTS = {
    "I1 never for another": [wrong_answers, unfounded_codes],
    "I2 one audit event an answer": [unaudited, contradicting_ids, confused_references],
    "I3 nothing acknowledged is lost": [lost_sessions, unacknowledged_events, unburied_poison],
    "I4 one answer a token": [used_twice, wrong_refusals, eternal_keys],
    "I5 bounded memory and descriptors": [outgrown],
    "I6 nothing from old state": [baseless_answers],
    "I7 counters add up": [unbalanced_counters, miscounted_calls],
    "I8 an answer or a close in time": [slow_calls, dropped_requests, unfit_statuses],
    "I9 nothing secret is shown": [revealed_secrets],
    "I10 works again by itself": [late_recoveries, odd_deaths, empty_promises, dead_while_alive],
    "I11 a chain without gaps": [broken_sequences, broken_chains],
    "a run that shows something": [too_little],
}
CHECKS = [check for checks in INVARIANTS.values() for check in checks]


def violations(evidence):
    """Each begins with the name of the invariant that is broken."""
    return [f"{name.split()[0]} {text}" if name.startswith("I") else text
            for name, checks in INVARIANTS.items() for check in checks for text in check(evidence)]
