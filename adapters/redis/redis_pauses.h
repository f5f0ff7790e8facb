// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstddef>
#include <vector>

#include "adapters/redis/redis_timer.h"
#include "daemon/base/task.h"
#include "daemon/base/time.h"

namespace numproof {

class Clock;
class RedisPauses;

/// One caller that waits a moment. It stays where it is; it may die early.
class RedisPause {
public:
    RedisPause() = default;
    RedisPause(const RedisPause&) = delete;
    RedisPause& operator=(const RedisPause&) = delete;
    ~RedisPause();

    [[nodiscard]] bool await_ready() const noexcept { return over_.await_ready(); }

    void await_suspend(std::coroutine_handle<> awaiter) noexcept { over_.await_suspend(awaiter); }

    void await_resume() { over_.await_resume(); }

private:
    friend class RedisPauses;

    Pending<bool> over_;
    MonoTime due_;
    RedisPauses* home_ = nullptr;  // While it waits.
};

/// All who wait a moment before they try again, on one loop.
class RedisPauses {
public:
    RedisPauses(event_base& base, const Clock& clock);
    RedisPauses(const RedisPauses&) = delete;
    RedisPauses& operator=(const RedisPauses&) = delete;

    /// Does not resume anybody.
    ~RedisPauses();

    /// `pause` ends in `time`.
    void begin(RedisPause& pause, MonoTime::duration time);

    /// Ends all of them now.
    void end_all();

    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

private:
    friend class RedisPause;

    static void on_timer(void* self);

    void end_due();
    void set_timer();

    const Clock& clock_;
    RedisTimer timer_;
    std::vector<RedisPause*> waiting_;
};

}  // namespace numproof
