// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/domain/event_position.h"

namespace numproof {

/// How far a gateway's restarts go in one lane: all that stands before `offset` or until `time`.
struct LaneRestart {
    std::uint32_t lane = 0;
    std::int64_t offset = 0;
    WallTime time;

    bool operator==(const LaneRestart&) const = default;
};

/// When a gateway restarted (rule R7): the newest of each lane, so that order does not matter.
struct GatewayRecord {
    WallTime floor;  ///< Newest restart of lanes that were let go.
    std::vector<LaneRestart> restarts;

    bool operator==(const GatewayRecord&) const = default;
};

/// Adds a restart; true if it was not known.
bool add_restart(GatewayRecord& record, const EventPosition& at);

/// True if a session that began at `began` died in a restart. In the lane of a restart the offset
/// decides, elsewhere the time; the same instant is dead.
[[nodiscard]] bool died_in_restart(const GatewayRecord& record, const EventPosition& began);

/// The stored form.
[[nodiscard]] Bytes to_stored(const GatewayRecord& record);

/// The reverse; another form is `malformed`.
[[nodiscard]] Result<GatewayRecord> parse_gateway_record(std::string_view stored);

}  // namespace numproof
