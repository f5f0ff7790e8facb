// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/base/time.h"

namespace numproof::sim {

/// Scrambles 64 bits (the end of splitmix64).
[[nodiscard]] constexpr std::uint64_t scrambled(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

/// Chance that is the same for the same seed, on every machine.
class Dice {
public:
    explicit Dice(std::uint64_t seed) noexcept : state_(scrambled(seed + 1)) {}

    [[nodiscard]] std::uint64_t next() noexcept {
        state_ += 0x9E3779B97F4A7C15U;
        return scrambled(state_);
    }

    /// 0 to `count` - 1.
    [[nodiscard]] std::size_t pick(std::size_t count) noexcept { return next() % count; }

    /// True in `percent` of a hundred cases.
    [[nodiscard]] bool chance(unsigned percent) noexcept { return pick(100) < percent; }

    /// `low` to `high`, both included.
    [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high) noexcept {
        return low + static_cast<std::int64_t>(pick(static_cast<std::size_t>(high - low + 1)));
    }

    [[nodiscard]] Milliseconds ms(std::int64_t low, std::int64_t high) noexcept {
        return Milliseconds{between(low, high)};
    }

private:
    std::uint64_t state_;
};

}  // namespace numproof::sim
