// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstring>

#include "daemon/base/result.h"
#include "daemon/ports/crypto.h"
#include "tests/simulation/dice.h"

namespace numproof::sim {

/// Keyed hashes and sealing with the shape of the real ones, fast and repeatable: what is changed,
/// cut or put elsewhere does not open. It resists nobody.
class ToyCrypto final : public Crypto {
public:
    explicit ToyCrypto(std::uint64_t seed) : dice_(seed) {}

    [[nodiscard]] Digest sha256(std::string_view data) const override { return digest("", data); }

    [[nodiscard]] Digest hmac_sha256(const SecretKey& key, std::string_view data) const override {
        return digest(key.reveal(), data);
    }

    [[nodiscard]] Bytes seal(
        const SecretKey& key, std::string_view associated, std::string_view plain
    ) const override {
        const auto nonce = random(kNonce);
        const auto cipher = mixed(key, nonce, plain);
        return nonce + cipher + tag(key, associated, nonce + cipher);
    }

    [[nodiscard]] Result<Bytes> open(
        const SecretKey& key, std::string_view associated, std::string_view sealed
    ) const override {
        if (sealed.size() < kNonce + kTag) {
            return fail(ErrorCode::integrity_failure, "too short");
        }
        const auto body = sealed.substr(0, sealed.size() - kTag);
        if (tag(key, associated, body) != sealed.substr(body.size())) {
            return fail(ErrorCode::integrity_failure, "changed");
        }
        return mixed(key, body.substr(0, kNonce), body.substr(kNonce));
    }

    [[nodiscard]] Bytes random(std::size_t count) const override {
        Bytes made(count, '\0');
        for (std::size_t i = 0; i < count; i += sizeof(std::uint64_t)) {
            const auto word = dice_.next();
            std::memcpy(&made[i], &word, std::min(sizeof word, count - i));
        }
        return made;
    }

private:
    static constexpr std::size_t kNonce = 12;
    static constexpr std::size_t kTag = 16;

    static std::uint64_t absorbed(std::uint64_t state, std::string_view data) {
        state = scrambled(state ^ data.size());
        for (std::size_t i = 0; i < data.size(); i += sizeof state) {
            std::uint64_t word = 0;
            std::memcpy(&word, data.data() + i, std::min(sizeof word, data.size() - i));
            state = scrambled(state ^ word) + 0x9E3779B97F4A7C15U;
        }
        return state;
    }

    static Digest digest(std::string_view key, std::string_view data) {
        std::array<std::uint64_t, 4> words{};
        const auto first = absorbed(absorbed(1, key), data);
        const auto second = absorbed(absorbed(first, key), data);
        for (std::size_t i = 0; i < words.size(); ++i) {
            words.at(i) = scrambled(first + i * second);
        }
        Digest made{};
        std::memcpy(made.data(), words.data(), made.size());
        return made;
    }

    static Bytes tag(const SecretKey& key, std::string_view associated, std::string_view body) {
        const auto inner = digest(associated, body);
        return Bytes{as_view(digest(key.reveal(), as_view(inner))).substr(0, kTag)};
    }

    static Bytes mixed(const SecretKey& key, std::string_view nonce, std::string_view text) {
        const auto stream = absorbed(absorbed(2, key.reveal()), nonce);
        Bytes out{text};
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = static_cast<char>(
                static_cast<unsigned char>(out[i]) ^ (scrambled(stream + i / 8) >> (8 * (i % 8)))
            );
        }
        return out;
    }

    mutable Dice dice_;
};

}  // namespace numproof::sim
