// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/session_record.h"

#include <algorithm>

namespace numproof {
namespace {

constexpr std::size_t kLanesMax = 4;
constexpr std::size_t kGoneMax = 128;

enum class Admission : std::uint8_t { fresh, known };

// Within a lane the offset orders. A time that runs backwards there is lifted to the newest one
// before it: then the order of all lanes together has no cycles.
Admission admit(SessionRecord& record, EventPosition& at) {
    const auto known = std::ranges::find(record.lanes, at.lane, &LaneMark::lane);
    if (known == record.lanes.end()) {
        if (record.lanes.size() == kLanesMax) {
            record.lanes.erase(std::ranges::min_element(record.lanes, {}, &LaneMark::time));
        }
        record.lanes.push_back({.lane = at.lane, .offset = at.offset, .time = at.time});
        return Admission::fresh;
    }
    if (at.offset <= known->offset) {
        return Admission::known;
    }
    at.time = std::max(at.time, known->time);
    known->offset = at.offset;
    known->time = at.time;
    return Admission::fresh;
}

// Equal times of two lanes: which one stays does not matter, but it must always be the same.
bool replaces(const EventPosition& a, const EventPosition& b) {
    return is_newer(a, b) || (!is_newer(b, a) && a.lane > b.lane);
}

void advance(std::optional<EventPosition>& newest, const EventPosition& at) {
    if (!newest || replaces(at, *newest)) {
        newest = at;
    }
}

template <typename T>
void set(Dated<T>& dated, const T& value, const EventPosition& at) {
    if (!dated.at || replaces(at, *dated.at)) {
        dated.value = value;
        dated.at = at;
    }
}

void add(SessionRecord& record, const HeldAddress& address, const EventPosition& at) {
    const auto known = std::ranges::find(record.held, address, &Holding::at);
    if (known == record.held.end()) {
        record.held.push_back({.at = address, .added = at, .forget_at = std::nullopt});
    } else if (replaces(at, known->added)) {
        known->added = at;
    }
}

HeldPlace place_of(const HeldAddress& address) {
    return {.domain = address.domain, .prefix = address.prefix};
}

void remove(
    SessionRecord& record, const HeldPlace& place, const EventPosition& at, WallTime forget_at
) {
    const auto known = std::ranges::find(record.removed, place, &Removal::place);
    if (known == record.removed.end()) {
        record.removed.push_back({.place = place, .at = at, .forget_at = forget_at});
    } else if (replaces(at, known->at)) {
        known->at = at;
        known->forget_at = forget_at;
    }
}

bool outlasts(const EventPosition& added, const EventPosition& other) {
    return added == other || is_newer(added, other);
}

bool is_held(const SessionRecord& record, const Holding& holding) {
    if (record.whole && !outlasts(holding.added, *record.whole)) {
        return false;
    }
    if (record.end && !is_newer(holding.added, *record.end)) {
        return false;
    }
    return std::ranges::all_of(record.removed, [&](const Removal& removal) {
        return removal.place != place_of(holding.at) || outlasts(holding.added, removal.at);
    });
}

void forget_oldest(SessionRecord& record) {
    while (std::ranges::count_if(record.held, [](const Holding& h) {
               return h.forget_at.has_value();
           }) > std::ptrdiff_t{kGoneMax}) {
        record.held.erase(std::ranges::find_if(record.held, [](const Holding& h) {
            return h.forget_at.has_value();
        }));
    }
    while (record.removed.size() > kGoneMax) {
        record.removed.erase(record.removed.begin());
    }
}

// Decides what is held after an event, and forgets what was given up long ago.
void settle(SessionRecord& record, const ApplyContext& context) {
    for (auto& holding : record.held) {
        if (is_held(record, holding)) {
            holding.forget_at.reset();
        } else if (!holding.forget_at) {
            holding.forget_at = context.forget_at();
        }
    }
    std::erase_if(record.held, [&](const Holding& h) {
        return h.forget_at && *h.forget_at <= context.now;
    });
    std::erase_if(record.removed, [&](const Removal& r) { return r.forget_at <= context.now; });
    forget_oldest(record);
    const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(0, epoch_ms(context.now)));
    record.version = std::max(record.version + 1, now);
}

std::vector<HeldPlace> all_places(const SessionRecord& record) {
    std::vector<HeldPlace> places;
    places.reserve(record.held.size());
    for (const auto& holding : record.held) {
        places.push_back(place_of(holding.at));
    }
    return places;
}

void add_places(std::vector<HeldPlace>& places, const std::vector<HeldAddress>& addresses) {
    for (const auto& address : addresses) {
        places.push_back(place_of(address));
    }
}

void make_unique(std::vector<HeldPlace>& places) {
    std::ranges::sort(places);
    const auto rest = std::ranges::unique(places);
    places.erase(rest.begin(), rest.end());
}

void set_terms(SessionRecord& record, const SessionBind& event, const EventPosition& at) {
    const bool whole = event.extent == SessionBind::Extent::whole;
    if (whole || event.msisdn) {
        set(record.msisdn, event.msisdn, at);
    }
    if (whole || event.imsi) {
        set(record.imsi, event.imsi, at);
    }
    if (whole || event.interim_interval) {
        set(record.interim_interval, event.interim_interval, at);
    }
    if (event.says_access) {
        set(record.access, event.access, at);
    }
}

bool is_whole_ipv4(const HeldAddress& address) {
    return address.prefix.address().family() == IpAddress::Family::v4 &&
           address.prefix.length() == address.prefix.address().bits() && address.ports.whole();
}

// A Removal would take every block of that address.
void give_back(SessionRecord& record, const HeldAddress& block, const EventPosition& at) {
    std::erase_if(record.held, [&](const Holding& holding) {
        return holding.at == block && replaces(at, holding.added);
    });
}

void take_away(
    SessionRecord& record,
    const SessionBind& event,
    const EventPosition& at,
    const ApplyContext& context
) {
    for (const auto& address : event.removed) {
        remove(record, place_of(address), at, context.forget_at());
    }
    for (const auto& block : event.returned) {
        give_back(record, block, at);
    }
}

void join_bind(
    SessionRecord& record,
    const SessionBind& event,
    const EventPosition& at,
    const ApplyContext& context
) {
    // Rule R5: a start that was delivered after its own stop.
    if (event.may_be_late && record.end && event.time <= record.end->time) {
        return;
    }
    if (event.extent == SessionBind::Extent::whole) {
        advance(record.whole, at);
    } else if (!record.change || at.time < record.change->time) {
        record.change = at;
    }
    set_terms(record, event, at);
    take_away(record, event, at, context);
    for (const auto& address : event.held) {
        add(record, address, at);
    }
    record.last_seen = std::max(record.last_seen, at.time);
}

// What was told in passing must not resurrect what has ended, however late it comes (rule R5).
bool has_ended(const SessionRecord& record) {
    const bool begun_anew = record.whole && record.end && is_newer(*record.whole, *record.end);
    return record.end && !begun_anew && !holds_anything(record);
}

// A session has one IPv4 address: another one in its place means that the old one is gone.
void leave_old_ipv4(
    SessionRecord& record,
    const SessionBind& event,
    const EventPosition& at,
    const ApplyContext& context
) {
    const auto now = std::ranges::find_if(event.held, is_whole_ipv4);
    if (now == event.held.end()) {
        return;
    }
    for (const auto& holding : record.held) {
        if (is_whole_ipv4(holding.at) && holding.at.domain == now->domain && holding.at != *now) {
            remove(record, place_of(holding.at), at, context.forget_at());
        }
    }
}

// What is held already keeps its beginning: else each interim update would overtake whoever got
// the address meanwhile (rule R5), and undo a SIM swap (rule R3). A session whose `bind` was never
// heard began when it says that it did.
void join_statement(
    SessionRecord& record,
    const SessionBind& event,
    const EventPosition& at,
    const ApplyContext& context
) {
    record.last_seen = std::max(record.last_seen, at.time);
    if (has_ended(record)) {
        return;
    }
    auto since = at;
    if (!bound_since(record) && event.began) {
        since.time = std::min(at.time, *event.began);
    }
    if (!bound_since(record) && !event.held.empty()) {
        record.change = since;
    }
    set_terms(record, event, at);
    take_away(record, event, at, context);
    leave_old_ipv4(record, event, at, context);
    for (const auto& address : event.held) {
        const auto known = std::ranges::find(record.held, address, &Holding::at);
        if (known == record.held.end() || !is_held(record, *known)) {
            add(record, address, since);
        }
    }
}

// Private addresses repeat between domains: one that was put into the wrong domain would be taken
// from somebody else's session.
std::optional<SessionBind> in_own_domain(const SessionRecord& record, const SessionBind& event) {
    if (event.says_domain || record.held.empty()) {
        return std::nullopt;
    }
    const auto& domain = record.held.back().at.domain;
    auto moved = event;
    for (auto* addresses : {&moved.held, &moved.removed, &moved.returned}) {
        for (auto& address : *addresses) {
            address.domain = domain;
        }
    }
    moved.says_domain = true;
    return moved;
}

}  // namespace

