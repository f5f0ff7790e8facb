// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/base/secret.h"

namespace numproof {

/// Port: hashes, authenticated encryption and randomness. Thread-safe.
/// Failures that only a broken installation can cause end the process.
class Crypto {
public:
    Crypto() = default;
    Crypto(const Crypto&) = delete;
    Crypto& operator=(const Crypto&) = delete;
    virtual ~Crypto() = default;

    /// FIPS 180-4.
    [[nodiscard]] virtual Digest sha256(std::string_view data) const = 0;

    /// RFC 2104 with SHA-256; `key` has 32 octets.
    [[nodiscard]] virtual Digest hmac_sha256(const SecretKey& key, std::string_view data) const = 0;

    /// AES-256-GCM under a random nonce: nonce (12), ciphertext, tag (16). `key` has 32 octets.
    [[nodiscard]] virtual Bytes seal(
        const SecretKey& key, std::string_view associated, std::string_view plain
    ) const = 0;

    /// The reverse of seal(). Another key, other associated data, a changed or a short value:
    /// `integrity_failure`.
    [[nodiscard]] virtual Result<Bytes> open(
        const SecretKey& key, std::string_view associated, std::string_view sealed
    ) const = 0;

    /// `count` octets from a cryptographically secure generator.
    [[nodiscard]] virtual Bytes random(std::size_t count) const = 0;
};

}  // namespace numproof
