// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "daemon/base/time.h"

namespace numproof {

/// One partition of one topic.
struct TopicPartition {
    std::string topic;
    std::int32_t partition = 0;

    auto operator<=>(const TopicPartition&) const = default;
};

/// Where and when an event stands: its own time, and its place in its partition.
/// `lane` is a number that stands for (topic, partition) and is the same on every node.
struct EventPosition {
    WallTime time;
    std::uint32_t lane = 0;
    std::int64_t offset = 0;

    bool operator==(const EventPosition&) const = default;
};

/// Rule R5: within one lane the offset orders, between lanes the event's time.
/// Two events of different lanes with the same time are equivalent: neither is newer.
[[nodiscard]] constexpr bool is_newer(const EventPosition& a, const EventPosition& b) noexcept {
    return a.lane == b.lane ? a.offset > b.offset : a.time > b.time;
}

}  // namespace numproof
