// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/auth/auth_parts.h"
#include "daemon/auth/client_admission.h"
#include "daemon/base/task.h"
#include "daemon/http/message.h"

namespace numproof {

/// The token endpoint: an authenticated client's first presentation of a code uses the code up,
/// right or wrong; a second one revokes what the first gave. A failed client authentication, and a
/// directory that cannot be used now, leave the code alone. There is never a refresh token.
/// One instance belongs to one event loop.
class TokenEndpoint {
public:
    TokenEndpoint(const AuthParts& parts, const AuthServerSettings& settings);

    /// Answers a POST.
    [[nodiscard]] Task<http::Response> handle(const http::Request& request, Deadline deadline);

private:
    struct Visit;
    struct Code;

    [[nodiscard]] Task<OAuthResult<std::string>> exchange(Visit& visit);
    [[nodiscard]] Task<OAuthResult<Code>> redeem(Visit& visit, GrantKey key);
    [[nodiscard]] Task<OAuthResult<Code>> not_there(Deadline deadline);
    [[nodiscard]] OAuthResult<Code> open(Visit& visit, GrantKey key, const StoredGrant& stored);
    [[nodiscard]] OAuthResult<void> check(const Visit& visit, const Code& code) const;
    [[nodiscard]] Task<OAuthResult<std::string>> issue(Visit& visit, Code code);
    [[nodiscard]] OAuthResult<std::string> sign_id_token(const Code& code) const;
    [[nodiscard]] Task<http::Response> conclude(Visit& visit, OAuthResult<std::string> body);

    const AuthParts& parts_;
    const AuthServerSettings& settings_;
    ClientAdmission admission_;
};

}  // namespace numproof
