// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace numproof {

/// 128 bits that nobody outside knows.
using SipKey = std::array<std::uint64_t, 2>;

/// SipHash-2-4 (Aumasson and Bernstein, 2012): a hash whose collisions cannot be found without
/// its key.
[[nodiscard]] std::uint64_t sip_hash(const SipKey& key, std::string_view data) noexcept;

}  // namespace numproof
