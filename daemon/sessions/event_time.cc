// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/event_time.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace numproof {
namespace {

/// Takes characters off the front of a text; after a misfit all is bad.
class Cursor {
public:
    explicit Cursor(std::string_view text) noexcept : left_(text) {}

    int digits(std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (left_.empty() || left_.front() < '0' || left_.front() > '9') {
                good_ = false;
                return 0;
            }
            value = value * 10 + (left_.front() - '0');
            left_.remove_prefix(1);
        }
        return value;
    }

    /// One character out of `allowed`.
    char one_of(std::string_view allowed) {
        if (left_.empty() || allowed.find(left_.front()) == std::string_view::npos) {
            good_ = false;
            return '\0';
        }
        const char found = left_.front();
        left_.remove_prefix(1);
        return found;
    }

    [[nodiscard]] bool next_is(std::string_view allowed) const {
        return !left_.empty() && allowed.find(left_.front()) != std::string_view::npos;
    }

    /// How many of `words` come before the one that stands here; all of them if none does.
    template <std::size_t Count>
    std::size_t word_of(const std::array<std::string_view, Count>& words) {
        const auto* const found = std::ranges::find_if(words, [&](std::string_view word) {
            return left_.starts_with(word);
        });
        if (found == words.end()) {
            good_ = false;
            return Count;
        }
        left_.remove_prefix(found->size());
        return static_cast<std::size_t>(found - words.begin());
    }

    [[nodiscard]] bool whole() const { return good_ && left_.empty(); }

private:
    std::string_view left_;
    bool good_ = true;
};

Milliseconds fraction(Cursor& in) {
    if (!in.next_is(".")) {
        return {};
    }
    in.one_of(".");
    int value = 0;
    int scale = 1000;
    do {
        const int digit = in.digits(1);
        scale /= 10;
        value += digit * scale;
    } while (in.next_is("0123456789"));
    return Milliseconds{value};
}

std::chrono::minutes offset(Cursor& in, bool& good) {
    const char sign = in.one_of("Zz+-");
    if (sign == 'Z' || sign == 'z') {
        return {};
    }
    const int hours = in.digits(2);
    in.one_of(":");
    const int minutes = in.digits(2);
    good = good && hours <= 23 && minutes <= 59;
    const std::chrono::minutes ahead{hours * 60 + minutes};
    return sign == '-' ? -ahead : ahead;
}

constexpr std::array<std::string_view, 12> kMonths{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr std::array<std::string_view, 3> kUtc{"UTC", "GMT", "Z"};

// Two digits, the first of them may be a blank.
unsigned day_of_month(Cursor& in) {
    if (in.next_is(" ")) {
        in.one_of(" ");
        return static_cast<unsigned>(in.digits(1));
    }
    return static_cast<unsigned>(in.digits(2));
}

}  // namespace

Result<WallTime> parse_utc_date(std::string_view text) {
    Cursor in{text};
    const std::chrono::month month{static_cast<unsigned>(in.word_of(kMonths)) + 1};
    in.one_of(" ");
    const std::chrono::day day{day_of_month(in)};
    in.one_of(" ");
    const std::chrono::year_month_day date{std::chrono::year{in.digits(4)}, month, day};
    in.one_of(" ");
    const int hour = in.digits(2);
    in.one_of(":");
    const int minute = in.digits(2);
    in.one_of(":");
    const int second = in.digits(2);
    in.one_of(" ");
    in.word_of(kUtc);
    const bool good = date.ok() && date.year() >= std::chrono::year{1970} && hour <= 23 &&
                      minute <= 59 && second <= 60;
    if (!in.whole() || !good) {
        return fail(ErrorCode::malformed, "not a date in UTC");
    }
    return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
           std::chrono::minutes{minute} + std::chrono::seconds{second};
}

Result<WallTime> parse_rfc3339(std::string_view text) {
    Cursor in{text};
    const std::chrono::year year{in.digits(4)};
    in.one_of("-");
    const std::chrono::month month{static_cast<unsigned>(in.digits(2))};
    in.one_of("-");
    const std::chrono::year_month_day date{
        year, month, std::chrono::day{static_cast<unsigned>(in.digits(2))}};
    in.one_of("Tt ");
    const int hour = in.digits(2);
    in.one_of(":");
    const int minute = in.digits(2);
    in.one_of(":");
    const int second = in.digits(2);
    const auto part = fraction(in);
    bool good =
        date.ok() && year >= std::chrono::year{1970} && hour <= 23 && minute <= 59 && second <= 60;
    const auto ahead = offset(in, good);
    if (!in.whole() || !good) {
        return fail(ErrorCode::malformed, "not a time of RFC 3339");
    }
    return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
           std::chrono::minutes{minute} + std::chrono::seconds{second} + part - ahead;
}

}  // namespace numproof
