// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/time.h"
#include "daemon/domain/grant.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// What a subscriber is called towards one client: a keyed hash of both, so that two clients cannot
/// put their users side by side, and nobody can go back to the number (OpenID Connect Core 1.0
/// section 8.1; the sector is the client's id). It stays when the directory is built anew, and
/// changes with the directory key.
[[nodiscard]] std::string pairwise_subject(
    const Vault& vault, std::string_view client_id, const Msisdn& msisdn
);

/// Whom an ID token is about and from.
struct IdTokenParties {
    std::string_view issuer;
    std::string_view subject;  ///< As pairwise_subject() gives it.
};

/// The claims of an ID token for the code of `body` (OpenID Connect Core 1.0 section 2), as JSON.
/// `amr` is `nba`: network-based authentication.
[[nodiscard]] std::string id_token_claims(
    const IdTokenParties& parties, const GrantBody& body, WallTime now
);

}  // namespace numproof
