// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "daemon/base/time.h"

namespace numproof {

/// More poison than this is not an accident: a producer broke the contract.
struct PoisonBurst {
    std::size_t records = 100;
    Milliseconds window{10000};
    double share = 0.5;        ///< Of all records of the window.
    Milliseconds hold{30000};  ///< How long the topic then stands still.
};

/// Judges the poison of one topic. After a burst the topic stands still for a while, then is read
/// on trial for one window, its watermarks frozen (the directory stays closed): clean, and all is
/// well again; else it stands still once more. So it heals by itself, and never silently.
class PoisonGuard {
public:
    enum class Phase : std::uint8_t { clean, stopped, trial };
    enum class Quality : std::uint8_t { good, poison };

    explicit PoisonGuard(PoisonBurst burst) noexcept : burst_(burst) {}

    /// Counts one record. True if it is the one that makes a burst: then the topic is stopped.
    bool note(MonoTime now, Quality quality);

    /// The phase at `now`; a hold or a trial that is over ends here.
    Phase phase(MonoTime now);

private:
    struct Slot {
        MonoTime begin;
        std::size_t records = 0;
        std::size_t poison = 0;
    };

    [[nodiscard]] bool is_burst(MonoTime now);
    void stop(MonoTime now);

    PoisonBurst burst_;
    Phase phase_ = Phase::clean;
    MonoTime until_;
    std::deque<Slot> slots_;
};

}  // namespace numproof
