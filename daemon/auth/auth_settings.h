// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/auth/oauth_fault.h"
#include "daemon/base/time.h"

namespace numproof {

/// What an operator settles about signing in (`auth.*` of the configuration).
struct AuthServerSettings {
    std::string issuer;                                             ///< `auth.issuer`
    std::vector<std::string> authorize_paths{"/oauth2/authorize"};  ///< The first is published.
    std::vector<std::string> token_paths{"/oauth2/token"};          ///< The first is published.
    std::string revocation_path = "/oauth2/revoke";
    std::string jwks_path = "/oauth2/jwks";
    Milliseconds token_life = std::chrono::seconds{120};  ///< 1 s to 300 s.
    /// What a device hears that its address does not prove: login_required or access_denied.
    OAuthError off_network_error = OAuthError::login_required;
};

/// The URL of `path` at this server: the issuer without a slash at its end, and the path.
[[nodiscard]] std::string url_of(const AuthServerSettings& settings, std::string_view path);

}  // namespace numproof
