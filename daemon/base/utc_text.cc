// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/utc_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace numproof {
namespace {

struct PaddedNumber {
    std::int64_t value = 0;
    std::size_t width = 0;
};

void append(std::string& out, PaddedNumber number) {
    std::array<char, 20> digits{};
    const auto* const end = std::to_chars(digits.begin(), digits.end(), number.value).ptr;
    const auto size = static_cast<std::size_t>(end - digits.begin());
    out.append(number.width - std::min(number.width, size), '0');
    out.append(digits.begin(), size);
}

}  // namespace

std::string to_rfc3339(WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    std::string text;
    append(text, {.value = static_cast<int>(date.year()), .width = 4});
    text.push_back('-');
    append(text, {.value = static_cast<unsigned>(date.month()), .width = 2});
    text.push_back('-');
    append(text, {.value = static_cast<unsigned>(date.day()), .width = 2});
    text.push_back('T');
    append(text, {.value = clock.hours().count(), .width = 2});
    text.push_back(':');
    append(text, {.value = clock.minutes().count(), .width = 2});
    text.push_back(':');
    append(text, {.value = clock.seconds().count(), .width = 2});
    text.push_back('.');
    append(text, {.value = clock.subseconds().count(), .width = 3});
    text.push_back('Z');
    return text;
}

}  // namespace numproof
