// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/ports/crypto.h"

namespace numproof {

/// Crypto by OpenSSL 3. Algorithms are fetched once; contexts are kept per thread.
class OpensslCrypto final : public Crypto {
public:
    [[nodiscard]] Digest sha256(std::string_view data) const override;
    [[nodiscard]] Digest hmac_sha256(const SecretKey& key, std::string_view data) const override;
    [[nodiscard]] Bytes seal(
        const SecretKey& key, std::string_view associated, std::string_view plain
    ) const override;
    [[nodiscard]] Result<Bytes> open(
        const SecretKey& key, std::string_view associated, std::string_view sealed
    ) const override;
    [[nodiscard]] Bytes random(std::size_t count) const override;
};

}  // namespace numproof
