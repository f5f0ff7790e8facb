// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/secret.h"
#include "daemon/ports/crypto.h"

namespace numproof {

/// A new client secret: `secret` goes to the client, `hash` into its registration.
struct NewClientSecret {
    ClientSecret secret;  ///< 43 characters of base64url.
    std::string hash;
};

/// Makes a secret of 256 random bits. Nobody can guess that, so that one salted SHA-256 is enough
/// to keep it by; a slow hash would protect only passwords that people choose, and would make the
/// token endpoint easy to overload.
[[nodiscard]] NewClientSecret make_client_secret(const Crypto& crypto);

/// The registered form of `secret` under `salt`:
/// `sha256$<base64url salt>$<base64url SHA-256(salt octets ‖ secret)>`.
[[nodiscard]] std::string hash_client_secret(
    const Crypto& crypto, std::string_view salt, const ClientSecret& secret
);

/// True if `presented` is the secret of `hash`. It takes the same time for every hash, also for one
/// that is not of our form, which nothing matches.
[[nodiscard]] bool matches_client_secret(
    const Crypto& crypto, std::string_view hash, const ClientSecret& presented
);

}  // namespace numproof
