// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/base/secret.h"

namespace numproof {

/// A private key in PEM text.
using SigningPem = Secret<struct SigningPemTag>;

/// A private key with the name that it has in JWT headers and in our JWK Set.
struct SigningKey {
    std::string kid;
    SigningPem pem;
};

/// The numbers of an EC P-256 key, 32 octets each, most significant first.
struct EcNumbers {
    Bytes x;
    Bytes y;
    SecretKey d;
};

/// Reads an unencrypted EC P-256 private key; anything else is `invalid_configuration`.
[[nodiscard]] Result<EcNumbers> read_signing_key(const SigningPem& pem);

/// The public half as JSON Web Key: `kty`, `crv`, `x`, `y`, `kid`, `use` and `alg`.
[[nodiscard]] std::string public_jwk(const EcNumbers& numbers, std::string_view kid);

/// RFC 7638 section 3 with SHA-256, in base64url.
[[nodiscard]] std::string thumbprint(const EcNumbers& numbers);

/// A new EC P-256 key in PKCS#8 PEM; its kid is its thumbprint.
[[nodiscard]] Result<SigningKey> make_signing_key();

}  // namespace numproof
