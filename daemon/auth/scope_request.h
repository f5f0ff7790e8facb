// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/auth/oauth_fault.h"
#include "daemon/domain/client.h"

namespace numproof {

/// What a client asked for in `scope`, and may have.
struct ScopeRequest {
    ScopeSet scopes;
    std::string purpose;  ///< `dpv:…`
    std::string text;     ///< What is granted, in the client's own words and order.
};

/// Reads `scope` (RFC 6749 section 3.3) under CAMARA's rules: at least one scope of the API,
/// exactly one purpose, both registered for `client`. Else invalid_scope, with the reason.
///
/// `offline_access` is ignored: there is never a refresh token. The client's defaults stand in for
/// an API scope or a purpose only where the request has none. Contract 0.3.1's scope names and
/// `dpv:purpose#scope` are read only for clients that were registered with them.
[[nodiscard]] OAuthResult<ScopeRequest> read_scope(std::string_view text, const Client& client);

}  // namespace numproof
