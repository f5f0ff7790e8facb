// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/pkce.h"

#include <algorithm>

#include "daemon/base/bytes.h"

namespace numproof {
namespace {

constexpr std::size_t kChallengeSize = 43;
constexpr std::size_t kVerifierMin = 43;
constexpr std::size_t kVerifierMax = 128;

bool is_verifier(std::string_view text) noexcept {
    return text.size() >= kVerifierMin && text.size() <= kVerifierMax &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.' || c == '_' || c == '~';
           });
}

}  // namespace

bool is_pkce_challenge(std::string_view text) noexcept {
    return text.size() == kChallengeSize && parse_base64url(text).has_value();
}

OAuthResult<void> check_pkce(
    const Crypto& crypto, std::string_view challenge, std::optional<std::string_view> verifier
) {
    if (challenge.empty()) {
        return verifier ? refuse(OAuthError::invalid_grant, "pkce_not_expected")
                        : OAuthResult<void>{};
    }
    if (!verifier) {
        return refuse(OAuthError::invalid_grant, "pkce_missing");
    }
    const auto expected = to_base64url(as_view(crypto.sha256(*verifier)));
    if (!is_verifier(*verifier) || !equal_in_constant_time(expected, challenge)) {
        return refuse(OAuthError::invalid_grant, "pkce_mismatch");
    }
    return {};
}

}  // namespace numproof
