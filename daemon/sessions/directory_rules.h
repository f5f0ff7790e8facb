// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "daemon/base/time.h"

namespace numproof {

/// The figures behind the rules of the directory (section `directory` of the configuration).
struct DirectoryRules {
    Milliseconds conflict_skew{2000};  ///< R5: holders that begin closer: unknown.
    std::int32_t missed_interims = 3;  ///< R9: silent for so many intervals.
    Milliseconds lateness_max = std::chrono::minutes{10};        ///< How long tombstones live.
    Milliseconds life_without_interims = std::chrono::days{90};  ///< R9 without an interval.
};

/// How long records live that nothing ends: longer than any session, so that a forgotten record
/// never looks like "nobody", nor a forgotten epoch like "nothing happened".
inline constexpr Milliseconds kAddressLife = std::chrono::days{366};
inline constexpr Milliseconds kSubscriberLife = std::chrono::days{3660};

/// When a batch is applied, and how long what ends in it must be remembered.
struct ApplyContext {
    WallTime now;
    Milliseconds tombstone_keep{};

    [[nodiscard]] WallTime forget_at() const noexcept { return now + tombstone_keep; }
};

}  // namespace numproof
