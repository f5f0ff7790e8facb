// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace numproof {

/// How many slots the keys of a Redis Cluster are spread over.
inline constexpr std::uint16_t kRedisSlots = 16'384;

/// The slot of `key`: CRC-16/XMODEM of its hash tag, the text in its first pair of braces, or of
/// the whole key if that is empty or there is none (Redis Cluster specification, "Hash tags").
[[nodiscard]] std::uint16_t redis_slot(std::string_view key) noexcept;

}  // namespace numproof
