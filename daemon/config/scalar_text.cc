// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/scalar_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <system_error>

namespace numproof {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

// Largest first, so that the text of a quantity uses the largest that fits.
constexpr std::array kDurations{
    Unit{"h", 3'600'000}, Unit{"m", 60'000}, Unit{"s", 1'000}, Unit{"ms", 1}};
constexpr std::array kSizes{
    Unit{"GiB", 1ULL << 30U}, Unit{"MiB", 1ULL << 20U}, Unit{"KiB", 1ULL << 10U}, Unit{"B", 1}};

/// Far beyond any setting, and far from overflowing when added up.
constexpr std::uint64_t kQuantityMax = std::uint64_t{1} << 56U;

std::optional<std::uint64_t> parse_quantity(std::string_view text, const auto& units) noexcept {
    std::uint64_t count = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, count);
    if (read.ec != std::errc{}) {
        return std::nullopt;
    }
    const std::string_view name{read.ptr, static_cast<std::size_t>(end - read.ptr)};
    const auto unit = std::ranges::find(units, name, &Unit::name);
    if (unit == units.end() || count > kQuantityMax / unit->factor) {
        return std::nullopt;
    }
    return count * unit->factor;
}

std::string quantity_text(std::uint64_t quantity, const auto& units) {
    const auto unit = std::ranges::find_if(units, [quantity](const Unit& candidate) {
        return candidate.factor == 1 || (quantity > 0 && quantity % candidate.factor == 0);
    });
    return std::to_string(quantity / unit->factor) + std::string{unit->name};
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
    std::int64_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end) {
        return std::nullopt;
    }
    return value;
}

std::optional<double> parse_decimal(std::string_view text) noexcept {
    double value = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    if (read.ec != std::errc{} || read.ptr != end || text.front() < '0' || text.front() > '9') {
        return std::nullopt;
    }
    return value;
}

std::optional<Milliseconds> parse_duration(std::string_view text) noexcept {
    const auto ms = parse_quantity(text, kDurations);
    if (!ms) {
        return std::nullopt;
    }
    return Milliseconds{static_cast<std::int64_t>(*ms)};
}

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
    return parse_quantity(text, kSizes);
}

std::optional<bool> parse_boolean(std::string_view text) noexcept {
    if (text == "true") {
        return true;
    }
    if (text == "false") {
        return false;
    }
    return std::nullopt;
}

std::string duration_text(Milliseconds duration) {
    if (duration.count() == 0) {
        return "0s";
    }
    return quantity_text(static_cast<std::uint64_t>(duration.count()), kDurations);
}

std::string size_text(std::uint64_t bytes) {
    return quantity_text(bytes, kSizes);
}

}  // namespace numproof
