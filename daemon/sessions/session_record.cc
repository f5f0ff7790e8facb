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

// What orders an event among the others of its session.
enum class Order : std::uint8_t {
    as_delivered,  ///< Rule R5.
    by_own_time    ///< For what came late: its place in the lane says nothing.
};

template <typename T>
void set(Dated<T>& dated, const T& value, const EventPosition& at, Order order) {
    const bool newer = !dated.at || (order == Order::by_own_time ? at.time > dated.at->time
                                                                 : replaces(at, *dated.at));
    if (newer) {
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
        known->forget_at.reset();
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
        known->forget_at = std::max(known->forget_at, forget_at);
    }
}

bool outlasts(const EventPosition& added, const EventPosition& other) {
    return added == other || is_newer(added, other);
}

bool is_held(const SessionRecord& record, const Holding& holding) {
    if (holding.forget_at) {
        return false;
    }
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

// Decides what is held after an event, and forgets what was given up long ago. Only add() gives
// back what was given up: the Removal that says so may be forgotten before it.
void settle(SessionRecord& record, const ApplyContext& context) {
    for (auto& holding : record.held) {
        if (!holding.forget_at && !is_held(record, holding)) {
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

void set_terms(
    SessionRecord& record, const SessionBind& event, const EventPosition& at, Order order
) {
    const bool whole = event.extent == SessionBind::Extent::whole;
    if (whole || event.msisdn) {
        set(record.msisdn, event.msisdn, at, order);
    }
    if (whole || event.imsi) {
        set(record.imsi, event.imsi, at, order);
    }
    if (whole || event.interim_interval) {
        set(record.interim_interval, event.interim_interval, at, order);
    }
    if (event.says_access) {
        set(record.access, event.access, at, order);
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
    if (event.extent == SessionBind::Extent::whole) {
        advance(record.whole, at);
    } else if (!record.change || at.time < record.change->time) {
        record.change = at;
    }
    set_terms(record, event, at, Order::as_delivered);
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
    Order order,
    const ApplyContext& context
) {
    const auto now = std::ranges::find_if(event.held, is_whole_ipv4);
    if (now == event.held.end()) {
        return;
    }
    for (const auto& holding : record.held) {
        const bool another =
            is_whole_ipv4(holding.at) && holding.at != *now && holding.at.domain == now->domain;
        if (another && (order == Order::as_delivered || holding.added.time < at.time)) {
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
    set_terms(record, event, at, Order::as_delivered);
    take_away(record, event, at, context);
    leave_old_ipv4(record, event, at, Order::as_delivered, context);
    for (const auto& address : event.held) {
        const auto known = std::ranges::find(record.held, address, &Holding::at);
        if (known == record.held.end() || !is_held(record, *known)) {
            add(record, address, since);
        }
    }
}

// Rule R5: a start that was delivered after its own stop.
bool is_void(const SessionRecord& record, const SessionBind& event) {
    return event.may_be_late && record.end && event.time <= record.end->time;
}

// Older than the last word on a session that we know: delivered late, or once more. Where a feed
// keeps its order, only the very bind that the session began with is known to be a repeat.
bool is_late(const SessionRecord& record, const SessionBind& event) {
    if (!bound_since(record)) {
        return false;
    }
    // Or its place, behind a restart of its gateway, would bring a dead session back (rule R7).
    const bool whole = event.extent == SessionBind::Extent::whole;
    if (whole && event.may_be_late && record.whole && event.time <= record.whole->time) {
        return true;
    }
    if (event.time >= record.last_seen) {
        return false;
    }
    if (event.extent == SessionBind::Extent::statement || event.may_be_late) {
        return true;
    }
    return whole && record.whole && event.time == record.whole->time && !has_ended(record);
}

// Newer words on the same address stand.
SessionBind without_newer(const SessionRecord& record, const SessionBind& late) {
    const auto is_newer_at = [&](const HeldAddress& address) {
        return std::ranges::any_of(record.held, [&](const Holding& holding) {
            return place_of(holding.at) == place_of(address) && holding.added.time > late.time;
        });
    };
    auto event = late;
    std::erase_if(event.removed, is_newer_at);
    std::erase_if(event.returned, is_newer_at);
    return event;
}

// The start of a session that others made known: it began no later than that.
void date_back(SessionRecord& record, const SessionBind& event) {
    record.change->time = std::min(record.change->time, event.time);
    for (auto& holding : record.held) {
        if (std::ranges::find(event.held, holding.at) != event.held.end()) {
            holding.added.time = std::min(holding.added.time, event.time);
        }
    }
}

// The start of a new session under a name that was used before: only what both it and newer words
// name is still held.
void begin_late(SessionRecord& record, const SessionBind& event, const EventPosition& at) {
    for (auto& holding : record.held) {
        const bool named = std::ranges::find(event.held, holding.at) != event.held.end();
        if (named && is_held(record, holding)) {
            holding.added = at;
        }
    }
    record.whole = at;
}

// What came late has its own time, not that of what came before it: else an old start, sent once
// more, would overtake whoever got the address meanwhile (rule R5), and undo a SIM swap (rule R3).
// Later words may have been spoken since: it takes away, and gives no address.
void join_late(
    SessionRecord& record,
    const SessionBind& late,
    const EventPosition& at,
    const ApplyContext& context
) {
    if (has_ended(record)) {
        return;
    }
    const auto event = without_newer(record, late);
    set_terms(record, event, at, Order::by_own_time);
    take_away(record, event, at, context);
    leave_old_ipv4(record, event, at, Order::by_own_time, context);
    if (event.extent != SessionBind::Extent::whole) {
        return;
    }
    if (!record.whole) {
        date_back(record, event);
    } else if (at.time > record.whole->time) {
        begin_late(record, event, at);
    }
}

// `told` is the position by the event's own time, `at` the one that fits into its lane.
void join(
    SessionRecord& record,
    const SessionBind& event,
    const EventPosition& told,
    const EventPosition& at,
    const ApplyContext& context
) {
    if (is_void(record, event)) {
        return;
    }
    const bool statement = event.extent == SessionBind::Extent::statement;
    if (is_late(record, event)) {
        join_late(record, event, told, context);
    } else if (statement) {
        join_statement(record, event, told, context);
    } else {
        join_bind(record, event, event.may_be_late ? told : at, context);
    }
}

// Private addresses repeat between domains: one that was put into the wrong domain would be taken
// from somebody else's session. An address in no domain at all is nowhere.
std::optional<SessionBind> in_own_domain(const SessionRecord& record, const SessionBind& event) {
    if (event.says_domain) {
        return std::nullopt;
    }
    const bool known = !record.held.empty();
    auto moved = event;
    for (auto* addresses : {&moved.held, &moved.removed, &moved.returned}) {
        for (auto& address : *addresses) {
            address.domain = known ? record.held.back().at.domain : address.domain;
        }
        std::erase_if(*addresses, [](const HeldAddress& at) { return at.domain.empty(); });
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
    const auto told = at;
    fold.changed = admit(record, at) == Admission::fresh;
    if (event.extent != SessionBind::Extent::change) {
        const auto before = all_places(record);
        fold.touched.insert(fold.touched.end(), before.begin(), before.end());
    }
    if (fold.changed) {
        join(record, event, told, at, context);
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
