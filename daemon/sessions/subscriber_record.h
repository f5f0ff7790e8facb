// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/domain/event_position.h"
#include "daemon/domain/msisdn.h"
#include "daemon/domain/pseudonym.h"
#include "daemon/domain/subscriber_head.h"

namespace numproof {

/// One thing that was said about a number.
struct SubscriberFact {
    enum class Kind : std::uint8_t {
        books,        ///< The books name this IMSI and state for the number.
        sim_changed,  ///< As `books`, and the SIM was changed.
        lost          ///< This IMSI has another number from now on.
    };

    EventPosition at;
    Kind kind = Kind::books;
    SubscriberState state = SubscriberState::active;
    ImsiId imsi;

    bool operator==(const SubscriberFact&) const = default;
};

/// A SIM that a session brought together with the number, and when that was first seen.
struct MetSim {
    WallTime since;
    SimMark sim;

    auto operator<=>(const MetSim&) const = default;
};

/// A number's record: the newest facts, and what older ones added up to. State and epoch follow
/// from the facts alone, not from the order of their arrival (rule R3).
struct SubscriberRecord {
    BindingEpoch floor = 0;  ///< Epoch of the facts that were let go.
    SubscriberState floor_state = SubscriberState::active;
    std::optional<ImsiId> floor_imsi;
    std::vector<SubscriberFact> facts;  ///< In order of time.
    std::vector<MetSim> met;            ///< In order of time; a few, the earliest.

    bool operator==(const SubscriberRecord&) const = default;
};

/// What a record says now.
struct SubscriberView {
    SubscriberHead head;
    std::optional<ImsiId> imsi;  ///< The SIM that the books name; none after it was lost.
};

/// The mark of a SIM.
[[nodiscard]] SimMark mark_of(const ImsiId& imsi);

/// Adds what is not known yet; true if that was anything.
bool add_fact(SubscriberRecord& record, const SubscriberFact& fact);

/// Notes that a session had the number on this SIM: so the books' first word on the number can be
/// told from a SIM swap. True if it was not known, or not so early.
bool add_met(SubscriberRecord& record, const MetSim& met);

[[nodiscard]] SubscriberView view_of(const SubscriberRecord& record);

/// Begins with the readable head (daemon/domain/subscriber_head.h).
[[nodiscard]] Bytes to_stored(const SubscriberRecord& record);

/// The reverse; another form is `malformed`.
[[nodiscard]] Result<SubscriberRecord> parse_subscriber_record(std::string_view stored);

/// The books' word on an IMSI at one time.
struct ImsiFact {
    EventPosition at;
    Msisdn msisdn;

    bool operator==(const ImsiFact&) const = default;
};

/// An IMSI's record: which numbers it was given, and which were seen with it.
struct ImsiRecord {
    WallTime floor;               ///< Newest change of number among facts that were let go.
    std::vector<ImsiFact> facts;  ///< In order of time.
    std::vector<SubscriberId> seen;

    bool operator==(const ImsiRecord&) const = default;
};

/// What a record says now.
struct ImsiView {
    std::optional<Msisdn> msisdn;
    WallTime changed;  ///< When its number last changed; epoch 0 if never.
};

/// Adds what is not known yet; true if that was anything.
bool add_fact(ImsiRecord& record, const ImsiFact& fact);

/// Notes a number that was seen with this IMSI; true if it was not known.
bool add_seen(ImsiRecord& record, const SubscriberId& subscriber);

[[nodiscard]] ImsiView view_of(const ImsiRecord& record);

/// The stored form; it has to be sealed when there are facts, for they hold numbers.
[[nodiscard]] Bytes to_stored(const ImsiRecord& record);

/// The reverse; another form is `malformed`.
[[nodiscard]] Result<ImsiRecord> parse_imsi_record(std::string_view stored);

}  // namespace numproof
