// SPDX-License-Identifier: Apache-2.0
#include "daemon/audit/refusal_budget.h"

#include <utility>

namespace numproof {

bool RefusalBudget::admit(MonoTime now) {
    if (now - window_began_ >= std::chrono::seconds{1}) {
        window_began_ = now;
        admitted_ = 0;
    }
    if (admitted_ == kEventsPerSecond) {
        return false;
    }
    ++admitted_;
    return true;
}

void RefusalBudget::count(RefusalGroup group) {
    add(std::move(group), 1);
}

void RefusalBudget::add(RefusalGroup group, std::uint64_t times) {
    if (counts_.size() >= kGroupsMax && !counts_.contains(group)) {
        group = RefusalGroup{.operation = "other", .reason = "other", .status = 0};
    }
    counts_[std::move(group)] += times;
}

void RefusalBudget::restore(RefusalCounts counts) {
    for (const auto& [group, times] : counts) {
        add(group, times);
    }
}

RefusalCounts RefusalBudget::take() {
    return std::exchange(counts_, {});
}

}  // namespace numproof
