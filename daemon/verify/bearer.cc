// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/bearer.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace numproof {
namespace {

constexpr std::string_view kScheme = "Bearer";

/// RFC 6750: b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
bool is_token_character(char c) noexcept {
    constexpr std::string_view kSigns = "-._~+/";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kSigns.find(c) != std::string_view::npos;
}

bool is_b64token(std::string_view text) noexcept {
    const auto end = std::ranges::find_if_not(text, is_token_character);
    return end != text.begin() && std::all_of(end, text.end(), [](char c) { return c == '='; });
}

}  // namespace

OrProblem<AccessToken> read_bearer(const http::Request& request) {
    const auto field = request.field("authorization");
    if (!field) {
        return tl::unexpected(Problem::no_credentials);
    }
    if (request.count("authorization") != 1) {
        return tl::unexpected(Problem::bad_token);
    }
    const auto blank = std::min(field->find(' '), field->size());
    if (!http::equal_ignoring_case(field->substr(0, blank), kScheme)) {
        return tl::unexpected(Problem::no_credentials);
    }
    const auto start = std::min(field->find_first_not_of(' ', blank), field->size());
    const std::string_view token = field->substr(start);
    if (token.empty()) {
        return tl::unexpected(Problem::no_credentials);
    }
    if (!is_b64token(token)) {
        return tl::unexpected(Problem::bad_token);
    }
    return AccessToken{std::string{token}};
}

}  // namespace numproof
