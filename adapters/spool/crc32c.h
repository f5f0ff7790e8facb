// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace numproof {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `octets`.
[[nodiscard]] std::uint32_t crc32c(std::string_view octets) noexcept;

}  // namespace numproof
