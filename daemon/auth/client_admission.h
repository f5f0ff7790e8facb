// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/auth/auth_parts.h"
#include "daemon/auth/auth_settings.h"
#include "daemon/auth/client_authentication.h"
#include "daemon/auth/form.h"
#include "daemon/http/message.h"

namespace numproof {

/// A request at a back-channel endpoint whose client has proved who it is.
struct AdmittedRequest {
    ClientSnapshot clients;   ///< `who` refers to it.
    Form form;                ///< Of the body; no parameter stands there twice.
    AuthenticatedClient who;  ///< Its assertion, if there is one, still has to be marked.
    Decision decision;        ///< Begun, and about this client.
};

/// A request that goes no further; the audit trail has been told.
struct TurnedAwayRequest {
    OAuthFault fault;
    http::Response answer;
};

/// The door of every back-channel endpoint: a form without repetitions, from a client that proves
/// who it is. One instance belongs to one event loop.
class ClientAdmission {
public:
    /// An assertion may name the issuer, a token endpoint, or one of `others`.
    ClientAdmission(
        const AuthParts& parts, const AuthServerSettings& settings, std::vector<std::string> others
    );

    /// Nothing is used up by this.
    [[nodiscard]] tl::expected<AdmittedRequest, TurnedAwayRequest> admit(
        const http::Request& request
    ) const;

private:
    [[nodiscard]] tl::unexpected<TurnedAwayRequest> turn_away(
        const http::Request& request, Decision decision, const OAuthFault& fault
    ) const;

    const AuthParts& parts_;
    ClientAuthenticator authenticator_;
    std::vector<std::string> audiences_;
};

}  // namespace numproof
