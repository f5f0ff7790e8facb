// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace numproof::ctl {

/// The parts of one sign-in that a service provider and a device play together.
struct SignIn {
    std::string issuer;  ///< `http://localhost:9091`
    std::string authorization_endpoint;
    std::string token_endpoint;
    std::string device;  ///< Loopback address that is the phone.
    std::string client_id = "sandbox-app";
    std::string client_secret = "sandbox-secret";
    std::string redirect_uri = "http://127.0.0.1:9999/callback";
    std::string scope;  ///< Blank-separated.
    std::string state;
    std::string code_verifier;  ///< RFC 7636; 43 characters of base64url.
    std::string code_challenge;
};

/// Percent-encodes everything but RFC 3986 unreserved characters.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// The value of `name` in the query of `url`, percent-decoded; empty if it is not there.
[[nodiscard]] std::string query_value(std::string_view url, std::string_view name);

/// The URL that the device opens.
[[nodiscard]] std::string authorize_url(const SignIn& sign_in);

/// The form that the service provider posts to the token endpoint.
[[nodiscard]] std::string token_form(const SignIn& sign_in, std::string_view code);

}  // namespace numproof::ctl
