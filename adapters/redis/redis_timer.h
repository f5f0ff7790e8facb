// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "daemon/base/time.h"

struct event;
struct event_base;

namespace numproof {

/// A timer on one loop that fires once each time that it is set.
class RedisTimer {
public:
    /// Calls `fire(context)` on the loop of `base`.
    RedisTimer(event_base& base, void (*fire)(void*), void* context);
    ~RedisTimer();
    RedisTimer(const RedisTimer&) = delete;
    RedisTimer& operator=(const RedisTimer&) = delete;

    /// Fires after `wait`, rounded up to whole milliseconds; an earlier setting is forgotten.
    void set(MonoTime::duration wait);

    void cancel();

private:
    struct Freer {
        void operator()(event* timer) const noexcept;
    };

    void (*fire_)(void*);
    void* context_;
    std::unique_ptr<event, Freer> timer_;
};

}  // namespace numproof
