// SPDX-License-Identifier: Apache-2.0
#include "adapters/jose/signing_key.h"

#include <climits>

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include "adapters/jose/jose_handles.h"
#include "daemon/base/check.h"

namespace numproof {
namespace {

using jose::BioPtr;
using jose::KeyPtr;
using jose::NumberPtr;

constexpr int kNumberOctets = 32;

// OpenSSL would ask the terminal for the password of an encrypted key.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) {
    return -1;
}

bool is_p256(const EVP_PKEY* key) {
    std::array<char, 64> name{};
    std::size_t length = 0;
    return EVP_PKEY_is_a(key, "EC") == 1 &&
           EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) == 1 &&
           std::string_view{name.data(), length} == "prime256v1";
}

Bytes number_of(const EVP_PKEY* key, const char* name) {
    BIGNUM* read = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &read) != 1) {
        return {};
    }
    const NumberPtr number{read};
    Bytes octets(kNumberOctets, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(octets.data());
    return BN_bn2binpad(number.get(), out, kNumberOctets) == kNumberOctets ? octets : Bytes{};
}

KeyPtr parse_pem(std::string_view pem) {
    if (pem.size() > INT_MAX) {
        return nullptr;
    }
    const BioPtr in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    return KeyPtr{PEM_read_bio_PrivateKey(in.get(), nullptr, no_password, nullptr)};
}

std::string public_numbers(const EcNumbers& numbers) {
    return R"("x":")" + to_base64url(numbers.x) + R"(","y":")" + to_base64url(numbers.y) + '"';
}

}  // namespace

Result<EcNumbers> read_signing_key(const SigningPem& pem) {
    const auto key = parse_pem(pem.reveal());
    if (!key) {
        return fail(ErrorCode::invalid_configuration, "not an unencrypted private key in PEM");
    }
    if (!is_p256(key.get())) {
        return fail(ErrorCode::invalid_configuration, "not an EC P-256 key");
    }
    EcNumbers numbers{
        .x = number_of(key.get(), OSSL_PKEY_PARAM_EC_PUB_X),
        .y = number_of(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y),
        .d = SecretKey{number_of(key.get(), OSSL_PKEY_PARAM_PRIV_KEY)},
    };
    if (numbers.x.empty() || numbers.y.empty() || numbers.d.empty()) {
        return fail(ErrorCode::invalid_configuration, "a private key without all its numbers");
    }
    return numbers;
}

std::string public_jwk(const EcNumbers& numbers, std::string_view kid) {
    return R"({"kty":"EC","crv":"P-256",)" + public_numbers(numbers) + R"(,"kid":")" +
           std::string{kid} + R"(","use":"sig","alg":"ES256"})";
}

std::string thumbprint(const EcNumbers& numbers) {
    // Members in this order, without blanks: that is the form that RFC 7638 hashes.
    const auto form = R"({"crv":"P-256","kty":"EC",)" + public_numbers(numbers) + "}";
    Digest digest{};
    SHA256(reinterpret_cast<const unsigned char*>(form.data()), form.size(), digest.data());
    return to_base64url(as_view(digest));
}

Result<SigningKey> make_signing_key() {
    const KeyPtr key{EVP_EC_gen("P-256")};
    const BioPtr out{BIO_new(BIO_s_secmem())};
    if (!key || !out ||
        PEM_write_bio_PKCS8PrivateKey(
            out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr
        ) != 1) {
        return fail(ErrorCode::io_failure, "no key could be made");
    }
    char* text = nullptr;
    const auto length = BIO_get_mem_data(out.get(), &text);
    SigningPem pem{std::string{text, static_cast<std::size_t>(length)}};
    auto numbers = read_signing_key(pem);
    if (!numbers) {
        return pass_on(numbers);
    }
    return SigningKey{.kid = thumbprint(*numbers), .pem = std::move(pem)};
}

}  // namespace numproof
