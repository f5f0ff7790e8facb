// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/http_date.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace numproof::http {
namespace {

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void append_padded(std::string& text, std::int64_t number, std::size_t width) {
    const auto digits = std::to_string(number);
    text.append(width - std::min(width, digits.size()), '0').append(digits);
}

}  // namespace

std::string to_http_date(WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};

    std::string text{kDays[std::chrono::weekday{day}.c_encoding()]};
    text.append(", ");
    append_padded(text, unsigned{date.day()}, 2);
    text.append(" ").append(kMonths[unsigned{date.month()} - 1]).append(" ");
    append_padded(text, int{date.year()}, 4);
    text.append(" ");
    append_padded(text, clock.hours().count(), 2);
    text.append(":");
    append_padded(text, clock.minutes().count(), 2);
    text.append(":");
    append_padded(text, clock.seconds().count(), 2);
    return text.append(" GMT");
}

}  // namespace numproof::http
