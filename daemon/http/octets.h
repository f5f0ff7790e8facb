// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// Classes of octets of RFC 9110 and RFC 9112, as tables.
namespace numproof::http {

namespace octets_detail {

enum Class : std::uint8_t { token = 1, line = 2, target = 4, host = 8 };

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> classes{};
    const auto add = [&classes](std::string_view members, std::uint8_t kind) {
        for (const char c : members) {
            classes[static_cast<std::uint8_t>(c)] |= kind;
        }
    };
    constexpr std::string_view kAlphanumeric =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    add(kAlphanumeric, token | host);
    add("!#$%&'*+-.^_`|~", token);
    add("-._~%!$&'()*+,;=", host);
    for (unsigned c = 0x20; c < 0x100; ++c) {
        if (c != 0x7F) {
            classes[c] |= line;
        }
        if (c > 0x20 && c < 0x7F && c != '#') {
            classes[c] |= target;
        }
    }
    add("\t", line);
    return classes;
}

inline constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

[[nodiscard]] constexpr bool is(char c, Class kind) noexcept {
    return (kClasses[static_cast<std::uint8_t>(c)] & kind) != 0;
}

[[nodiscard]] constexpr bool all(std::string_view text, Class kind) noexcept {
    for (const char c : text) {
        if (!is(c, kind)) {
            return false;
        }
    }
    return true;
}

}  // namespace octets_detail

/// RFC 9110 section 5.6.2: one or more `tchar`.
[[nodiscard]] constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && octets_detail::all(text, octets_detail::token);
}

/// May stand inside a line: visible octets, blank, tab and obs-text.
[[nodiscard]] constexpr bool is_line_octet(char c) noexcept {
    return octets_detail::is(c, octets_detail::line);
}

/// A line's content, or a field value: no control octet but the tab.
[[nodiscard]] constexpr bool is_line_text(std::string_view text) noexcept {
    return octets_detail::all(text, octets_detail::line);
}

/// May be a request target: visible ASCII without `#`, since a target has no fragment.
[[nodiscard]] constexpr bool is_target_text(std::string_view text) noexcept {
    return !text.empty() && octets_detail::all(text, octets_detail::target);
}

/// RFC 3986 section 3.2.2: the octets of a registered name or an IPv4 address.
[[nodiscard]] constexpr bool is_host_name(std::string_view text) noexcept {
    return !text.empty() && octets_detail::all(text, octets_detail::host);
}

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Without the blanks and tabs around it (RFC 9110 section 5.6.3, `OWS`).
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace numproof::http
