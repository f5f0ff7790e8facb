// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/bytes.h"

namespace numproof {

/// The first octets of a keyed hash: stands for something that must not be readable.
/// `Tag` keeps kinds apart (a subscriber is not a session). It may be stored and logged.
template <typename Tag, std::size_t Octets = 16>
class Pseudonym {
public:
    static constexpr std::size_t kSize = Octets;

    Pseudonym() = default;

    /// The first octets of `digest`.
    [[nodiscard]] static Pseudonym of(const Digest& digest) noexcept {
        Pseudonym made;
        std::copy_n(digest.begin(), kSize, made.octets_.begin());
        return made;
    }

    /// Exactly kSize octets, as octets() gave them; anything else is `malformed`.
    [[nodiscard]] static Result<Pseudonym> parse(std::string_view octets) {
        if (octets.size() != kSize) {
            return fail(ErrorCode::malformed, "not a pseudonym");
        }
        Pseudonym made;
        std::copy_n(octets.begin(), kSize, reinterpret_cast<char*>(made.octets_.data()));
        return made;
    }

    [[nodiscard]] std::string_view octets() const noexcept {
        return {reinterpret_cast<const char*>(octets_.data()), kSize};
    }

    /// In base64url, 22 characters for 16 octets: how it stands in keys of the store.
    [[nodiscard]] std::string to_text() const { return to_base64url(octets()); }

    /// The reverse of to_text().
    [[nodiscard]] static Result<Pseudonym> parse_text(std::string_view text) {
        auto octets = parse_base64url(text);
        if (!octets) {
            return pass_on(octets);
        }
        return parse(*octets);
    }

    auto operator<=>(const Pseudonym&) const = default;

private:
    std::array<std::uint8_t, Octets> octets_{};
};

/// Stands for a number: `sid = HMAC-SHA-256(directory key, E.164)`.
using SubscriberId = Pseudonym<struct SubscriberIdTag>;

/// Stands for an IMSI. 96 bits: among a billion SIMs two alike are as likely as 1 to 10^11.
using ImsiId = Pseudonym<struct ImsiIdTag, 12>;

/// Tells the SIMs of one number apart; it stands for none of them elsewhere.
using SimMark = Pseudonym<struct SimMarkTag, 8>;

/// Stands for one session of one gateway. 88 bits: among a hundred million sessions two alike are
/// as likely as 1 to 10^10.
using SessionId = Pseudonym<struct SessionIdTag, 11>;

/// Stands for a gateway (the `source` of session events). There are thousands at most; were two
/// alike, the restart of one would end the sessions of both.
using GatewayId = Pseudonym<struct GatewayIdTag, 8>;

/// The first 12 bits of a subscriber's pseudonym, the Cluster hash tag: all that a claim touches
/// lives in one slot. Written as three lower-case hexadecimal digits.
class Shard {
public:
    static constexpr std::size_t kTextSize = 3;

    Shard() = default;

    [[nodiscard]] static Shard of(const SubscriberId& subscriber) {
        return Shard{to_hex(subscriber.octets().substr(0, 2)).substr(0, kTextSize)};
    }

    /// Three lower-case hexadecimal digits; anything else is `malformed`.
    [[nodiscard]] static Result<Shard> parse(std::string_view text) {
        const bool good = text.size() == kTextSize && std::ranges::all_of(text, [](char c) {
                              return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                          });
        if (!good) {
            return fail(ErrorCode::malformed, "not a shard");
        }
        return Shard{std::string{text}};
    }

    [[nodiscard]] const std::string& to_text() const noexcept { return text_; }

    bool operator==(const Shard&) const = default;

private:
    explicit Shard(std::string text) noexcept : text_(std::move(text)) {}

    std::string text_ = "000";
};

}  // namespace numproof
