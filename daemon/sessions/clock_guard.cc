// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/clock_guard.h"

#include <algorithm>

namespace numproof {
namespace {

constexpr std::int64_t kSlewDivisor = 1000;  // 1 ms a second.

}  // namespace

ClockGuard::ClockGuard(WallTime wall, MonoTime mono) noexcept
    : believed_(offset_of(wall, mono)), observed_(mono) {}

void ClockGuard::observe(WallTime wall, MonoTime mono) noexcept {
    const Offset slew = std::max(MonoTime::duration::zero(), mono - observed_) / kSlewDivisor;
    observed_ = std::max(observed_, mono);
    if (agrees(wall, mono)) {
        believed_ += std::clamp(offset_of(wall, mono) - believed_, -slew, slew);
    }
}

bool ClockGuard::agrees(WallTime wall, MonoTime mono) const noexcept {
    const auto apart = offset_of(wall, mono) - believed_;
    return apart <= kSkewMax && apart >= -kSkewMax;
}

WallTime ClockGuard::believed(MonoTime mono) const noexcept {
    return WallTime{
        std::chrono::duration_cast<WallTime::duration>(mono.time_since_epoch() + believed_)};
}

ClockGuard::Offset ClockGuard::offset_of(WallTime wall, MonoTime mono) noexcept {
    return Offset{wall.time_since_epoch()} - mono.time_since_epoch();
}

}  // namespace numproof
