// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace numproof {

/// Arbitrary octets. Text is `std::string`; the alias says that these are not text.
using Bytes = std::string;

/// A SHA-256 or HMAC-SHA-256 value.
using Digest = std::array<std::uint8_t, 32>;

/// Octets of `digest` as a view.
[[nodiscard]] inline std::string_view as_view(const Digest& digest) noexcept {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::string_view octets);

/// Reads hexadecimal of either case; an odd length or another character is `malformed`.
[[nodiscard]] Result<Bytes> parse_hex(std::string_view text);

/// RFC 4648 section 5, without padding.
[[nodiscard]] std::string to_base64url(std::string_view octets);

/// RFC 4648 section 5, without padding; anything else is `malformed`.
[[nodiscard]] Result<Bytes> parse_base64url(std::string_view text);

/// RFC 4648 section 4, with padding.
[[nodiscard]] std::string to_base64(std::string_view octets);

/// RFC 4648 section 4, padding required; anything else is `malformed`.
[[nodiscard]] Result<Bytes> parse_base64(std::string_view text);

/// Compares in a time that depends on the lengths alone.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace numproof
