// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/failpoint.h"

#ifdef NUMPROOF_FAILPOINTS

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>

namespace numproof {
namespace {

std::size_t armed_number = kFailpoints.size();
int armed_count = 0;
std::atomic<int> hits{0};

}  // namespace

bool failpoint_armed = false;

Result<void> arm_failpoint(std::string_view text) {
    const auto name = text.substr(0, text.find(':'));
    const auto* const found = std::ranges::find(kFailpoints, name);
    if (found == kFailpoints.end()) {
        return fail(ErrorCode::invalid_value, "no such failpoint: " + std::string{text});
    }
    int count = 1;
    if (name.size() < text.size()) {
        const auto digits = text.substr(name.size() + 1);
        const auto* const end = digits.data() + digits.size();
        const auto read = std::from_chars(digits.data(), end, count);
        if (read.ec != std::errc{} || read.ptr != end || count < 1) {
            return fail(ErrorCode::invalid_value, "no count of hits: " + std::string{text});
        }
    }
    armed_number = static_cast<std::size_t>(found - kFailpoints.begin());
    armed_count = count;
    hits = 0;
    failpoint_armed = true;
    return {};
}

Result<std::string_view> arm_failpoint_of_environment() {
    const char* const text = std::getenv("NUMPROOF_FAILPOINT");
    if (text == nullptr) {
        return std::string_view{};
    }
    auto armed = arm_failpoint(text);
    if (!armed) {
        return pass_on(armed);
    }
    return std::string_view{text};
}

void hit_failpoint(std::size_t number) noexcept {
    if (number == armed_number && hits.fetch_add(1) + 1 == armed_count) {
        std::raise(SIGKILL);
    }
}

}  // namespace numproof

#endif
