// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/batch_plan.h"

#include <algorithm>

#include "daemon/domain/store_keys.h"

namespace numproof {
namespace {

// A record that cannot be read may have known of others, below a shorter prefix that still can: a
// session that nobody knows stands for them, until somebody begins there anew.
AddressEntry somebody_at(const IpPrefix& place) {
    return {
        .session = SessionId{},
        .prefix = place,
        .ports = PortRange{},
        .begin = WallTime{},
        .forget_at = std::nullopt};
}

}  // namespace

void BatchPlan::add(const std::vector<PlacedEvent>& events) {
    for (const auto& placed : events) {
        std::visit([&](const auto& event) { add(placed, event); }, placed.event);
    }
}

void BatchPlan::add_to_session(const PlacedEvent& placed, const SessionName& name) {
    const auto id = parts_.vault.session_id(name);
    auto& work = sessions_[store_keys::session(id)];
    work.id = id;
    work.gateway = parts_.vault.gateway_id(name.source);
    work.events.push_back(&placed);
}

SubscriberWork& BatchPlan::subscriber(const SubscriberId& id, WallTime time) {
    auto& work = subscribers_[store_keys::subscriber(id)];
    work.oldest = std::min(work.oldest, time);
    return work;
}

void BatchPlan::add(const PlacedEvent& placed, const SessionBind& event) {
    add_to_session(placed, event.name);
    if (!event.msisdn) {
        return;
    }
    const auto sid = parts_.vault.subscriber_id(*event.msisdn);
    auto& number = subscriber(sid, event.time);
    if (event.imsi) {
        const auto imsi = parts_.vault.imsi_id(*event.imsi);
        number.met.insert({.since = event.time, .sim = mark_of(imsi)});
        auto& work = imsis_[store_keys::imsi(parts_.vault.mark(), imsi)];
        work.id = imsi;
        work.seen.insert(sid);
        work.oldest = std::min(work.oldest, event.time);
    }
}

void BatchPlan::add(const PlacedEvent& placed, const SessionRefresh& event) {
    add_to_session(placed, event.name);
}

void BatchPlan::add(const PlacedEvent& placed, const SessionRelease& event) {
    add_to_session(placed, event.name);
}

void BatchPlan::add(const PlacedEvent& placed, const GatewayReset& event) {
    gateways_[store_keys::gateway(parts_.vault.gateway_id(event.source))].push_back(placed.at);
}

void BatchPlan::add(const PlacedEvent& placed, const SubscriberChange& event) {
    const auto imsi = parts_.vault.imsi_id(event.imsi);
    const auto sid = parts_.vault.subscriber_id(event.msisdn);
    auto& work = imsis_[store_keys::imsi(parts_.vault.mark(), imsi)];
    work.id = imsi;
    work.facts.push_back({.at = placed.at, .msisdn = event.msisdn});
    work.seen.insert(sid);
    work.oldest = std::min(work.oldest, event.time);
    const auto kind =
        event.sim_changed ? SubscriberFact::Kind::sim_changed : SubscriberFact::Kind::books;
    subscriber(sid, event.time)
        .facts.push_back({.at = placed.at, .kind = kind, .state = event.state, .imsi = imsi});
}

void BatchPlan::add(const PlacedEvent& /*placed*/, const Heartbeat& /*event*/) {}

template <typename T>
std::optional<T> BatchPlan::decode(Result<T> parsed) const {
    if (!parsed) {
        parts_.counters.integrity_failures.add();
        return std::nullopt;
    }
    return std::move(*parsed);
}

std::vector<RecordChange> BatchPlan::first_changes() {
    std::vector<RecordChange> changes;
    for (auto& [key, work] : sessions_) {
        changes.push_back({.key = key, .make = [this, &key = key, &work = work](const auto& now) {
                               return make_session(key, work, now);
                           }});
    }
    for (auto& [key, work] : imsis_) {
        changes.push_back({.key = key, .make = [this, &key = key, &work = work](const auto& now) {
                               return make_imsi(key, work, now);
                           }});
    }
    for (auto& [key, restarts] : gateways_) {
        changes.push_back({.key = key, .make = [this, &restarts = restarts](const auto& now) {
                               return make_gateway(restarts, now);
                           }});
    }
    return changes;
}

std::vector<RecordChange> BatchPlan::second_changes() {
    plan_addresses();
    plan_losses();
    std::vector<RecordChange> changes;
    for (auto& [key, work] : subscribers_) {
        changes.push_back({.key = key, .make = [this, &key = key, &work = work](const auto& now) {
                               return make_subscriber(key, work, now);
                           }});
    }
    for (auto& [key, work] : addresses_) {
        changes.push_back({.key = key, .make = [this, &key = key, &work = work](const auto& now) {
                               return make_address(key, work, now);
                           }});
    }
    return changes;
}

std::optional<NewRecord> BatchPlan::make_session(
    const std::string& key, SessionWork& work, const std::optional<Record>& current
) const {
    work.record = {};
    work.touched.clear();
    if (current) {
        auto plain = seal_.open(key, *current);
        work.record =
            decode(plain ? parse_session_record(*plain) : pass_on(plain)).value_or(SessionRecord{});
    }
    work.record.gateway = work.gateway;
    bool changed = false;
    for (const auto* placed : work.events) {
        SessionFold fold;
        if (const auto* bind = std::get_if<SessionBind>(&placed->event)) {
            fold = fold_bind(work.record, *bind, placed->at, context_);
        } else if (const auto* release = std::get_if<SessionRelease>(&placed->event)) {
            fold = fold_release(work.record, *release, placed->at, context_);
        } else {
            fold = fold_refresh(work.record, placed->at, context_);
        }
        changed = changed || fold.changed;
        work.touched.insert(fold.touched.begin(), fold.touched.end());
    }
    if (!changed) {
        return std::nullopt;
    }
    return NewRecord{
        .record = seal_.sealed(key, to_stored(work.record)),
        .keep = keep_of(work.record, rules_, context_)};
}

std::optional<NewRecord> BatchPlan::make_imsi(
    const std::string& key, ImsiWork& work, const std::optional<Record>& current
) const {
    work.record = {};
    bool changed = !current.has_value();
    if (current) {
        auto plain = seal_.open(key, *current);
        const auto read = decode(plain ? parse_imsi_record(*plain) : pass_on(plain));
        changed = !read;
        work.record = read.value_or(ImsiRecord{
            .floor = work.oldest - Milliseconds{1}, .facts = {}, .seen = {}});
    }
    for (const auto& fact : work.facts) {
        changed = add_fact(work.record, fact) || changed;
    }
    for (const auto& seen : work.seen) {
        changed = add_seen(work.record, seen) || changed;
    }
    if (!changed) {
        return std::nullopt;
    }
    auto stored = to_stored(work.record);
    const bool numbers = !work.record.facts.empty();
    return NewRecord{
        .record = numbers ? seal_.sealed(key, stored) : seal_.tagged(key, std::move(stored)),
        .keep = kSubscriberLife};
}

std::optional<NewRecord> BatchPlan::make_gateway(
    const std::vector<EventPosition>& restarts, const std::optional<Record>& current
) const {
    GatewayRecord record;
    bool changed = !current.has_value();
    if (current) {
        const auto read = decode(parse_gateway_record(current->value));
        changed = !read;
        record = read.value_or(GatewayRecord{});
    }
    for (const auto& at : restarts) {
        changed = add_restart(record, at) || changed;
    }
    if (!changed) {
        return std::nullopt;
    }
    return NewRecord{.record = seal_.open_to_all(to_stored(record)), .keep = kSubscriberLife};
}

// A record that cannot be read may have known of a SIM swap: what began before is not believed.
std::optional<NewRecord> BatchPlan::make_subscriber(
    const std::string& key, const SubscriberWork& work, const std::optional<Record>& current
) const {
    SubscriberRecord record;
    bool changed = !current.has_value();
    if (current) {
        auto plain = seal_.open(key, *current);
        const auto read = decode(plain ? parse_subscriber_record(*plain) : pass_on(plain));
        changed = !read;
        record = read.value_or(SubscriberRecord{
            .floor = std::max<BindingEpoch>(0, epoch_ms(work.oldest) - 1),
            .floor_imsi = std::nullopt,
            .facts = {},
            .met = {}});
    }
    for (const auto& met : work.met) {
        changed = add_met(record, met) || changed;
    }
    for (const auto& fact : work.facts) {
        changed = add_fact(record, fact) || changed;
    }
    if (!changed) {
        return std::nullopt;
    }
    return NewRecord{.record = seal_.tagged(key, to_stored(record)), .keep = kSubscriberLife};
}

std::optional<NewRecord> BatchPlan::make_address(
    const std::string& key, const std::vector<EntryWork>& work, const std::optional<Record>& current
) const {
    AddressRecord before;
    if (current) {
        auto plain = seal_.open(key, *current);
        const auto place = record_prefix(work.front().scope.prefix);
        before = decode(plain ? parse_address_record(*plain) : pass_on(plain))
                     .value_or(AddressRecord{somebody_at(place)});
    }
    auto record = before;
    for (const auto& part : work) {
        merge_entries(record, part.scope, part.projected, context_);
    }
    settle(record, context_.now, rules_.conflict_skew);
    if (record == before) {
        return std::nullopt;
    }
    const bool held = std::ranges::any_of(record, [](const AddressEntry& entry) {
        return !entry.forget_at.has_value();
    });
    return NewRecord{
        .record = seal_.tagged(key, to_stored(record)),
        .keep = context_.tombstone_keep + (held ? kAddressLife : Milliseconds{0})};
}

std::vector<AddressEntry> BatchPlan::project(const SessionWork& work, const HeldPlace& place)
    const {
    const auto& record = work.record;
    std::vector<AddressEntry> entries;
    for (const auto& holding : record.held) {
        if (holding.at.domain != place.domain || holding.at.prefix != place.prefix) {
            continue;
        }
        entries.push_back(
            {.session = work.id,
             .prefix = place.prefix,
             .ports = holding.at.ports,
             .begin = holding.added.time,
             .forget_at = holding.forget_at,
             .version = record.version}
        );
    }
    return entries;
}

void BatchPlan::plan_addresses() {
    addresses_.clear();
    for (const auto& [key, work] : sessions_) {
        for (const auto& place : work.touched) {
            const EntryScope scope{
                .session = work.id, .prefix = place.prefix, .version = work.record.version};
            const auto domain = parts_.vault.in_generation(place.domain);
            addresses_[store_keys::address(domain, record_prefix(place.prefix))].push_back(
                {.scope = scope, .projected = project(work, place)}
            );
        }
    }
}

// Rule R3: each number that was seen with an IMSI has to know when that IMSI got another one.
void BatchPlan::plan_losses() {
    for (const auto& [key, work] : imsis_) {
        for (const auto& fact : work.record.facts) {
            const auto given = parts_.vault.subscriber_id(fact.msisdn);
            for (const auto& seen : work.record.seen) {
                if (seen == given) {
                    continue;
                }
                subscriber(seen, fact.at.time)
                    .facts.push_back(
                        {.at = fact.at,
                         .kind = SubscriberFact::Kind::lost,
                         .state = SubscriberState::active,
                         .imsi = work.id}
                    );
            }
        }
    }
}

}  // namespace numproof
