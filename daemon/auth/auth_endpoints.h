// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "daemon/auth/auth_parts.h"
#include "daemon/auth/authorize.h"
#include "daemon/auth/revocation.h"
#include "daemon/auth/token_endpoint.h"
#include "daemon/base/task.h"
#include "daemon/http/message.h"

namespace numproof {

/// The authorization server as the router sees it. Each call answers one request at its endpoint,
/// whatever its method: another method than the endpoint's gets 405 with `Allow`. A good
/// `x-correlator` is given back. Requests stay valid until the task has ended.
/// One instance belongs to one event loop.
class AuthEndpoints {
public:
    AuthEndpoints(AuthParts parts, AuthServerSettings settings);

    AuthEndpoints(const AuthEndpoints&) = delete;
    AuthEndpoints& operator=(const AuthEndpoints&) = delete;

    /// GET or POST. `source`: where the device is, after trusted hops; nullopt if it cannot be
    /// told.
    [[nodiscard]] Task<http::Response> authorize(
        const http::Request& request, std::optional<SourceEndpoint> source, Deadline deadline
    );

    /// POST.
    [[nodiscard]] Task<http::Response> token(const http::Request& request, Deadline deadline);

    /// POST.
    [[nodiscard]] Task<http::Response> revoke(const http::Request& request, Deadline deadline);

    /// GET: our public keys.
    [[nodiscard]] http::Response jwks(const http::Request& request) const;

    /// GET `/.well-known/openid-configuration`.
    [[nodiscard]] http::Response openid_configuration(const http::Request& request) const;

    /// GET `/.well-known/oauth-authorization-server`.
    [[nodiscard]] http::Response oauth_metadata(const http::Request& request) const;

    [[nodiscard]] const AuthServerSettings& settings() const noexcept { return settings_; }

private:
    [[nodiscard]] http::Response wrong_method(
        const http::Request& request, Operation operation, std::string_view allowed
    );
    [[nodiscard]] static http::Response document(const http::Request& request, std::string json);

    AuthParts parts_;
    AuthServerSettings settings_;
    std::string metadata_;
    Authorize authorize_;
    TokenEndpoint token_;
    Revocation revocation_;
};

}  // namespace numproof
