// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace numproof::bench {

/// Every latency that was measured, so that a quantile is one of them and no estimate. Steps of
/// 100 ns, up to seven minutes.
class LatencyRecord {
public:
    void add(std::chrono::nanoseconds latency);

    [[nodiscard]] std::size_t size() const noexcept { return samples_.size(); }

    /// The smallest latency that the share `q` (0 to 1) of all does not exceed, in microseconds;
    /// nullopt without any.
    [[nodiscard]] std::optional<double> quantile_us(double q) const;

private:
    std::vector<std::uint32_t> samples_;
};

}  // namespace numproof::bench
