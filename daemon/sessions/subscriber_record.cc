// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/subscriber_record.h"

#include <algorithm>
#include <tuple>

#include "daemon/sessions/octets.h"

namespace numproof {
namespace {

constexpr std::uint64_t kForm = 2;

/// Beside the form: what a record has beyond the SIMs or numbers that it was met with.
constexpr std::uint64_t kFloor = 1;
constexpr std::uint64_t kFacts = 2;
constexpr std::uint64_t kAllParts = kFloor | kFacts;
constexpr std::uint64_t kOnlyMet = kForm << 2U;
constexpr std::size_t kFactsMax = 16;
constexpr std::size_t kMetMax = 4;

bool is_earlier(const EventPosition& a, const EventPosition& b) {
    return std::tie(a.time, a.lane, a.offset) < std::tie(b.time, b.lane, b.offset);
}

bool same_content(const SubscriberFact& a, const SubscriberFact& b) {
    return a.at.time == b.at.time && a.kind == b.kind && a.state == b.state && a.imsi == b.imsi;
}

/// Goes through facts in order of time.
struct FactWalk {
    BindingEpoch epoch = 0;
    std::optional<ImsiId> imsi;
    const std::vector<MetSim>& met;
    bool lost = false;

    void take(const SubscriberFact& fact) {
        if (fact.kind == SubscriberFact::Kind::lost) {
            take_loss(fact);
            return;
        }
        const bool other_sim = imsi ? *imsi != fact.imsi : met_elsewhere(fact);
        const bool ends = fact.state != SubscriberState::active;
        if (other_sim || ends || fact.kind == SubscriberFact::Kind::sim_changed) {
            raise(fact.at.time);
        }
        imsi = fact.imsi;
        lost = false;
    }

    void take_loss(const SubscriberFact& fact) {
        const bool ours = imsi ? *imsi == fact.imsi : true;
        if (ours && !lost) {
            raise(fact.at.time);
        }
        lost = lost || ours;
    }

    /// Before the books' first word, sessions tell which SIM had the number last.
    [[nodiscard]] bool met_elsewhere(const SubscriberFact& fact) const {
        bool elsewhere = false;
        WallTime newest = WallTime::min();
        for (const auto& other : met) {
            if (other.since > fact.at.time) {
                break;
            }
            elsewhere = (other.since == newest && elsewhere) || other.sim != mark_of(fact.imsi);
            newest = other.since;
        }
        return elsewhere;
    }

