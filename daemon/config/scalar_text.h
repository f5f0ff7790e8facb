// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/time.h"

namespace numproof {

/// Decimal digits, with `-` in front for a negative number; nothing else.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

/// Digits with at most one `.`; not negative, no exponent.
[[nodiscard]] std::optional<double> parse_decimal(std::string_view text) noexcept;

/// A whole number with `ms`, `s`, `m` or `h` right after it.
[[nodiscard]] std::optional<Milliseconds> parse_duration(std::string_view text) noexcept;

/// A whole number with `B`, `KiB`, `MiB` or `GiB` right after it.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

/// `true` or `false`.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text) noexcept;

/// The same duration in the largest unit that it is a whole number of.
[[nodiscard]] std::string duration_text(Milliseconds duration);

/// The same size in the largest unit that it is a whole number of.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace numproof
