// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>

#include "daemon/auth/form.h"
#include "daemon/auth/oauth_fault.h"
#include "daemon/base/secret.h"
#include "daemon/domain/client.h"
#include "daemon/http/message.h"

namespace numproof {

/// A client's name and password (RFC 6749 section 2.3.1).
struct SecretCredentials {
    ClientAuthMethod method = ClientAuthMethod::client_secret_basic;
    std::string client_id;
    ClientSecret secret;
};

/// A signed statement of a client about itself (RFC 7523 section 2.2).
struct AssertionCredentials {
    std::string client_id;  ///< As the form names it; empty if it does not.
    std::string assertion;  ///< Compact JWS, not verified.
};

/// What a request presents to say which client it comes from. Nothing of it is proved yet.
using ClientCredentials = std::variant<SecretCredentials, AssertionCredentials>;

/// Reads `Authorization: Basic`, `client_secret` or `client_assertion`. More than one of them is
/// invalid_request (RFC 6749 section 2.3); none, or one that cannot be read, is invalid_client.
[[nodiscard]] OAuthResult<ClientCredentials> read_client_credentials(
    const http::Request& request, const Form& form
);

}  // namespace numproof