SessionFold fold_bind(
    SessionRecord& record, const SessionBind& event, EventPosition at, const ApplyContext& context
) {
    if (const auto moved = in_own_domain(record, event)) {
        return fold_bind(record, *moved, at, context);
    }
    SessionFold fold;
    add_places(fold.touched, event.held);
    add_places(fold.touched, event.removed);
    add_places(fold.touched, event.returned);
    fold.changed = admit(record, at) == Admission::fresh;
    const bool statement = event.extent == SessionBind::Extent::statement;
    if (statement || event.extent == SessionBind::Extent::whole) {
        const auto before = all_places(record);
        fold.touched.insert(fold.touched.end(), before.begin(), before.end());
    }
    if (fold.changed) {
        statement ? join_statement(record, event, at, context)
                  : join_bind(record, event, at, context);
        settle(record, context);
    }
    make_unique(fold.touched);
    return fold;
}

SessionFold fold_refresh(SessionRecord& record, EventPosition at, const ApplyContext& context) {
    SessionFold fold;
    fold.changed = admit(record, at) == Admission::fresh;
    if (fold.changed) {
        record.last_seen = std::max(record.last_seen, at.time);
        settle(record, context);
    }
    return fold;
}

SessionFold fold_release(
    SessionRecord& record,
    const SessionRelease& event,
    EventPosition at,
    const ApplyContext& context
) {
    SessionFold fold;
    fold.changed = admit(record, at) == Admission::fresh;
    fold.touched = all_places(record);
    add_places(fold.touched, event.held);
    if (fold.changed) {
        advance(record.end, at);
        settle(record, context);
    }
    make_unique(fold.touched);
    return fold;
}

bool holds_anything(const SessionRecord& record) noexcept {
    return std::ranges::any_of(record.held, [](const Holding& h) {
        return !h.forget_at.has_value();
    });
}

std::optional<EventPosition> bound_since(const SessionRecord& record) noexcept {
    return record.whole ? record.whole : record.change;
}

WallTime not_after(const SessionRecord& record, const DirectoryRules& rules) noexcept {
    const auto& interval = record.interim_interval.value;
    return record.last_seen + (interval ? Milliseconds{*interval} * rules.missed_interims
                                        : rules.life_without_interims);
}

Milliseconds keep_of(
    const SessionRecord& record, const DirectoryRules& rules, const ApplyContext& context
) noexcept {
    auto keep = std::max(context.tombstone_keep, Milliseconds{1});
    if (holds_anything(record)) {
        keep += std::max(Milliseconds{0}, not_after(record, rules) - context.now);
    }
    return keep;
}

}  // namespace numproof
