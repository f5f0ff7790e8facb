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
            return after_redirect(Step::send);
        case RedisRedirect::Kind::ask:
            return after_redirect(Step::ask);
        case RedisRedirect::Kind::try_again:
            ++waits_;
            return Step::wait;
        case RedisRedirect::Kind::cluster_down:
        case RedisRedirect::Kind::starting:
            ++waits_;
            return Step::wait_for_map;
    }
    return Step::done;
}

RedisCourse::Step RedisCourse::after_redirect(Step at_once) noexcept {
    if (++redirects_ > kRedirectsMax) {
        return Step::done;
    }
    if (redirects_ > kRedirectsAtOnce) {
        ++waits_;
        return Step::wait_for_map;
    }
    return at_once;
}

Milliseconds RedisCourse::pause() const noexcept {
    constexpr int kLongest = 5;
    return Milliseconds{1LL << std::min(waits_, kLongest)};  // 2, 4, 8, 16, 32 ms
}

}  // namespace numproof
