// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace numproof {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `octets`, going on from `before`:
/// crc32c(b, crc32c(a)) is that of a and b together. By the processor's instruction if it has one.
[[nodiscard]] std::uint32_t crc32c(std::string_view octets, std::uint32_t before = 0) noexcept;

/// The same by tables, for processors without the instruction.
[[nodiscard]] std::uint32_t crc32c_by_table(
    std::string_view octets, std::uint32_t before = 0
) noexcept;

}  // namespace numproof
