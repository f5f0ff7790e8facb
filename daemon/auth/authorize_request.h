// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/auth/form.h"
#include "daemon/auth/oauth_fault.h"
#include "daemon/auth/scope_request.h"
#include "daemon/domain/client.h"

namespace numproof {

/// Where the answer of an authorization request goes. The views point into the Form and the
/// registry that it was read from.
struct AuthorizeTarget {
    const Client& client;
    std::string_view redirect_uri;
    std::string_view state;  ///< Empty: none, or none that can be given back.
};

/// Reads `client_id` and `redirect_uri`. The address must be registered, character by character.
/// A fault here is told to whoever asks and never redirected (RFC 6749 section 4.1.2.1).
[[nodiscard]] OAuthResult<AuthorizeTarget> read_target(
    const Form& form, const ClientRegistry& clients
);

/// An authorization request that could be granted.
struct AuthorizeRequest {
    ScopeRequest scope;
    std::string code_challenge;  ///< Empty: none.
    std::string nonce;           ///< Empty: none.
};

/// Reads everything else. Ignored, as their specifications allow or CAMARA demands: `prompt` (it is
/// always treated as `none`), `login_hint`, `acr_values`, `max_age`, `display` and what nobody
/// knows.
[[nodiscard]] OAuthResult<AuthorizeRequest> read_authorize_request(
    const Form& form, const Client& client
);

}  // namespace numproof
