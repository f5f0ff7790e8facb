// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <random>

#include "daemon/base/time.h"

namespace numproof {

/// How long to wait before the next attempt to connect: twice as long each time, and never the
/// same on two nodes, so that they do not all come back at once after a failover.
class RedisBackoff {
public:
    static constexpr Milliseconds kFirst{50};
    static constexpr Milliseconds kLongest{2000};

    explicit RedisBackoff(std::uint32_t seed) : random_(seed) {}

    /// Between half and all of this attempt's span; the next one's is twice as long.
    [[nodiscard]] Milliseconds next() {
        std::uniform_int_distribution<Milliseconds::rep> pick(span_.count() / 2, span_.count());
        span_ = std::min(kLongest, span_ * 2);
        return Milliseconds{pick(random_)};
    }

    void reset() noexcept { span_ = kFirst; }

private:
    std::mt19937 random_;
    Milliseconds span_ = kFirst;
};

}  // namespace numproof
