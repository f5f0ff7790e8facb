// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "daemon/auth/oauth_fault.h"
#include "daemon/ports/crypto.h"

namespace numproof {

/// True if `text` can be a challenge of method S256: 43 characters of base64url (RFC 7636
/// section 4.2).
[[nodiscard]] bool is_pkce_challenge(std::string_view text) noexcept;

/// Holds the verifier of a token request against the challenge of its code (RFC 7636 section 4.6);
/// an empty challenge means that there was none. A missing, wrong or superfluous verifier is
/// invalid_grant.
[[nodiscard]] OAuthResult<void> check_pkce(
    const Crypto& crypto, std::string_view challenge, std::optional<std::string_view> verifier
);

}  // namespace numproof
