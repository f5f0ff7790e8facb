# SPDX-License-Identifier: Apache-2.0
"""Small changes of the sources, each of which takes one rule of docs/architecture.md out of the code.

(rule, what is lost, file, text to find, text to put there). The text stands in the file exactly once.
"""

MUTATIONS = [
    ("R1", "an unknown subscriber is answered all the same", "daemon/verify/decide.cc",
     "return Problem::number_unknown;", "return std::nullopt;"),
    ("R1", "what cannot be told is told as false", "daemon/verify/verification.cc",
     "return tl::unexpected(verdict.error());", "return AuditResult::mismatch;"),
    ("R2", "the token endpoint looks at the address again", "daemon/auth/token_endpoint.cc",
     "const auto minted = parts_.codec.mint_token(code.key.shard,",
     "auto shard = code.key.shard;\n"
     "    auto again = parts_.numbers.prove(visit.request.peer, visit.deadline);\n"
     "    const auto proof = co_await again;\n"
     "    if (proof && std::holds_alternative<Proven>(*proof)) {\n"
     "        const auto& proven = std::get<Proven>(*proof);\n"
     "        code.body.msisdn = proven.msisdn;\n"
     "        code.header.subscriber = proven.subscriber;\n"
     "        code.header.epoch = proven.epoch;\n"
     "        shard = Shard::of(proven.subscriber);\n"
     "    }\n"
     "    const auto minted = parts_.codec.mint_token(shard,"),
    ("R3", "a token outlives a change of its subscriber", "adapters/memory/claim_judgement.cc",
     ".epoch = grant.epoch", ".epoch = subscriber->epoch"),
    ("R3", "a binding outlives a change of its subscriber", "daemon/sessions/directory_reader.cc",
     "if (epoch_ms(bound_since(session)->time) <= view.head.epoch) {", "if (false) {"),
    ("R4", "clocks may disagree", "daemon/sessions/clock_guard.cc",
     "return apart <= kSkewMax && apart >= -kSkewMax;", "return apart <= Offset::max();"),
    ("R4", "not_after is not enforced", "adapters/memory/claim_judgement.cc",
     "if (grant.not_after <= request.now) {", "if (false) {"),
    ("R5", "a newer session does not overtake", "daemon/sessions/overtaking.cc",
     "a.begin > b.begin + skew;", "a.begin > b.begin + skew && skew.count() < 0;"),
    ("R5", "a release ends nothing", "daemon/sessions/session_record.cc",
     "if (record.end && !is_newer(holding.added, *record.end)) {", "if (false) {"),
    ("R5", "the first of two that clash is believed", "daemon/sessions/address_record.cc",
     "if (found != nullptr && found->session != entry->session) {", "if (false) {"),
    ("R6", "ports do not matter", "daemon/sessions/address_record.cc",
     "if (!entry->ports.contains(port)) {", "if (false) {"),
    ("R6", "the shortest prefix decides", "daemon/sessions/address_record.cc",
     "std::greater<>> lengths", "std::less<>> lengths"),
    ("R7", "sessions outlive their gateway", "daemon/sessions/directory_reader.cc",
     "if (died_in_restart(*restarts, *began)) {", "if (false) {"),
    ("R8", "a directory may be old", "daemon/sessions/standing_watch.cc",
     "wall - *oldest <= limits_.max_staleness", "wall - *oldest <= std::chrono::hours{24}"),
    ("R9", "sessions live for ever", "daemon/sessions/directory_reader.cc",
     "if (parts_.clock.wall_now() > not_after(session, rules_)) {", "if (false) {"),
    ("R10", "an empty directory is filled from where the feed stands", "daemon/sessions/ingest_partitions.cc",
     "rewind(span.at, span.begin);", "rewind(span.at, span.position);"),
    ("R11", "records open under any key", "daemon/sessions/record_changes.cc",
     "if (!vault_.vouches(record.revision, key, record.value)) {", "if (false) {"),
    ("R11", "grants open under any name", "daemon/token/grant_seal.cc",
     "out.text(place);", "out.text(place.substr(0, 0));\n    return std::move(out).take();"),
    ("R12", "everybody's forwarded address is believed", "daemon/http/forwarded.cc",
     "if (!is_trusted(request.peer.address, trusted)) {", "if (false) {"),
    ("R13", "a token may be used again", "adapters/memory/claim_judgement.cc",
     "if (grant.state == GrantState::used) {", "if (false) {"),
    ("R13", "tokens outlive a failover", "adapters/memory/claim_judgement.cc",
     "if (grant.issued_at < request.trusted_since) {", "if (false) {"),
    ("R13", "a request that cannot be read uses the token up", "daemon/verify/verification.cc",
     "asked ? ClaimMode::claim : ClaimMode::judge_only", "ClaimMode::claim"),
]
