// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "daemon/base/time.h"

namespace numproof {

/// The monotonic instant by which something must have been answered.
/// It is passed down unchanged, so that a chain of calls shares one budget.
class Deadline {
public:
    constexpr explicit Deadline(MonoTime at) noexcept : at_(at) {}

    /// `budget` from `now` on.
    [[nodiscard]] static constexpr Deadline after(
        MonoTime now, MonoTime::duration budget
    ) noexcept {
        return Deadline{now + budget};
    }

    [[nodiscard]] constexpr MonoTime at() const noexcept { return at_; }

    [[nodiscard]] constexpr bool passed(MonoTime now) const noexcept { return now >= at_; }

    /// What is left; never negative.
    [[nodiscard]] constexpr MonoTime::duration left(MonoTime now) const noexcept {
        return std::max(MonoTime::duration::zero(), at_ - now);
    }

    /// The earlier of this deadline and `budget` from `now` on.
    [[nodiscard]] constexpr Deadline capped(MonoTime now, MonoTime::duration budget)
        const noexcept {
        return Deadline{std::min(at_, now + budget)};
    }

private:
    MonoTime at_;
};

}  // namespace numproof
