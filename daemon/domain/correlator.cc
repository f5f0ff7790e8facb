// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/correlator.h"

#include <algorithm>

namespace numproof {
namespace {

constexpr std::size_t kLengthMax = 256;
constexpr std::string_view kSigns = "-_:;./<>{}";

bool is_allowed(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kSigns.find(c) != std::string_view::npos;
}

}  // namespace

bool is_good_correlator(std::string_view value) noexcept {
    return value.size() <= kLengthMax && std::ranges::all_of(value, is_allowed);
}

}  // namespace numproof
