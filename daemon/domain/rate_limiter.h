// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/base/time.h"
#include "daemon/domain/client.h"

namespace numproof {

/// Token buckets by key, in bounded memory. Thread-safe.
///
/// A bucket is remembered only while it is not full, for a full one says nothing. When all places
/// are taken by buckets that are not full, keys that have none share one bucket: a flood of keys
/// can neither grow the memory nor make a busy key's debt be forgotten.
class RateLimiter {
public:
    /// `limit` is for keys without one of their own; at most `keys_max` keys are told apart.
    /// A rate under 0.001 a second counts as that, a burst under 1 as 1.
    RateLimiter(RateLimit limit, std::size_t keys_max);

    RateLimiter(const RateLimiter&) = delete;
    RateLimiter& operator=(const RateLimiter&) = delete;

    /// Takes a token from the bucket of `key`. Nullopt: admitted; else how long to wait until the
    /// next is there, always positive. `now` never goes back.
    [[nodiscard]] std::optional<Milliseconds> refuse(std::string_view key, MonoTime now);

    /// As above, under a limit of the key's own.
    [[nodiscard]] std::optional<Milliseconds> refuse(
        std::string_view key, const RateLimit& limit, MonoTime now
    );

    /// How many keys are remembered.
    [[nodiscard]] std::size_t size() const;

private:
    // A bucket is the instant at which it is full again.
    using Buckets = std::map<std::string, MonoTime, std::less<>>;

    void forget_full(MonoTime now);
    void remember(Buckets::iterator bucket, MonoTime full_at);

    const RateLimit limit_;
    const std::size_t keys_max_;
    mutable std::mutex mutex_;
    Buckets buckets_;
    std::set<std::pair<MonoTime, std::string_view>> by_time_;  // Views into the keys of buckets_.
    MonoTime shared_{};
};

}  // namespace numproof
