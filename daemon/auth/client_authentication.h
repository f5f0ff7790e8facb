// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>

#include "daemon/auth/client_credentials.h"
#include "daemon/auth/oauth_fault.h"
#include "daemon/base/deadline.h"
#include "daemon/base/task.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/grant_store.h"
#include "daemon/ports/jose.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// An assertion that has to be marked as presented before its client may act.
struct AssertionUse {
    std::string name;     ///< For GrantStore::first_use(): a keyed hash of client and `jti`.
    Milliseconds keep{};  ///< What is left of its life.
};

/// A client that has proved who it is.
struct AuthenticatedClient {
    const Client& client;
    std::optional<AssertionUse> assertion;  ///< Only for private_key_jwt.
};

/// Which clients there are, and which audiences an assertion may name.
struct ClientsAtEndpoint {
    const ClientRegistry& clients;
    std::span<const std::string> audiences;
};

/// Tells which client a request at a back-channel endpoint comes from: client_secret_basic,
/// client_secret_post or private_key_jwt (ES256), each only for clients registered with it. The
/// time that a wrong secret takes says nothing about whether the client exists. Thread-safe.
class ClientAuthenticator {
public:
    /// What is given outlives the object.
    ClientAuthenticator(const Vault& vault, const TokenOpener& opener, const Clock& clock) noexcept
        : vault_(vault), opener_(opener), clock_(clock) {}

    /// Uses nothing up: an assertion still has to be marked with mark_presented(). The result
    /// refers to `at.clients`.
    [[nodiscard]] OAuthResult<AuthenticatedClient> authenticate(
        const http::Request& request, const Form& form, const ClientsAtEndpoint& at
    ) const;

private:
    [[nodiscard]] OAuthResult<AuthenticatedClient> check(
        const SecretCredentials& presented, const ClientsAtEndpoint& at
    ) const;
    [[nodiscard]] OAuthResult<AuthenticatedClient> check(
        const AssertionCredentials& presented, const ClientsAtEndpoint& at
    ) const;
    [[nodiscard]] AssertionUse use_of(
        std::string_view client_id, std::string_view jti, WallTime not_after
    ) const;

    const Vault& vault_;
    const TokenOpener& opener_;
    const Clock& clock_;
};

/// Marks the assertion of `use` as presented, if there is one. Presented before: invalid_client; no
/// answer from the store: temporarily_unavailable.
[[nodiscard]] Task<OAuthResult<void>> mark_presented(
    GrantStore& grants, std::optional<AssertionUse> use, Deadline deadline
);

/// `fault` as the answer to `request`: invalid_client brings `WWW-Authenticate` only to a client
/// that used `Authorization`.
[[nodiscard]] http::Response back_channel_fault(
    const http::Request& request, const OAuthFault& fault
);

}  // namespace numproof
