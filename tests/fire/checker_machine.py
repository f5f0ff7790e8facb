# SPDX-License-Identifier: Apache-2.0
"""Judges what processes said and took: memory, descriptors, counters, readiness. Pure functions, as in checker.py."""

import collections
import re

RESIDENT_MAX = 128 << 20  # octets; a node that has just started takes a quarter of it
GROWTH_MAX = 48 << 20  # from when a life has warmed up to its end
WARM_AFTER = 10.0  # seconds
DESCRIPTORS_MAX = 192
BORN_WITHIN = 5.0  # seconds until a process that was started answers livez
COUNTER = re.compile(r'^(numproof_[a-z0-9_]+(?:\{[^}]*\})?) ([0-9.e+-]+)$', re.MULTILINE)


def parse_metrics(text):
    """name{labels} → value; buckets of histograms are left out."""
    return {name: float(value) for name, value in COUNTER.findall(text) if "_bucket{" not in name}


def sum_of(counters, name, *labels):
    """Over all counters of that name whose labels hold all of `labels`."""
    return sum(value for key, value in counters.items()
               if key.split("{")[0] == name and all(label in key for label in labels))


def outgrown(evidence):
    """Memory and file descriptors stay within their bounds, and memory does not go on growing."""
    found, lives = [], collections.defaultdict(list)
    for size in evidence.sizes:
        lives[size.node, size.pid].append(size)
    for (node, pid), sizes in lives.items():
        largest, most = max(s.resident for s in sizes), max(s.descriptors for s in sizes)
        if largest > RESIDENT_MAX:
            found.append(f"memory: {node} (pid {pid}) took {largest >> 20} MiB")
        if most > DESCRIPTORS_MAX:
            found.append(f"descriptors: {node} (pid {pid}) had {most} open")
        warm = [s.resident for s in sizes if s.time - sizes[0].time > WARM_AFTER]
        if warm and warm[-1] - warm[0] > GROWTH_MAX:
            found.append(f"memory: {node} (pid {pid}) grew by {(warm[-1] - warm[0]) >> 20} MiB")
    return found


# Counters ------------------------------------------------------------------------------------


def identities(counters):
    """(what, one side, the other side): equal whenever nothing is under way."""
    def total(name, *labels):
        return sum_of(counters, "numproof_" + name, *labels)

    duration = "http_request_duration_seconds_count"
    claimed = total("token_claims_total", 'result="claimed"')
    given = sum(total("verify_results_total", f'result="{r}"') for r in ("match", "mismatch", "shared"))
    api = total(duration, 'operation="verify"') + total(duration, 'operation="device-phone-number"')
    return [
        ("audit events", total("audit_accepted_total") + total("audit_recovered_total"),
         total("audit_delivered_total") + total("audit_spool_records")),
        ("requests by outcome", total("http_requests_total"),
         total(duration) + total("http_refusals_total", 'listener="public"')),
        ("requests and answers", total(duration), total("http_answers_total", 'listener="public"')
         + total("http_requests_abandoned_total", 'listener="public"')),
        ("answers of the API", api, total("verify_results_total")),
        # A token that is used up gives no answer only where its audit event could not be kept.
        ("claims of tokens", claimed, min(max(claimed, given), given + total("audit_denied_total"))),
        ("authorization requests", total(duration, 'operation="authorize"'),
         total("auth_codes_issued_total") + total("auth_codes_refused_total")),
        ("token requests", total(duration, 'operation="token"'),
         total("auth_tokens_issued_total") + total("auth_tokens_refused_total")),
        ("connections to Redis", total("redis_connections_total") - total("redis_disconnections_total"),
         total("redis_connections_ready")),
    ]


def unbalanced_counters(evidence):
    """Each node's counters satisfy the identities that docs/reliability.md names."""
    return [f"counters: {one.node}: {what}: {left:.0f} and {right:.0f}"
            for one in evidence.counted for what, left, right in identities(one.counters) if left != right]


def miscounted_calls(evidence):
    """What clients saw of a process that lived through it all is what it has counted."""
    operations = {"authorize": "authorize", "token": "token", "verify": "verify", "share": "device-phone-number"}
    found = []
    for one in evidence.counted:
        calls = [c for c in evidence.calls if c.node == one.node]
        # A call that got no answer may have been counted, or not.
        if any(c.start < one.since for c in calls):
            continue
        for kind, operation in operations.items():
            answered = sum(c.kind == kind and c.status is not None for c in calls)
            unclear = sum(c.kind == kind and c.status is None for c in calls)
            counted = sum_of(one.counters, "numproof_http_request_duration_seconds_count", f'operation="{operation}"')
            if not answered <= counted <= answered + unclear:
                found.append(f"counters: {one.node} counted {counted:.0f} × {operation}; "
                             f"{answered} were answered, {unclear} not")
    return found


# What a load balancer sees -------------------------------------------------------------------


def apart_from(evidence, probe):
    """Whether the machine itself was hindered then: a frozen process can tell nothing."""
    frozen = any(node == probe.node and since - 1 < probe.time < to + 6 for node, since, to in evidence.frozen)
    return frozen or any(since < probe.time < to for since, to in evidence.troubles)


def by_life(evidence):
    lives = collections.defaultdict(list)
    for probe in evidence.probes:
        if not apart_from(evidence, probe):
            lives[probe.node, probe.pid].append(probe)
    return lives


def empty_promises(evidence):
    """Ready means ready: who says so for longer than its state may be old, answers."""
    found = []
    for (node, pid), probes in by_life(evidence).items():
        since = None
        for probe in probes:
            promised = probe.ready == (200, 200) and not probe.worked
            since = (since or probe.time) if promised else None
            if promised and probe.time - since > evidence.window:
                found.append(f"readiness: {node} (pid {pid}) said ready for {probe.time - since:.1f} s, and refused")
                break
    return found


def dead_while_alive(evidence):
    """livez depends on no other server."""
    starts = {(life.node, life.pid): life for life in evidence.lives}
    found = []
    for key, probes in by_life(evidence).items():
        life = starts.get(key)
        dead = life and [p for p in probes if p.live != 200 and p.time > life.started + BORN_WITHIN
                and (life.ended is None or p.time < life.ended - BORN_WITHIN)]
        found += [f"liveness: {key[0]} (pid {key[1]}) said {p.live} at {p.time:.1f}" for p in (dead or [])[:1]]
    return found
