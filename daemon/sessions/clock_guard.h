// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/base/time.h"

namespace numproof {

/// Rule R4: wall and monotonic clock must go together. A slow correction (up to 1 ms a second, as
/// time daemons slew) is followed; a step of more than a second is not: the clocks disagree until
/// the wall clock is back, or the program is restarted with a clock that is right.
class ClockGuard {
public:
    static constexpr Milliseconds kSkewMax{1000};

    /// Believes the clocks as they stand now.
    ClockGuard(WallTime wall, MonoTime mono) noexcept;

    /// Follows slow corrections. To be called now and then.
    void observe(WallTime wall, MonoTime mono) noexcept;

    [[nodiscard]] bool agrees(WallTime wall, MonoTime mono) const noexcept;

    /// What the wall clock would say now if it had not been stepped.
    [[nodiscard]] WallTime believed(MonoTime mono) const noexcept;

private:
    using Offset = std::chrono::nanoseconds;

    [[nodiscard]] static Offset offset_of(WallTime wall, MonoTime mono) noexcept;

    Offset believed_;
    MonoTime observed_;
};

}  // namespace numproof
