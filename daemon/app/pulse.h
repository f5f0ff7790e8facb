// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "daemon/base/time.h"

namespace numproof {

/// Watches the beats of threads: counters that must move. For one thread.
class Pulse {
public:
    /// A thread whose `beats` must change at least every `within`.
    struct Thread {
        std::string name;
        std::function<std::uint64_t()> beats;
        Milliseconds within;
    };

    void watch(Thread thread);

    /// Names of threads that have not moved for too long at `now`; empty: all are alive.
    [[nodiscard]] std::vector<std::string> stuck(MonoTime now);

private:
    struct Watched {
        Thread thread;
        std::uint64_t last = 0;
        MonoTime since{};
        bool seen = false;
    };

    std::vector<Watched> watched_;
};

}  // namespace numproof
