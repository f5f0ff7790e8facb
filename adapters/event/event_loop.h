// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "daemon/ports/clock.h"
#include "daemon/ports/loop.h"

struct event_base;

namespace numproof {

/// The system's clocks: CLOCK_REALTIME, and CLOCK_BOOTTIME, which counts suspended time too.
class SystemClock final : public Clock {
public:
    [[nodiscard]] WallTime wall_now() const override;
    [[nodiscard]] MonoTime mono_now() const override;
};

/// A libevent loop. run() belongs to one thread; post() and stop() may be called from any.
class EventLoop final : public Loop {
public:
    EventLoop();
    ~EventLoop() override;

    /// Runs until stop(); what was posted before that is still run.
    void run();

    /// Makes run() return. From any thread.
    void stop();

    [[nodiscard]] Task<void> sleep(Milliseconds wait) override;
    void post(std::function<void()> work) override;

    /// For other adapters of this thread.
    [[nodiscard]] event_base& base() noexcept;

    /// Counts up with every turn of the loop that a timer of its own causes, at least once a
    /// second while the loop is alive: what the watchdog looks at. From any thread.
    [[nodiscard]] std::uint64_t beats() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace numproof
