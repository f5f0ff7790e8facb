// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/rate_limiter.h"

#include <algorithm>
#include <chrono>

namespace numproof {
namespace {

using Duration = MonoTime::duration;

constexpr double kRateMin = 1e-3;
constexpr double kBurstMax = 1e6;
constexpr std::size_t kForgottenAtOnce = 4;

/// What one admitted request costs: the time that its token takes to come back.
Duration cost_of(const RateLimit& limit) {
    const std::chrono::duration<double> seconds{1.0 / std::max(limit.rate, kRateMin)};
    return std::chrono::duration_cast<Duration>(seconds);
}

/// How long an empty bucket takes to fill.
Duration depth_of(const RateLimit& limit) {
    const double burst = std::clamp(limit.burst, 1.0, kBurstMax);
    const std::chrono::duration<double, Duration::period> depth =
        std::chrono::duration<double, Duration::period>{cost_of(limit)} * burst;
    return std::chrono::duration_cast<Duration>(depth);
}

struct Draw {
    MonoTime full_at;
    Duration wait;  // Zero or less: admitted.
};

Draw draw(MonoTime full_at, const RateLimit& limit, MonoTime now) {
    const MonoTime then = std::max(full_at, now) + cost_of(limit);
    return Draw{.full_at = then, .wait = then - now - depth_of(limit)};
}

Milliseconds rounded_up(Duration wait) {
    return std::chrono::ceil<Milliseconds>(wait);
}

}  // namespace

RateLimiter::RateLimiter(RateLimit limit, std::size_t keys_max)
    : limit_(limit), keys_max_(keys_max) {}

std::optional<Milliseconds> RateLimiter::refuse(std::string_view key, MonoTime now) {
    return refuse(key, limit_, now);
}

std::optional<Milliseconds> RateLimiter::refuse(
    std::string_view key, const RateLimit& limit, MonoTime now
) {
    const std::lock_guard lock{mutex_};
    forget_full(now);
    auto bucket = buckets_.find(key);
    const bool told_apart = bucket != buckets_.end() || buckets_.size() < keys_max_;
    const MonoTime full_at = bucket != buckets_.end() ? bucket->second : told_apart ? now : shared_;
    const Draw drawn = draw(full_at, limit, now);
    if (drawn.wait > Duration::zero()) {
        return rounded_up(drawn.wait);
    }
    if (!told_apart) {
        shared_ = drawn.full_at;
        return std::nullopt;
    }
    if (bucket == buckets_.end()) {
        bucket = buckets_.emplace(std::string{key}, now).first;
    }
    remember(bucket, drawn.full_at);
    return std::nullopt;
}

std::size_t RateLimiter::size() const {
    const std::lock_guard lock{mutex_};
    return buckets_.size();
}

void RateLimiter::forget_full(MonoTime now) {
    for (std::size_t i = 0; i < kForgottenAtOnce && !by_time_.empty(); ++i) {
        const auto oldest = by_time_.begin();
        if (oldest->first > now) {
            return;
        }
        const auto bucket = buckets_.find(oldest->second);
        by_time_.erase(oldest);
        buckets_.erase(bucket);
    }
}

void RateLimiter::remember(Buckets::iterator bucket, MonoTime full_at) {
    by_time_.erase({bucket->second, bucket->first});
    bucket->second = full_at;
    by_time_.emplace(full_at, bucket->first);
}

}  // namespace numproof
