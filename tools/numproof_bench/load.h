// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tools/numproof_bench/closed_loop.h"
#include "tools/numproof_bench/options.h"
#include "tools/numproof_bench/report.h"

namespace numproof::bench {

/// How often each status was answered.
class StatusCounts {
public:
    void add(int status) { ++counts_[static_cast<std::size_t>(status)]; }

    /// Those that occurred, by their names.
    [[nodiscard]] std::map<std::string, std::uint64_t> all() const;

private:
    std::array<std::uint64_t, 600> counts_{};
};

/// Drives `caller` in one closed loop and says what it took: of time, of the processes that
/// `options` name, of this generator. `good` tells afterwards how many answers count; the answers
/// themselves and their latencies are for the caller to fill in.
[[nodiscard]] Result<Report> run_load(
    const LoadOptions& options,
    Caller& caller,
    std::vector<IpAddress> sources,
    const std::function<std::uint64_t()>& good
);

}  // namespace numproof::bench
