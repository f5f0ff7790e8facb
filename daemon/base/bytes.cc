// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/bytes.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace numproof {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::uint32_t octet(char c) noexcept {
    return static_cast<std::uint8_t>(c);
}

std::optional<std::uint32_t> hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return octet(c) - octet('0');
    }
    if (c >= 'a' && c <= 'f') {
        return octet(c) - octet('a') + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return octet(c) - octet('A') + 10;
    }
    return std::nullopt;
}

std::string encode64(std::string_view octets, std::string_view alphabet) {
    std::string text((octets.size() * 4 + 2) / 3, '\0');
    std::size_t at = 0;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : octets) {
        bits = (bits << 8U) | octet(c);
        held += 8;
        while (held >= 6) {
            held -= 6;
            text[at++] = alphabet[(bits >> held) & 63U];
        }
    }
    if (held > 0) {
        text[at] = alphabet[(bits << (6 - held)) & 63U];
    }
    return text;
}

constexpr std::uint8_t kNoMeaning = 64;

/// What each octet means in an alphabet.
using Meanings = std::array<std::uint8_t, 256>;

constexpr Meanings meanings_in(std::string_view alphabet) noexcept {
    Meanings meanings{};
    meanings.fill(kNoMeaning);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        meanings[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return meanings;
}

constexpr auto kBase64Meanings = meanings_in(kBase64);
constexpr auto kBase64UrlMeanings = meanings_in(kBase64Url);

Result<Bytes> decode64(std::string_view text, const Meanings& meanings) {
    if (text.size() % 4 == 1) {
        return fail(ErrorCode::malformed, "base64: impossible length");
    }
    Bytes octets;
    octets.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : text) {
        const auto value = meanings[octet(c)];
        if (value == kNoMeaning) {
            return fail(ErrorCode::malformed, "base64: unexpected character");
        }
        bits = (bits << 6U) | value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            octets.push_back(static_cast<char>((bits >> static_cast<unsigned>(held)) & 255U));
        }
    }
    // Left-over bits must be zero, so that one value has one spelling.
    if ((bits & ((1U << static_cast<unsigned>(held)) - 1U)) != 0) {
        return fail(ErrorCode::malformed, "base64: stray bits at the end");
    }
    return octets;
}

}  // namespace

std::string to_hex(std::string_view octets) {
    std::string text(octets.size() * 2, '\0');
    for (std::size_t i = 0; i < octets.size(); ++i) {
        text[2 * i] = kHex[octet(octets[i]) >> 4U];
        text[2 * i + 1] = kHex[octet(octets[i]) & 15U];
    }
    return text;
}

Result<Bytes> parse_hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        return fail(ErrorCode::malformed, "hex: odd length");
    }
    Bytes octets;
    octets.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto high = hex_digit(text[i]);
        const auto low = hex_digit(text[i + 1]);
        if (!high || !low) {
            return fail(ErrorCode::malformed, "hex: unexpected character");
        }
        octets.push_back(static_cast<char>((*high << 4U) | *low));
    }
    return octets;
}

std::string to_base64url(std::string_view octets) {
    return encode64(octets, kBase64Url);
}

Result<Bytes> parse_base64url(std::string_view text) {
    return decode64(text, kBase64UrlMeanings);
}

std::string to_base64(std::string_view octets) {
    std::string text = encode64(octets, kBase64);
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

Result<Bytes> parse_base64(std::string_view text) {
    if (text.size() % 4 != 0) {
        return fail(ErrorCode::malformed, "base64: length is not a multiple of four");
    }
    const auto padding = text.ends_with("==") ? 2U : (text.ends_with('=') ? 1U : 0U);
    return decode64(text.substr(0, text.size() - padding), kBase64Meanings);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) {
        return false;
    }
    std::uint32_t difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference |= octet(a[i]) ^ octet(b[i]);
    }
    return difference == 0;
}

}  // namespace numproof
