// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/base/result.h"

namespace numproof::bench {

/// What all threads of some processes have used of the processors so far. A thread that ended is
/// counted only where the kernel has no `schedstat` (then in steps of 10 ms). No such process:
/// invalid_value.
[[nodiscard]] Result<std::chrono::nanoseconds> processor_time_of(const std::vector<int>& pids);

/// How much of their memory is resident. No such process: invalid_value.
[[nodiscard]] Result<std::uint64_t> resident_bytes_of(const std::vector<int>& pids);

/// What this thread has used so far.
[[nodiscard]] std::chrono::nanoseconds own_processor_time();

/// The cost of some processes between two moments.
class ProcessCost {
public:
    /// Begins now. Without processes there is nothing to tell later.
    [[nodiscard]] static Result<ProcessCost> begin(std::vector<int> pids);

    /// Ends now. Fails if a process has gone.
    [[nodiscard]] Result<void> end();

    /// Of the processors between begin() and end(), in microseconds for one of `answers`.
    [[nodiscard]] std::optional<double> us_for_each(std::uint64_t answers) const;

    /// At end().
    [[nodiscard]] std::optional<std::uint64_t> resident_bytes() const { return resident_; }

private:
    std::vector<int> pids_;
    std::chrono::nanoseconds before_{};
    std::chrono::nanoseconds used_{};
    std::optional<std::uint64_t> resident_;
};

}  // namespace numproof::bench
