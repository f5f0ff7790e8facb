// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_course.h"

#include <algorithm>

namespace numproof {

RedisCourse::Step RedisCourse::take(const RedisReply& reply, std::string_view asked) {
    redirect_ = read_redirect(reply, asked);
    switch (redirect_.kind) {
        case RedisRedirect::Kind::none:
            return Step::done;
        case RedisRedirect::Kind::moved:
            return ++moved_ > kMovedMax ? Step::done : after_redirect(Step::send);
        case RedisRedirect::Kind::ask:
            return after_redirect(Step::ask);
        case RedisRedirect::Kind::try_again:
            note_wait();
            return Step::wait;
        case RedisRedirect::Kind::cluster_down:
        case RedisRedirect::Kind::starting:
            note_wait();
            return Step::wait_for_map;
    }
    return Step::done;
}

void RedisCourse::note_wait() noexcept {
    ++waits_;
    redirects_ = 0;
}

RedisCourse::Step RedisCourse::after_redirect(Step at_once) noexcept {
    if (++redirects_ <= kRedirectsAtOnce) {
        return at_once;
    }
    note_wait();
    return Step::wait_for_map;
}

Milliseconds RedisCourse::pause() const noexcept {
    constexpr int kLongest = 5;
    return Milliseconds{1LL << std::min(waits_, kLongest)};  // 2, 4, 8, 16, 32 ms
}

}  // namespace numproof
