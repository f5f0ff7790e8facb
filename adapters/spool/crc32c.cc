// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/crc32c.h"

#include <array>

namespace numproof {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() noexcept {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value >> 1U) ^ ((value & 1U) != 0 ? 0x82F63B78U : 0U);
        }
        table[i] = value;
    }
    return table;
}

constexpr auto kTable = make_table();

}  // namespace

std::uint32_t crc32c(std::string_view octets) noexcept {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char c : octets) {
        crc = (crc >> 8U) ^ kTable[(crc ^ static_cast<std::uint8_t>(c)) & 255U];
    }
    return ~crc;
}

}  // namespace numproof
