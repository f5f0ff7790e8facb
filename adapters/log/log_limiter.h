// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>

#include "daemon/base/time.h"

namespace numproof {

/// Lets each message through so many times a second. Thread-safe.
class LogLimiter {
public:
    static constexpr std::uint64_t kLinesPerSecond = 10;

    /// nullopt: say nothing. Else how many lines of `id` were kept back before this one.
    /// `id` lives as long as the limiter (ids are constants of the catalogue).
    [[nodiscard]] std::optional<std::uint64_t> admit(std::string_view id, MonoTime now);

private:
    struct Window {
        MonoTime began{};
        std::uint64_t lines = 0;
        std::uint64_t suppressed = 0;
    };

    std::mutex mutex_;
    std::map<std::string_view, Window> windows_;
};

}  // namespace numproof
