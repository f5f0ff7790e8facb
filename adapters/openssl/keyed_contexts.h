// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "adapters/openssl/openssl_handles.h"
#include "daemon/base/secret.h"

namespace numproof::openssl {

/// What OpenSSL has worked out for one key: setting a key up costs several times what a short text
/// costs afterwards. Each context is made when it is first asked for. Not thread-safe.
class KeyedContext {
public:
    explicit KeyedContext(const SecretKey& key);

    [[nodiscard]] bool is_of(const SecretKey& key) const noexcept;

    /// HMAC-SHA-256 with the key set: EVP_MAC_init without a key begins a new text.
    [[nodiscard]] EVP_MAC_CTX* mac();

    /// AES-256-GCM with the key set; the nonce is not.
    [[nodiscard]] EVP_CIPHER_CTX* encryption();
    [[nodiscard]] EVP_CIPHER_CTX* decryption();

private:
    SecretKey key_;
    MacCtxPtr mac_;
    CipherCtxPtr encryption_;
    CipherCtxPtr decryption_;
};

/// The contexts of the keys that came last: a node has fewer keys at a time than are kept.
class KeyedContexts {
public:
    static constexpr std::size_t kKept = 16;

    [[nodiscard]] KeyedContext& of(const SecretKey& key);

private:
    std::array<std::unique_ptr<KeyedContext>, kKept> kept_;
    std::size_t next_ = 0;
};

}  // namespace numproof::openssl
