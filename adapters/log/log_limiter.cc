// SPDX-License-Identifier: Apache-2.0
#include "adapters/log/log_limiter.h"

#include <utility>

namespace numproof {

std::optional<std::uint64_t> LogLimiter::admit(std::string_view id, MonoTime now) {
    const std::lock_guard lock{mutex_};
    auto& window = windows_[id];
    if (window.lines == 0 || now - window.began >= std::chrono::seconds{1}) {
        window.began = now;
        window.lines = 0;
    }
    if (window.lines == kLinesPerSecond) {
        ++window.suppressed;
        return std::nullopt;
    }
    ++window.lines;
    return std::exchange(window.suppressed, 0);
}

}  // namespace numproof
