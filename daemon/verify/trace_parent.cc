// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/trace_parent.h"

#include <cstddef>

namespace numproof {
namespace {

constexpr std::string_view kForm = "00-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";

bool is_lower_hex(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

bool is_good_trace_parent(std::string_view value) noexcept {
    if (value.size() != kForm.size()) {
        return false;
    }
    for (std::size_t i = 0; i < kForm.size(); ++i) {
        const bool good = kForm[i] == 'x' ? is_lower_hex(value[i]) : value[i] == kForm[i];
        if (!good) {
            return false;
        }
    }
    return true;
}

}  // namespace numproof
