// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_timer.h"

#include <event2/event.h>

#include "daemon/base/check.h"

namespace numproof {

void RedisTimer::Freer::operator()(event* timer) const noexcept {
    event_free(timer);
}

RedisTimer::RedisTimer(event_base& base, void (*fire)(void*), void* context)
    : fire_(fire), context_(context) {
    const auto on_time = [](evutil_socket_t, short, void* self) {
        const auto* const timer = static_cast<RedisTimer*>(self);
        timer->fire_(timer->context_);
    };
    timer_.reset(evtimer_new(&base, on_time, this));
    NP_CHECK(timer_ != nullptr);
}

RedisTimer::~RedisTimer() = default;

void RedisTimer::set(MonoTime::duration wait) {
    const auto whole = std::chrono::ceil<Milliseconds>(wait);
    const timeval span{
        .tv_sec = whole.count() / 1000,
        .tv_usec = static_cast<suseconds_t>(whole.count() % 1000 * 1000)};
    event_add(timer_.get(), &span);
}

void RedisTimer::cancel() {
    event_del(timer_.get());
}

}  // namespace numproof
