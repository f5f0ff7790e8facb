// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "daemon/auth/auth_parts.h"
#include "daemon/auth/authorize_request.h"
#include "daemon/base/task.h"
#include "daemon/http/message.h"

namespace numproof {

/// The authorization endpoint: who asks is known by the address that the request comes from (rule
/// R2), nobody is ever asked anything, and the answer is one plain redirect. Only when the client
/// or its address is not known it is status 400 with JSON.
///
/// Errors in the redirect: what RFC 6749, OpenID Connect and CAMARA's profile say; what an address
/// does not prove gives `off_network_error` with the reason as `error_description`; a subscriber
/// who may not be signed in gives access_denied; more sign-ins of one subscriber than allowed
/// (`rate_limited`), a directory that cannot be used now and an audit event that cannot be kept
/// give temporarily_unavailable. One instance belongs to one event loop.
class Authorize {
public:
    /// A code is good for this long.
    static constexpr Milliseconds kCodeLife = std::chrono::seconds{60};

    Authorize(const AuthParts& parts, const AuthServerSettings& settings) noexcept
        : parts_(parts), settings_(settings) {}

    /// Answers a GET or POST. `source`: where the device is; nullopt if that cannot be told.
    [[nodiscard]] Task<http::Response> handle(
        const http::Request& request, std::optional<SourceEndpoint> source, Deadline deadline
    );

private:
    struct Visit;

    [[nodiscard]] Task<http::Response> refuse_here(
        Decision decision, OAuthFault fault, Deadline deadline
    );
    [[nodiscard]] Task<OAuthResult<std::string>> sign_in(Visit& visit);
    [[nodiscard]] Task<OAuthResult<Proven>> prove(Visit& visit);
    [[nodiscard]] OAuthFault fault_of(Unproven reason) const;
    [[nodiscard]] bool is_over_limit(const SubscriberId& subscriber) const;
    [[nodiscard]] Task<OAuthResult<std::string>> keep_code(
        Visit& visit, AuthorizeRequest request, Proven proven
    );
    [[nodiscard]] Task<http::Response> conclude(Visit& visit, OAuthResult<std::string> code);
    [[nodiscard]] http::Response redirect(
        const AuthorizeTarget& target, const OAuthResult<std::string>& code
    ) const;

    const AuthParts& parts_;
    const AuthServerSettings& settings_;
};

}  // namespace numproof
