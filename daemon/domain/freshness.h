// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace numproof {

/// What advances the watermarks of a feed (rule R8).
enum class Freshness : std::uint8_t {
    heartbeat,  ///< The newest heartbeat of the partition.
    traffic,    ///< The newest event of the partition.
    caught_up   ///< The broker says that we have read its end: cannot see a dead producer.
};

}  // namespace numproof
