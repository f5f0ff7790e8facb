// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/domain/event_position.h"
#include "daemon/domain/pseudonym.h"
#include "daemon/domain/session_event.h"
#include "daemon/sessions/directory_rules.h"

namespace numproof {

/// How far a session has been followed in one lane.
struct LaneMark {
    std::uint32_t lane = 0;
    std::int64_t offset = 0;
    WallTime time;  ///< Newest time up to `offset`.

    bool operator==(const LaneMark&) const = default;
};

/// An address that a session was given, and when it gave it up we may forget it.
struct Holding {
    HeldAddress at;
    EventPosition added;                ///< The newest event that names it.
    std::optional<WallTime> forget_at;  ///< Set once it is not held any more.

    bool operator==(const Holding&) const = default;
};

/// Where a session holds something: the unit that address records are made of.
struct HeldPlace {
    std::string domain;
    IpPrefix prefix;

    auto operator<=>(const HeldPlace&) const = default;
};

/// A `removed` of a `rebind`.
struct Removal {
    HeldPlace place;
    EventPosition at;
    WallTime forget_at;

    bool operator==(const Removal&) const = default;
};

/// A value and the event that it comes from.
template <typename T>
struct Dated {
    T value{};
    std::optional<EventPosition> at;

    bool operator==(const Dated&) const = default;
};

/// The truth about one session. It is a join: the same events give the same record in whatever
/// order the lanes are read, and however often (rule R5).
struct SessionRecord {
    std::uint64_t version = 0;  ///< Grows with every write, also across a forgotten record.
    GatewayId gateway;
    std::vector<LaneMark> lanes;
    std::optional<EventPosition> whole;   ///< The newest `bind`.
    std::optional<EventPosition> change;  ///< The oldest `rebind`.
    std::optional<EventPosition> end;     ///< The newest `release`.
    Dated<std::optional<Msisdn>> msisdn;
    Dated<std::optional<Imsi>> imsi;
    Dated<Access> access;
    Dated<std::optional<std::chrono::seconds>> interim_interval;
    WallTime last_seen;
    std::vector<Holding> held;
    std::vector<Removal> removed;

    bool operator==(const SessionRecord&) const = default;
};

/// What an event did to a session record.
struct SessionFold {
    bool changed = false;            ///< False for an event that was known already.
    std::vector<HeldPlace> touched;  ///< Address records to bring in line, known event or not.
};

/// `bind` and `rebind`.
[[nodiscard]] SessionFold fold_bind(
    SessionRecord& record, const SessionBind& event, EventPosition at, const ApplyContext& context
);

/// `refresh`: the session was seen; no address is touched.
[[nodiscard]] SessionFold fold_refresh(
    SessionRecord& record, EventPosition at, const ApplyContext& context
);

/// `release`: ends all that the session holds, or leaves a tombstone of an unknown session.
[[nodiscard]] SessionFold fold_release(
    SessionRecord& record,
    const SessionRelease& event,
    EventPosition at,
    const ApplyContext& context
);

/// True if the session held something up to its newest event.
[[nodiscard]] bool holds_anything(const SessionRecord& record) noexcept;

/// Since when the session proves something: its newest `bind`, and only where there is none its
/// first `rebind` (rule R3: "until a new bind"). None: it has never been bound.
[[nodiscard]] std::optional<EventPosition> bound_since(const SessionRecord& record) noexcept;

/// Rule R9: from this instant on the session is not believed any more.
[[nodiscard]] WallTime not_after(const SessionRecord& record, const DirectoryRules& rules) noexcept;

/// How long the store has to keep `record` from `context.now` on.
[[nodiscard]] Milliseconds keep_of(
    const SessionRecord& record, const DirectoryRules& rules, const ApplyContext& context
) noexcept;

/// The stored form, before it is sealed.
[[nodiscard]] Bytes to_stored(const SessionRecord& record);

/// The reverse; another form is `malformed`.
[[nodiscard]] Result<SessionRecord> parse_session_record(std::string_view stored);

}  // namespace numproof
