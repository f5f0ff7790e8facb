// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/numproof_bench/latency_record.h"

namespace numproof::bench {

/// What a run has shown. What was not measured is null in the JSON.
struct Report {
    std::string name;
    std::size_t connections = 0;
    std::uint64_t requests = 0;
    double seconds = 0;
    std::uint64_t good = 0;  ///< What `per_second` counts.
    std::optional<double> p50_us;
    std::optional<double> p99_us;
    std::optional<double> server_us;
    std::optional<double> store_us;
    std::optional<std::uint64_t> rss_bytes;
    std::map<std::string, std::uint64_t> answers;

    /// Figures of this kind of run alone, in their order.
    std::vector<std::pair<std::string, std::optional<double>>> more;
};

/// `report` as one JSON object and a line feed. `errors`: requests that gave nothing good.
[[nodiscard]] std::string to_json(const Report& report);

/// Fills in the median and the 99th percentile.
void set_latencies(Report& report, const LatencyRecord& latencies);

}  // namespace numproof::bench
