// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/auth/auth_parts.h"
#include "daemon/auth/client_admission.h"
#include "daemon/base/task.h"
#include "daemon/http/message.h"

namespace numproof {

/// The revocation endpoint (RFC 7009): an authenticated client takes back a token of its own.
/// The answer is 200 also for a token that is not there, not fresh or another client's, so that
/// nothing can be learnt from it. One instance belongs to one event loop.
class Revocation {
public:
    Revocation(const AuthParts& parts, const AuthServerSettings& settings);

    /// Answers a POST.
    [[nodiscard]] Task<http::Response> handle(const http::Request& request, Deadline deadline);

private:
    struct Visit;

    [[nodiscard]] Task<OAuthResult<void>> revoke(Visit& visit);
    [[nodiscard]] Task<OAuthResult<bool>> is_own(Visit& visit, GrantKey key);
    [[nodiscard]] Task<http::Response> conclude(Visit& visit, OAuthResult<void> done);

    const AuthParts& parts_;
    ClientAdmission admission_;
};

}  // namespace numproof
