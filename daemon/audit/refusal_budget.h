// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "daemon/base/time.h"

namespace numproof {

/// What refusals are counted by.
struct RefusalGroup {
    std::string operation;
    std::string reason;
    int status = 0;

    auto operator<=>(const RefusalGroup&) const = default;
};

/// How often each group was refused without an event of its own.
using RefusalCounts = std::map<RefusalGroup, std::uint64_t>;

/// Keeps a flood of refusals from filling the spool (rule R14): so many events of their own a
/// second, then only counts. Not thread-safe.
class RefusalBudget {
public:
    /// Events of their own a second, on each event loop.
    static constexpr std::uint32_t kEventsPerSecond = 10;

    /// Groups that are told apart; what is beyond them is counted as `other`.
    static constexpr std::size_t kGroupsMax = 64;

    /// True if a refusal at `now` may have an event of its own.
    [[nodiscard]] bool admit(MonoTime now);

    /// Counts a refusal of `group` towards the next summary.
    void count(RefusalGroup group);

    /// What was counted since the last call.
    [[nodiscard]] RefusalCounts take();

    /// Puts back what take() gave, because its summary could not be written.
    void restore(RefusalCounts counts);

private:
    void add(RefusalGroup group, std::uint64_t times);

    MonoTime window_began_{};
    std::uint32_t admitted_ = 0;
    RefusalCounts counts_;
};

}  // namespace numproof
