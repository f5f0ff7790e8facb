// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "daemon/base/time.h"

struct event_base;

namespace numproof::kafka {

/// A timer of one event loop, used on that loop's thread alone. Destroying it stops it.
class LoopTimer {
public:
    LoopTimer(event_base& base, std::function<void()> on_time);
    LoopTimer(const LoopTimer&) = delete;
    LoopTimer& operator=(const LoopTimer&) = delete;
    ~LoopTimer();

    /// Calls once after `wait`; starting anew forgets the earlier start.
    void start(MonoTime::duration wait) const;

    void stop() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A descriptor that another thread makes readable, and what a loop does then.
class WakeUp {
public:
    WakeUp(event_base& base, std::function<void()> on_wake);
    WakeUp(const WakeUp&) = delete;
    WakeUp& operator=(const WakeUp&) = delete;
    ~WakeUp();

    /// An eventfd: eight octets, not all zero, written to it wake the loop. From any thread.
    [[nodiscard]] int descriptor() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace numproof::kafka
