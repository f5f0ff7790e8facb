// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"

namespace numproof {

/// A JSON Web Key (RFC 7517) in JSON text, as it stands in a client's registration.
struct PublicJwk {
    std::string kid;  ///< Empty if the key has none.
    std::string json;
};

/// Port: makes signed JSON Web Tokens with our own ES256 key. Thread-safe.
class TokenSigner {
public:
    TokenSigner() = default;
    TokenSigner(const TokenSigner&) = delete;
    TokenSigner& operator=(const TokenSigner&) = delete;
    virtual ~TokenSigner() = default;

    /// A compact JWS (RFC 7515) over `claims` (a JSON object) with `alg`, `kid` and `typ: JWT`.
    [[nodiscard]] virtual Result<std::string> sign(std::string_view claims) const = 0;

    /// The public keys that verify what sign() made and may still be around, as a JWK Set.
    [[nodiscard]] virtual const std::string& jwks() const = 0;
};

/// Port: opens JSON Web Tokens that others signed. Thread-safe.
class TokenOpener {
public:
    TokenOpener() = default;
    TokenOpener(const TokenOpener&) = delete;
    TokenOpener& operator=(const TokenOpener&) = delete;
    virtual ~TokenOpener() = default;

    /// The claims (a JSON object in text) of a compact JWS that one of `keys` verifies with ES256.
    /// A `kid` in its header chooses the key; without one there must be exactly one key.
    /// `malformed`: not a compact JWS; `not_trusted`: another algorithm, `crit`, no key fits, or
    /// the signature is wrong.
    [[nodiscard]] virtual Result<std::string> open(
        std::string_view compact, const std::vector<PublicJwk>& keys
    ) const = 0;
};

}  // namespace numproof
