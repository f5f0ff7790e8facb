// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_slot.h"

#include <array>
#include <cstddef>

namespace numproof {
namespace {

constexpr std::uint16_t kPolynomial = 0x1021;

constexpr std::array<std::uint16_t, 256> make_table() {
    std::array<std::uint16_t, 256> table{};
    for (std::size_t octet = 0; octet < table.size(); ++octet) {
        auto crc = static_cast<std::uint16_t>(octet << 8U);
        for (int bit = 0; bit < 8; ++bit) {
            const bool high = (crc & 0x8000U) != 0;
            const unsigned shifted = unsigned{crc} << 1U;
            crc = static_cast<std::uint16_t>(high ? shifted ^ kPolynomial : shifted);
        }
        table[octet] = crc;
    }
    return table;
}

constexpr auto kTable = make_table();

std::string_view tag_of(std::string_view key) noexcept {
    const auto open = key.find('{');
    if (open == std::string_view::npos) {
        return key;
    }
    const auto close = key.find('}', open + 1);
    const bool empty = close == open + 1;
    return close == std::string_view::npos || empty ? key : key.substr(open + 1, close - open - 1);
}

}  // namespace

std::uint16_t redis_slot(std::string_view key) noexcept {
    std::uint16_t crc = 0;
    for (const char c : tag_of(key)) {
        const auto index = static_cast<std::uint8_t>((crc >> 8U) ^ static_cast<std::uint8_t>(c));
        crc = static_cast<std::uint16_t>((crc << 8U) ^ kTable[index]);
    }
    return crc % kRedisSlots;
}

}  // namespace numproof
