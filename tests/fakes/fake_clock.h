// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/ports/clock.h"

namespace numproof {

/// A clock that moves only when it is told to.
class FakeClock final : public Clock {
public:
    [[nodiscard]] WallTime wall_now() const override { return wall_; }

    [[nodiscard]] MonoTime mono_now() const override { return mono_; }

    /// Time passes: both clocks move.
    void advance(Milliseconds by) {
        wall_ += by;
        mono_ += by;
    }

    /// Somebody sets the wall clock.
    void step_wall(Milliseconds by) { wall_ += by; }

private:
    WallTime wall_ = wall_from_ms(1795341600000);  // 2026-11-22T10:00:00Z
    MonoTime mono_{std::chrono::hours{1}};
};

}  // namespace numproof
