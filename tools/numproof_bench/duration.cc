// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/duration.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace numproof::bench {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
};

// The largest first.
constexpr std::array kUnits{
    Unit{"h", 3'600'000}, Unit{"m", 60'000}, Unit{"s", 1000}, Unit{"ms", 1}};

constexpr std::int64_t kLongest = std::int64_t{366} * 24 * 3'600'000;

}  // namespace

std::optional<Milliseconds> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || count < 0) {
        return std::nullopt;
    }
    const auto digits = static_cast<std::size_t>(rest - text.data());
    const auto name = digits == text.size() ? std::string_view{"s"} : text.substr(digits);
    for (const auto& unit : kUnits) {
        if (unit.name == name && count <= kLongest / unit.milliseconds) {
            return Milliseconds{count * unit.milliseconds};
        }
    }
    return std::nullopt;
}

std::string duration_text(Milliseconds duration) {
    for (const auto& unit : kUnits) {
        if (duration.count() != 0 && duration.count() % unit.milliseconds == 0) {
            return std::to_string(duration.count() / unit.milliseconds) + std::string{unit.name};
        }
    }
    return "0s";
}

}  // namespace numproof::bench
