// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/sip_hash.h"

#include <bit>
#include <cstddef>

namespace numproof {
namespace {

struct SipState {
    std::uint64_t v0;
    std::uint64_t v1;
    std::uint64_t v2;
    std::uint64_t v3;

    void round() noexcept {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }

    void take(std::uint64_t word) noexcept {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }
};

/// Up to 8 octets, the first one lowest.
std::uint64_t word_of(std::string_view octets) noexcept {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(octets[i])) << (8 * i);
    }
    return word;
}

}  // namespace

std::uint64_t sip_hash(const SipKey& key, std::string_view data) noexcept {
    SipState state{
        .v0 = key[0] ^ 0x736f6d6570736575ULL,
        .v1 = key[1] ^ 0x646f72616e646f6dULL,
        .v2 = key[0] ^ 0x6c7967656e657261ULL,
        .v3 = key[1] ^ 0x7465646279746573ULL};
    const auto length = static_cast<std::uint64_t>(data.size());
    while (data.size() >= 8) {
        state.take(word_of(data.substr(0, 8)));
        data.remove_prefix(8);
    }
    state.take(word_of(data) | length << 56U);
    state.v2 ^= 0xff;
    for (int i = 0; i < 4; ++i) {
        state.round();
    }
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace numproof
