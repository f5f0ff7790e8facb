// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/truth.h"

#include <algorithm>

namespace numproof::sim {
namespace {

bool everything(const HeldAddress& /*at*/) {
    return true;
}

}  // namespace

void Truth::tell(const SessionEvent& event, WallTime known) {
    std::visit([&](const auto& one) { tell(one, std::max(known, one.time)); }, event);
}

template <typename Meant>
void Truth::close(Session& session, Meant meant, WallTime time, WallTime known) {
    std::erase_if(session.open, [&](std::size_t index) {
        auto& span = spans_[index];
        const bool ends = meant(span.at);
        if (ends) {
            span.end = time;
            span.end_known = known;
        }
        return ends;
    });
}

void Truth::tell(const SessionBind& event, WallTime known) {
    auto& session = sessions_[event.name];
    const bool whole = event.extent == SessionBind::Extent::whole;
    if (whole) {
        session.binds.push_back(event.time);
        close(session, everything, event.time, known);
    } else if (!session.first_change) {
        session.first_change = event.time;
    }
    auto terms = whole || session.terms.empty() ? Terms{} : session.terms.back();
    terms.since = event.time;
    terms.access = event.access;
    terms.msisdn = event.msisdn ? std::optional{std::string{event.msisdn->reveal()}} : terms.msisdn;
    terms.imsi = event.imsi ? std::optional{std::string{event.imsi->reveal()}} : terms.imsi;
    terms.interval = event.interim_interval ? event.interim_interval : terms.interval;
    session.terms.push_back(std::move(terms));
    session.seen.push_back(event.time);
    for (const auto& removed : event.removed) {
        const auto meant = [&](const HeldAddress& at) {
            return at.domain == removed.domain && at.prefix == removed.prefix;
        };
        close(session, meant, event.time, known);
    }
    for (const auto& held : event.held) {
        const auto meant = [&](const HeldAddress& at) { return at == held; };
        close(session, meant, event.time, known);
        session.open.push_back(spans_.size());
        places_[{held.domain, held.prefix}].push_back(spans_.size());
        lengths_.insert(held.prefix.length());
        spans_.push_back(
            {.session = event.name, .at = held, .begin = event.time, .begin_known = known}
        );
    }
}

void Truth::tell(const SessionRefresh& event, WallTime /*known*/) {
    sessions_[event.name].seen.push_back(event.time);
}

void Truth::tell(const SessionRelease& event, WallTime known) {
    close(sessions_[event.name], everything, event.time, known);
}

void Truth::tell(const GatewayReset& event, WallTime /*known*/) {
    resets_[event.source].push_back(event.time);
}

void Truth::tell(const SubscriberChange& event, WallTime /*known*/) {
    const std::string msisdn{event.msisdn.reveal()};
    const std::string imsi{event.imsi.reveal()};
    auto& number = numbers_[msisdn];
    const bool swapped = !number.imsi.empty() && number.imsi != imsi;
    if (swapped || event.sim_changed || event.state != SubscriberState::active) {
        number.epochs.push_back(event.time);
    }
    number.imsi = imsi;
    number.states.emplace_back(event.time, event.state);
    number.mentions.push_back(event.time);
    auto& had = imsis_[imsi];
    if (!had.empty() && had.back().second != msisdn) {
        auto& loser = numbers_[had.back().second];
        loser.mentions.push_back(event.time);
        if (loser.imsi == imsi) {
            loser.epochs.push_back(event.time);
        }
    }
    had.emplace_back(event.time, msisdn);
}

const std::string* Truth::domain_of(const IpAddress& address) const {
    const std::pair<IpPrefix, std::string>* best = nullptr;
    for (const auto& domain : terms_.domains) {
        const bool longer = best == nullptr || domain.first.length() > best->first.length();
        if (domain.first.contains(address) && longer) {
            best = &domain;
        }
    }
    return best == nullptr ? nullptr : &best->second;
}

std::vector<const Truth::Span*> Truth::around(const std::string& domain, const IpAddress& address)
    const {
    std::vector<const Span*> found;
    for (const auto length : lengths_) {
        if (length > address.bits()) {
            break;
        }
        const auto place = places_.find({domain, IpPrefix::of(address, length)});
        if (place != places_.end()) {
            for (const auto index : place->second) {
                found.push_back(&spans_[index]);
            }
        }
    }
    return found;
}

WallTime Truth::bound(const Session& session, WallTime by) const {
    const auto last = std::ranges::find_if(
        session.binds.rbegin(), session.binds.rend(), [&](WallTime time) { return time <= by; }
    );
    return last != session.binds.rend() ? *last : session.first_change.value_or(WallTime::max());
}

bool Truth::overtaken(const Span& span, WallTime by) const {
    const auto& here = places_.at({span.at.domain, span.at.prefix});
    return std::ranges::any_of(here, [&](std::size_t index) {
        const auto& other = spans_[index];
        return other.session != span.session && other.at.ports.overlaps(span.at.ports) &&
               other.begin > span.begin + terms_.conflict_skew &&
               std::max(other.begin, other.begin_known) <= by;
    });
}

std::vector<std::string> Truth::numbers_of_imsi(const std::string& imsi, const Question& q) const {
    std::vector<std::string> found;
    const auto had = imsis_.find(imsi);
    if (had == imsis_.end()) {
        return found;
    }
    for (std::size_t i = 0; i < had->second.size(); ++i) {
        const bool over = i + 1 < had->second.size() && had->second[i + 1].first <= q.from;
        if (!over && had->second[i].first <= q.to) {
            found.push_back(had->second[i].second);
        }
    }
    return found;
}

// All that the session may have stood for while the question was open.
std::vector<std::string> Truth::numbers(const Span& span, const Question& q) const {
    std::vector<std::string> found;
    const auto& terms = sessions_.at(span.session).terms;
    for (std::size_t i = 0; i < terms.size(); ++i) {
        const bool over = i + 1 < terms.size() && terms[i + 1].since <= q.from;
        if (over || terms[i].since > q.to) {
            continue;
        }
        if (terms[i].msisdn) {
            found.push_back(*terms[i].msisdn);
        } else if (terms[i].imsi) {
            const auto more = numbers_of_imsi(*terms[i].imsi, q);
            found.insert(found.end(), more.begin(), more.end());
        }
    }
    return found;
}

std::optional<Finding> Truth::named(const Question& q, const std::string& number) const {
    Finding best{.rank = 0, .rule = "R5", .why = "it never held this address"};
    const auto* domain = domain_of(q.address);
    if (domain == nullptr) {
        return Finding{.rank = 0, .rule = "R6", .why = "the address is in no domain"};
    }
    for (const auto* span : around(*domain, q.address)) {
        auto finding = doubt(*span, q, number);
        if (!finding) {
            return std::nullopt;
        }
        if (finding->rank > best.rank) {
            best = std::move(*finding);
        }
    }
    return best.rank > 0 ? best : elsewhere(q, number).value_or(best);
}

std::optional<Finding> Truth::elsewhere(const Question& q, const std::string& number) const {
    for (const auto& [place, indexes] : places_) {
        for (const auto index : indexes) {
            const auto& span = spans_[index];
            const bool here = place.second.contains(q.address) && span.end >= q.from;
            const auto its = here ? numbers(span, q) : std::vector<std::string>{};
            if (std::ranges::find(its, number) != its.end()) {
                return Finding{.rank = 1, .rule = "R6", .why = "it holds it in another domain"};
            }
        }
    }
    return std::nullopt;
}

std::optional<Finding> Truth::doubt(const Span& span, const Question& q, const std::string& number)
    const {
    const auto its = numbers(span, q);
    if (std::ranges::find(its, number) == its.end()) {
        return Finding{.rank = 0, .rule = "R5", .why = "another number"};
    }
    if (span.begin > q.to) {
        return Finding{.rank = 1, .rule = "R5", .why = "it did not hold it yet"};
    }
    if (std::max(span.end, span.end_known) < q.from) {
        return Finding{.rank = 2, .rule = "R5", .why = "it had given it up"};
    }
    if (!span.at.ports.contains(q.port)) {
        return Finding{.rank = 3, .rule = "R6", .why = "another port block"};
    }
    if (auto finding = doubt_others(span, q)) {
        return finding;
    }
    return doubt_session(span, q, number);
}

std::optional<Finding> Truth::doubt_others(const Span& span, const Question& q) const {
    if (overtaken(span, q.from)) {
        return Finding{.rank = 4, .rule = "R5", .why = "another session took it over"};
    }
    for (const auto* other : around(span.at.domain, q.address)) {
        const bool stands = other->session != span.session && other->begin_known <= q.from &&
                            other->end > q.to && !overtaken(*other, q.to);
        if (!stands) {
            continue;
        }
        if (other->at.prefix.length() > span.at.prefix.length()) {
            return Finding{.rank = 5, .rule = "R6", .why = "a longer prefix is held"};
        }
        const auto apart = std::chrono::abs(other->begin - span.begin);
        if (other->at.prefix == span.at.prefix && other->at.ports.contains(q.port) &&
            apart <= terms_.conflict_skew) {
            return Finding{.rank = 6, .rule = "R5", .why = "another session began with it"};
        }
    }
    return std::nullopt;
}

std::optional<Finding> Truth::doubt_session(
    const Span& span, const Question& q, const std::string& number
) const {
    const auto& session = sessions_.at(span.session);
    const auto since = bound(session, q.to);
    const auto resets = resets_.find(span.session.source);
    if (resets != resets_.end() && std::ranges::any_of(resets->second, [&](WallTime at) {
            return at >= since && at <= q.from;
        })) {
        return Finding{.rank = 7, .rule = "R7", .why = "its gateway restarted"};
    }
    std::optional<Milliseconds> life;
    bool proves = false;
    for (std::size_t i = 0; i < session.terms.size(); ++i) {
        const bool over = i + 1 < session.terms.size() && session.terms[i + 1].since <= q.from;
        if (!over && session.terms[i].since <= q.to) {
            const Milliseconds interval =
                session.terms[i].interval.value_or(std::chrono::hours{24});
            life = std::max(life.value_or(Milliseconds{0}), interval * terms_.missed_interims);
            proves = proves || session.terms[i].access == Access::three_gpp;
        }
    }
    auto last = WallTime{};
    for (const auto seen : session.seen) {
        last = seen <= q.to ? std::max(last, seen) : last;
    }
    if (life && last + *life + terms_.clock_margin < q.asked) {
        return Finding{.rank = 8, .rule = "R9", .why = "nobody heard of the session for long"};
    }
    if (!proves) {
        return Finding{.rank = 9, .rule = "R1", .why = "its access proves nothing"};
    }
    if (changed(number, since - Milliseconds{1}, q.from)) {
        return Finding{.rank = 10, .rule = "R3", .why = "the number changed hands or state since"};
    }
    return std::nullopt;
}

bool Truth::changed(const std::string& number, WallTime since, WallTime until) const {
    const auto known = numbers_.find(number);
    return known != numbers_.end() && std::ranges::any_of(known->second.epochs, [&](WallTime at) {
               return at > since && at <= until;
           });
}

bool Truth::mentioned(const std::string& number, WallTime since) const {
    const auto known = numbers_.find(number);
    return known == numbers_.end() ||
           std::ranges::any_of(known->second.mentions, [&](WallTime at) { return at >= since; });
}

}  // namespace numproof::sim
