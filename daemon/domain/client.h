// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/domain/scope.h"

namespace numproof {

/// How a client may prove who it is at the token endpoint (RFC 8414 names).
enum class ClientAuthMethod : std::uint8_t {
    client_secret_basic,
    client_secret_post,
    private_key_jwt
};

/// A public key of a client, as JSON Web Key.
struct ClientKey {
    std::string kid;  ///< Empty if it has none.
    std::string jwk;  ///< JSON text.

    bool operator==(const ClientKey&) const = default;
};

/// A token bucket: `rate` a second, at most `burst` at once.
struct RateLimit {
    double rate = 0;
    double burst = 0;

    bool operator==(const RateLimit&) const = default;
};

/// A service provider's application, as it was onboarded (`clients.yaml`).
struct Client {
    enum class Pkce : std::uint8_t { optional, required };
    enum class RedirectAtToken : std::uint8_t { exact, optional, ignored };
    enum class PlusSign : std::uint8_t { required, optional };
    enum class LegacyScopes : std::uint8_t { refused, accepted };

    std::string id;
    std::string name;
    std::vector<ClientAuthMethod> auth_methods;
    std::string secret_hash;  ///< As `numproofctl client secret` writes it; empty: none.
    std::vector<ClientKey> keys;
    std::vector<std::string> redirect_uris;
    ScopeSet scopes;
    std::vector<std::string> purposes;  ///< `dpv:…`
    Pkce pkce = Pkce::required;
    std::string default_scopes;   ///< Used only where the request has none.
    std::string default_purpose;  ///< Used only where the request has none.
    PlusSign number_plus_sign = PlusSign::required;
    RedirectAtToken redirect_uri_at_token = RedirectAtToken::exact;
    LegacyScopes legacy_scopes = LegacyScopes::refused;
    std::optional<RateLimit> rate;  ///< Instead of the general per-client limit.

    bool operator==(const Client&) const = default;
};

/// All clients by id: an immutable snapshot that every thread shares.
using ClientRegistry = std::map<std::string, Client, std::less<>>;
using ClientSnapshot = std::shared_ptr<const ClientRegistry>;

}  // namespace numproof
