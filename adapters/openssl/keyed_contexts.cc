// SPDX-License-Identifier: Apache-2.0
#include "adapters/openssl/keyed_contexts.h"

#include <cstdint>
#include <cstring>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "daemon/base/check.h"

namespace numproof::openssl {
namespace {

constexpr std::size_t kKeySize = 32;

const unsigned char* octets(const SecretKey& key) noexcept {
    return reinterpret_cast<const unsigned char*>(key.reveal().data());
}

std::uint64_t word_at(const SecretKey& key, std::size_t at) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, key.reveal().data() + at, sizeof word);
    return word;
}

EVP_CIPHER* aes_256_gcm() {
    static const CipherPtr fetched{EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)};
    return fetched.get();
}

EVP_MAC* hmac() {
    static const MacPtr fetched{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
    return fetched.get();
}

}  // namespace

KeyedContext::KeyedContext(const SecretKey& key) : key_(key) {
    NP_CHECK(key.reveal().size() == kKeySize);
}

/// In constant time, and in words: it is asked several times a request.
bool KeyedContext::is_of(const SecretKey& key) const noexcept {
    if (key.reveal().size() != kKeySize) {
        return false;
    }
    std::uint64_t difference = 0;
    for (std::size_t at = 0; at < kKeySize; at += sizeof(std::uint64_t)) {
        difference |= word_at(key_, at) ^ word_at(key, at);
    }
    return difference == 0;
}

EVP_MAC_CTX* KeyedContext::mac() {
    if (!mac_) {
        mac_.reset(EVP_MAC_CTX_new(hmac()));
        std::array<char, 7> name{"SHA256"};
        const std::array params{
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
            OSSL_PARAM_construct_end(),
        };
        NP_CHECK(EVP_MAC_init(mac_.get(), octets(key_), kKeySize, params.data()) == 1);
    }
    return mac_.get();
}

EVP_CIPHER_CTX* KeyedContext::encryption() {
    if (!encryption_) {
        encryption_.reset(EVP_CIPHER_CTX_new());
        auto* const made = encryption_.get();
        NP_CHECK(EVP_EncryptInit_ex2(made, aes_256_gcm(), octets(key_), nullptr, nullptr) == 1);
    }
    return encryption_.get();
}

EVP_CIPHER_CTX* KeyedContext::decryption() {
    if (!decryption_) {
        decryption_.reset(EVP_CIPHER_CTX_new());
        auto* const made = decryption_.get();
        NP_CHECK(EVP_DecryptInit_ex2(made, aes_256_gcm(), octets(key_), nullptr, nullptr) == 1);
    }
    return decryption_.get();
}

KeyedContext& KeyedContexts::of(const SecretKey& key) {
    for (const auto& context : kept_) {
        if (context && context->is_of(key)) {
            return *context;
        }
    }
    auto& place = kept_.at(next_);
    next_ = (next_ + 1) % kKept;
    place = std::make_unique<KeyedContext>(key);
    return *place;
}

}  // namespace numproof::openssl
