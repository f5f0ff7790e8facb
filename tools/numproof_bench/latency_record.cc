// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/latency_record.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace numproof::bench {
namespace {

constexpr std::int64_t kStep = 100;  // Nanoseconds.
constexpr double kStepsInMicrosecond = 10;
constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();

}  // namespace

void LatencyRecord::add(std::chrono::nanoseconds latency) {
    const auto steps = std::clamp<std::int64_t>((latency.count() + kStep / 2) / kStep, 0, kMost);
    samples_.push_back(static_cast<std::uint32_t>(steps));
}

std::optional<double> LatencyRecord::quantile_us(double q) const {
    if (samples_.empty()) {
        return std::nullopt;
    }
    const auto count = static_cast<double>(samples_.size());
    const auto rank = std::clamp(std::ceil(q * count), 1.0, count);
    auto sorted = samples_;
    const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
    std::ranges::nth_element(sorted, at);
    return *at / kStepsInMicrosecond;
}

}  // namespace numproof::bench
