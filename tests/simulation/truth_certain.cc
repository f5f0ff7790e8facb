// SPDX-License-Identifier: Apache-2.0
// What is beyond doubt: who must not be denied, and who must be named.
#include <algorithm>

#include "tests/simulation/truth.h"

namespace numproof::sim {

std::optional<Finding> Truth::nobody(const Question& q) const {
    const auto* domain = domain_of(q.address);
    if (domain == nullptr) {
        return std::nullopt;
    }
    const auto all = around(*domain, q.address);
    for (const auto* span : all) {
        const bool stands = span->at.ports.contains(q.port) && span->begin <= q.from &&
                            span->begin_known <= q.from && span->end > q.to &&
                            !overtaken(*span, q.to);
        // Whoever has a longer prefix, or gives it up just now, stands before it.
        const bool hidden = std::ranges::any_of(all, [&](const Span* other) {
            return other->at.prefix.length() > span->at.prefix.length() && other->begin <= q.to &&
                   std::max(other->end, other->end_known) >= q.from;
        });
        if (stands && !hidden) {
            return Finding{.rank = 1, .rule = "R5", .why = "a session holds it"};
        }
    }
    return std::nullopt;
}

std::optional<std::string> Truth::must_name(const Question& q, Milliseconds quiet) const {
    const auto* domain = domain_of(q.address);
    if (domain == nullptr || q.port == 0) {
        return std::nullopt;
    }
    const Span* holder = nullptr;
    const auto since = q.from - quiet;
    for (const auto* span : around(*domain, q.address)) {
        const bool at_all = span->begin <= q.to && std::max(span->end, span->end_known) >= since;
        if (!at_all || (span->at.prefix.address().family() == IpAddress::Family::v4 &&
                        !span->at.ports.contains(q.port))) {
            continue;
        }
        // Whoever comes or goes meanwhile leaves room for doubt.
        if (span->begin > since || span->begin_known > since || span->end <= q.to) {
            return std::nullopt;
        }
        const bool longer =
            holder == nullptr || span->at.prefix.length() > holder->at.prefix.length();
        if (holder != nullptr && span->at.prefix == holder->at.prefix) {
            const bool newer = span->begin > holder->begin;
            holder = newer ? span : holder;
        } else {
            holder = longer ? span : holder;
        }
    }
    if (holder == nullptr || !is_sound(*holder, q, quiet)) {
        return std::nullopt;
    }
    return sound_number(*holder, q, quiet);
}

// Nobody else began with it or after it, its gateway never restarted since, it was heard of.
bool Truth::is_sound(const Span& span, const Question& q, Milliseconds quiet) const {
    const auto& here = places_.at({span.at.domain, span.at.prefix});
    const bool disputed = std::ranges::any_of(here, [&](std::size_t index) {
        const auto& other = spans_[index];
        return other.session != span.session && other.at.ports.overlaps(span.at.ports) &&
               other.begin + terms_.conflict_skew >= span.begin;
    });
    const auto& session = sessions_.at(span.session);
    const auto since = bound(session, q.to);
    if (disputed || since > q.from - quiet) {
        return false;
    }
    const auto resets = resets_.find(span.session.source);
    const bool restarted =
        resets != resets_.end() &&
        std::ranges::any_of(resets->second, [&](WallTime at) { return at >= since; });
    const auto& terms = session.terms.back();
    auto last = WallTime{};
    for (const auto seen : session.seen) {
        last = seen <= q.from ? std::max(last, seen) : last;
    }
    const bool heard = !terms.interval ||
                       last + *terms.interval * terms_.missed_interims > q.to + terms_.clock_margin;
    return !restarted && heard && terms.since <= q.from - quiet &&
           terms.access == Access::three_gpp;
}

std::optional<std::string> Truth::sound_number(
    const Span& span, const Question& q, Milliseconds quiet
) const {
    const auto& session = sessions_.at(span.session);
    const auto& terms = session.terms.back();
    const auto since = bound(session, q.to) - terms_.clock_margin;
    std::optional<std::string> number = terms.msisdn;
    if (!number && terms.imsi) {
        const auto given = imsis_.find(*terms.imsi);
        if (given == imsis_.end() || given->second.back().first >= since) {
            return std::nullopt;
        }
        number = given->second.back().second;
    }
    if (!number || mentioned(*number, std::min(since, q.from - quiet))) {
        return std::nullopt;
    }
    const auto& books = numbers_.at(*number);
    const bool same_sim = !terms.imsi || books.imsi == *terms.imsi;
    const bool active = books.states.back().second == SubscriberState::active;
    return same_sim && active ? number : std::nullopt;
}

}  // namespace numproof::sim