    void raise(WallTime time) { epoch = std::max(epoch, epoch_ms(time)); }
};

// Facts of one instant from different lanes: the worst of them.
SubscriberState newest_state(const SubscriberRecord& record) {
    const SubscriberFact* newest = nullptr;
    auto state = record.floor_state;
    for (const auto& fact : record.facts) {
        if (fact.kind == SubscriberFact::Kind::lost) {
            continue;
        }
        const bool tie =
            newest != nullptr && newest->at.time == fact.at.time && newest->at.lane != fact.at.lane;
        state = tie ? std::max(state, fact.state) : fact.state;
        newest = &fact;
    }
    return state;
}

void let_oldest_go(SubscriberRecord& record) {
    while (record.facts.size() > kFactsMax) {
        FactWalk walk{.epoch = record.floor, .imsi = record.floor_imsi, .met = record.met};
        walk.take(record.facts.front());
        record.floor = walk.epoch;
        record.floor_imsi = walk.imsi;
        if (record.facts.front().kind != SubscriberFact::Kind::lost) {
            record.floor_state = record.facts.front().state;
        }
        record.facts.erase(record.facts.begin());
    }
}

std::optional<SubscriberState> take_state(OctetReader& in) {
    const auto state = in.number();
    if (state > static_cast<std::uint64_t>(SubscriberState::deleted)) {
        in.spoil();
        return std::nullopt;
    }
    return static_cast<SubscriberState>(state);
}

ImsiId take_imsi(OctetReader& in) {
    const auto imsi = ImsiId::parse(in.raw(ImsiId::kSize));
    if (!imsi) {
        in.spoil();
    }
    return imsi.value_or(ImsiId{});
}

bool has_floor(const SubscriberRecord& record) {
    return record.floor != 0 || record.floor_state != SubscriberState::active || record.floor_imsi;
}

void put_floor(OctetWriter& out, const SubscriberRecord& record) {
    out.integer(record.floor).number(static_cast<std::uint64_t>(record.floor_state));
    out.number(record.floor_imsi ? 1 : 0);
    out.raw(record.floor_imsi ? record.floor_imsi->octets() : std::string_view{});
}

void take_floor(OctetReader& in, SubscriberRecord& record) {
    record.floor = in.integer();
    record.floor_state = take_state(in).value_or(SubscriberState::active);
    if (in.number() == 1) {
        record.floor_imsi = take_imsi(in);
    }
    if (record.floor < 0) {
        in.spoil();
    }
}

void put_facts(OctetWriter& out, const SubscriberRecord& record) {
    out.number(record.facts.size());
    for (const auto& fact : record.facts) {
        out.position(fact.at).number(static_cast<std::uint64_t>(fact.kind));
        out.number(static_cast<std::uint64_t>(fact.state)).raw(fact.imsi.octets());
    }
}

void take_facts(OctetReader& in, SubscriberRecord& record) {
    for (auto left = in.count(); left > 0 && in.good(); --left) {
        SubscriberFact fact{.at = in.position(), .kind = {}, .state = {}, .imsi = {}};
        const auto kind = in.number();
        if (kind > static_cast<std::uint64_t>(SubscriberFact::Kind::lost)) {
            in.spoil();
            return;
        }
        fact.kind = static_cast<SubscriberFact::Kind>(kind);
        fact.state = take_state(in).value_or(SubscriberState::active);
        fact.imsi = take_imsi(in);
        record.facts.push_back(fact);
    }
}

void take_met(OctetReader& in, SubscriberRecord& record) {
    while (in.good() && !in.whole()) {
        const auto since = in.time();
        if (const auto sim = SimMark::parse(in.raw(SimMark::kSize))) {
            record.met.push_back({.since = since, .sim = *sim});
        }
    }
}

}  // namespace

bool add_fact(SubscriberRecord& record, const SubscriberFact& fact) {
    auto& facts = record.facts;
    const bool known = std::ranges::any_of(facts, [&](const SubscriberFact& other) {
        return same_content(other, fact);
    });
    const bool too_old = facts.size() == kFactsMax && is_earlier(fact.at, facts.front().at);
    if (known || too_old) {
        return false;
    }
    facts.insert(std::ranges::upper_bound(facts, fact.at, is_earlier, &SubscriberFact::at), fact);
    let_oldest_go(record);
    return true;
}

SimMark mark_of(const ImsiId& imsi) {
    return SimMark::parse(imsi.octets().substr(0, SimMark::kSize)).value_or(SimMark{});
}

bool add_met(SubscriberRecord& record, const MetSim& met) {
    auto& all = record.met;
    const auto known = std::ranges::find(all, met.sim, &MetSim::sim);
    if (known != all.end() && known->since <= met.since) {
        return false;
    }
    const auto before = all;
    if (known != all.end()) {
        all.erase(known);
    }
    all.insert(std::ranges::upper_bound(all, met), met);
    if (all.size() > kMetMax) {
        all.pop_back();
    }
    return all != before;
}

SubscriberView view_of(const SubscriberRecord& record) {
    FactWalk walk{.epoch = record.floor, .imsi = record.floor_imsi, .met = record.met};
    for (const auto& fact : record.facts) {
        walk.take(fact);
    }
    return {
        .head = {.state = newest_state(record), .epoch = walk.epoch},
        .imsi = walk.lost ? std::nullopt : walk.imsi};
}

Bytes to_stored(const SubscriberRecord& record) {
    OctetWriter out;
    const bool floor = has_floor(record);
    out.number(kOnlyMet | (floor ? kFloor : 0U) | (record.facts.empty() ? 0U : kFacts));
    if (floor) {
        put_floor(out, record);
    }
    if (!record.facts.empty()) {
        put_facts(out, record);
    }
    for (const auto& met : record.met) {
        out.time(met.since).raw(met.sim.octets());
    }
    return to_stored(view_of(record).head) + out.take();
}

Result<SubscriberRecord> parse_subscriber_record(std::string_view stored) {
    if (auto head = take_subscriber_head(stored); !head) {
        return pass_on(head);
    }
    OctetReader in{stored};
    SubscriberRecord record;
    const auto parts = in.number();
    if ((parts & ~kAllParts) != kOnlyMet) {
        return fail(ErrorCode::malformed, "subscriber record of another form");
    }
    if ((parts & kFloor) != 0) {
        take_floor(in, record);
    }
    if ((parts & kFacts) != 0) {
        take_facts(in, record);
    }
    take_met(in, record);
    if (!in.whole()) {
        return fail(ErrorCode::malformed, "subscriber record is broken");
    }
    return record;
}

bool add_fact(ImsiRecord& record, const ImsiFact& fact) {
    auto& facts = record.facts;
    const bool known = std::ranges::any_of(facts, [&](const ImsiFact& other) {
        return other.at.time == fact.at.time && other.msisdn == fact.msisdn;
    });
    const bool too_old = facts.size() == kFactsMax && is_earlier(fact.at, facts.front().at);
    if (known || too_old) {
        return false;
    }
    facts.insert(std::ranges::upper_bound(facts, fact.at, is_earlier, &ImsiFact::at), fact);
    while (facts.size() > kFactsMax) {
        if (facts[0].msisdn != facts[1].msisdn) {
            record.floor = std::max(record.floor, facts[1].at.time);
        }
        facts.erase(facts.begin());
    }
    return true;
}

bool add_seen(ImsiRecord& record, const SubscriberId& subscriber) {
    if (std::ranges::find(record.seen, subscriber) != record.seen.end()) {
        return false;
    }
    if (record.seen.size() == kFactsMax) {
        record.seen.erase(record.seen.begin());
    }
    record.seen.push_back(subscriber);
    return true;
}

ImsiView view_of(const ImsiRecord& record) {
    ImsiView view{.msisdn = std::nullopt, .changed = record.floor};
    const ImsiFact* last = nullptr;
    for (const auto& fact : record.facts) {
        if (last != nullptr && last->msisdn != fact.msisdn) {
            view.changed = std::max(view.changed, fact.at.time);
        }
        const bool unclear = last != nullptr && last->at.time == fact.at.time &&
                             last->at.lane != fact.at.lane && last->msisdn != fact.msisdn;
        view.msisdn = unclear ? std::nullopt : std::optional{fact.msisdn};
        last = &fact;
    }
    return view;
}

Bytes to_stored(const ImsiRecord& record) {
    OctetWriter out;
    const bool facts = record.floor != WallTime{} || !record.facts.empty();
    out.number(kOnlyMet | (facts ? kFacts : 0U));
    if (facts) {
        out.time(record.floor).number(record.facts.size());
    }
    for (const auto& fact : record.facts) {
        out.position(fact.at).digits(fact.msisdn.reveal().substr(1));
    }
    for (const auto& seen : record.seen) {
        out.raw(seen.octets());
    }
    return out.take();
}

Result<ImsiRecord> parse_imsi_record(std::string_view stored) {
    OctetReader in{stored};
    ImsiRecord record;
    const auto parts = in.number();
    if ((parts & ~kFacts) != kOnlyMet) {
        return fail(ErrorCode::malformed, "IMSI record of another form");
    }
    const bool facts = (parts & kFacts) != 0;
    record.floor = facts ? in.time() : WallTime{};
    for (auto left = facts ? in.count() : 0; left > 0 && in.good(); --left) {
        const auto at = in.position();
        auto msisdn = Msisdn::parse("+" + in.digits());
        if (!msisdn) {
            return fail(ErrorCode::malformed, "IMSI record is broken");
        }
        record.facts.push_back({.at = at, .msisdn = std::move(*msisdn)});
    }
    while (in.good() && !in.whole()) {
        if (const auto seen = SubscriberId::parse(in.raw(SubscriberId::kSize))) {
            record.seen.push_back(*seen);
        }
    }
    if (!in.whole()) {
        return fail(ErrorCode::malformed, "IMSI record is broken");
    }
    return record;
}

}  // namespace numproof
