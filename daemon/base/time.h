// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace numproof {

/// UTC with millisecond precision: what events, grants and records carry.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// The clock that waiting is measured on; it never steps.
using MonoTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

using Milliseconds = std::chrono::milliseconds;

/// Milliseconds since 1970-01-01T00:00:00Z.
[[nodiscard]] constexpr std::int64_t epoch_ms(WallTime time) noexcept {
    return time.time_since_epoch().count();
}

/// The instant `ms` milliseconds after 1970-01-01T00:00:00Z.
[[nodiscard]] constexpr WallTime wall_from_ms(std::int64_t ms) noexcept {
    return WallTime{Milliseconds{ms}};
}

}  // namespace numproof
