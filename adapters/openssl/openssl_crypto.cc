// SPDX-License-Identifier: Apache-2.0
#include "adapters/openssl/openssl_crypto.h"

#include <array>
#include <climits>

#include <openssl/rand.h>

#include "adapters/openssl/keyed_contexts.h"
#include "adapters/openssl/openssl_handles.h"
#include "daemon/base/check.h"

namespace numproof {
namespace {

using openssl::KeyedContexts;
using openssl::MdCtxPtr;
using openssl::MdPtr;

constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

const unsigned char* octets(std::string_view view) noexcept {
    return reinterpret_cast<const unsigned char*>(view.data());
}

unsigned char* octets(Bytes& bytes) noexcept {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

int length(std::string_view view) {
    NP_CHECK(view.size() <= INT_MAX);
    return static_cast<int>(view.size());
}

// One set per thread: fetching and allocating costs more than hashing a token.
struct ThreadContexts {
    MdPtr sha256{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
    MdCtxPtr digest{EVP_MD_CTX_new()};
    KeyedContexts keyed;
};

ThreadContexts& contexts() {
    static thread_local ThreadContexts made;
    return made;
}

}  // namespace

Digest OpensslCrypto::sha256(std::string_view data) const {
    auto& ctx = contexts();
    Digest digest{};
    NP_CHECK(EVP_DigestInit_ex2(ctx.digest.get(), ctx.sha256.get(), nullptr) == 1);
    NP_CHECK(EVP_DigestUpdate(ctx.digest.get(), data.data(), data.size()) == 1);
    NP_CHECK(EVP_DigestFinal_ex(ctx.digest.get(), digest.data(), nullptr) == 1);
    return digest;
}

Digest OpensslCrypto::hmac_sha256(const SecretKey& key, std::string_view data) const {
    auto* const mac = contexts().keyed.of(key).mac();
    Digest digest{};
    std::size_t written = 0;
    // Without a key: begins anew with the one that is set.
    NP_CHECK(EVP_MAC_init(mac, nullptr, 0, nullptr) == 1);
    NP_CHECK(EVP_MAC_update(mac, octets(data), data.size()) == 1);
    NP_CHECK(EVP_MAC_final(mac, digest.data(), &written, digest.size()) == 1);
    return digest;
}

Bytes OpensslCrypto::seal(const SecretKey& key, std::string_view associated, std::string_view plain)
    const {
    auto* const cipher = contexts().keyed.of(key).encryption();
    Bytes sealed = random(kNonceSize);
    sealed.resize(kNonceSize + plain.size() + kTagSize);
    int written = 0;
    NP_CHECK(EVP_EncryptInit_ex2(cipher, nullptr, nullptr, octets(sealed), nullptr) == 1);
    NP_CHECK(
        EVP_EncryptUpdate(cipher, nullptr, &written, octets(associated), length(associated)) == 1
    );
    auto* const text = octets(sealed) + kNonceSize;
    NP_CHECK(EVP_EncryptUpdate(cipher, text, &written, octets(plain), length(plain)) == 1);
    NP_CHECK(EVP_EncryptFinal_ex(cipher, text + plain.size(), &written) == 1);
    auto* const tag = text + plain.size();
    NP_CHECK(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, kTagSize, tag) == 1);
    return sealed;
}

Result<Bytes> OpensslCrypto::open(
    const SecretKey& key, std::string_view associated, std::string_view sealed
) const {
    if (sealed.size() < kNonceSize + kTagSize) {
        return fail(ErrorCode::integrity_failure, "sealed value is too short");
    }
    auto* const cipher = contexts().keyed.of(key).decryption();
    Bytes tag{sealed.substr(sealed.size() - kTagSize)};
    const auto text = sealed.substr(kNonceSize, sealed.size() - kNonceSize - kTagSize);
    Bytes plain(text.size(), '\0');
    int written = 0;
    NP_CHECK(EVP_DecryptInit_ex2(cipher, nullptr, nullptr, octets(sealed), nullptr) == 1);
    NP_CHECK(
        EVP_DecryptUpdate(cipher, nullptr, &written, octets(associated), length(associated)) == 1
    );
    NP_CHECK(EVP_DecryptUpdate(cipher, octets(plain), &written, octets(text), length(text)) == 1);
    NP_CHECK(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1);
    if (EVP_DecryptFinal_ex(cipher, octets(plain) + plain.size(), &written) != 1) {
        return fail(ErrorCode::integrity_failure, "sealed value does not open");
    }
    return plain;
}

Bytes OpensslCrypto::random(std::size_t count) const {
    Bytes made(count, '\0');
    NP_CHECK(RAND_bytes(octets(made), static_cast<int>(count)) == 1);
    return made;
}

}  // namespace numproof
