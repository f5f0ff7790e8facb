// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/crc32c.h"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace numproof {
namespace {

constexpr std::size_t kWord = 8;

using Table = std::array<std::uint32_t, 256>;

/// tables[k][b]: the remainder of octet b that k more octets follow ("slicing by eight").
constexpr std::array<Table, kWord> make_tables() noexcept {
    std::array<Table, kWord> tables{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value >> 1U) ^ ((value & 1U) != 0 ? 0x82F63B78U : 0U);
        }
        tables[0][i] = value;
    }
    for (std::size_t k = 1; k < kWord; ++k) {
        for (std::size_t i = 0; i < 256; ++i) {
            const auto before = tables[k - 1][i];
            tables[k][i] = (before >> 8U) ^ tables[0][before & 255U];
        }
    }
    return tables;
}

constexpr auto kTables = make_tables();

std::uint32_t step(std::uint32_t crc, char octet) noexcept {
    return (crc >> 8U) ^ kTables[0][(crc ^ static_cast<std::uint8_t>(octet)) & 255U];
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(
    std::uint32_t crc, std::string_view octets
) noexcept {
    std::uint64_t wide = crc;
    for (; octets.size() >= kWord; octets.remove_prefix(kWord)) {
        std::uint64_t word = 0;
        std::memcpy(&word, octets.data(), kWord);
        wide = _mm_crc32_u64(wide, word);
    }
    crc = static_cast<std::uint32_t>(wide);
    for (const char c : octets) {
        crc = _mm_crc32_u8(crc, static_cast<std::uint8_t>(c));
    }
    return crc;
}

const bool kHasInstruction = __builtin_cpu_supports("sse4.2") != 0;
#endif

}  // namespace

std::uint32_t crc32c_by_table(std::string_view octets, std::uint32_t before) noexcept {
    std::uint32_t crc = ~before;
    for (; octets.size() >= kWord; octets.remove_prefix(kWord)) {
        std::uint32_t next = 0;
        for (std::size_t i = 0; i < kWord; ++i) {
            const auto mixed = i < 4 ? (crc >> (8U * i)) & 255U : 0U;
            next ^= kTables[kWord - 1 - i][mixed ^ static_cast<std::uint8_t>(octets[i])];
        }
        crc = next;
    }
    for (const char c : octets) {
        crc = step(crc, c);
    }
    return ~crc;
}

std::uint32_t crc32c(std::string_view octets, std::uint32_t before) noexcept {
#if defined(__x86_64__)
    if (kHasInstruction) {
        return ~by_instruction(~before, octets);
    }
#endif
    return crc32c_by_table(octets, before);
}

}  // namespace numproof
