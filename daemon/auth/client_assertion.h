// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/auth/oauth_fault.h"
#include "daemon/base/time.h"

namespace numproof {

/// What a client assertion must say to be believed.
struct AssertionExpectation {
    std::string_view client_id;              ///< `iss` and `sub`.
    std::span<const std::string> audiences;  ///< One of them must be in `aud`.
    WallTime now;
};

/// What is needed to see an assertion a second time.
struct AssertionClaims {
    std::string jti;
    WallTime not_after;  ///< `exp`
};

/// Who says to have made the assertion `compact` (`sub`), before anything is verified.
[[nodiscard]] std::optional<std::string> claimed_subject(std::string_view compact);

/// Judges verified `claims` (a JSON object): RFC 7523 section 3 with the bounds of CAMARA's
/// profile: `exp` at most 300 s ahead; with `iat` not more than 300 s from `iat` to `exp`, and
/// `iat` not in the future. A fault is invalid_client.
[[nodiscard]] OAuthResult<AssertionClaims> check_assertion(
    std::string_view claims, const AssertionExpectation& expected
);

}  // namespace numproof
