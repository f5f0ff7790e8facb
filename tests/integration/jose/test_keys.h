// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "adapters/jose/jose_handles.h"

namespace numproof {

/// `key` as PKCS#8 PEM, encrypted if there is a password.
inline std::string to_pem(EVP_PKEY* key, std::string password = {}) {
    const jose::KeyPtr owned{key};
    const jose::BioPtr out{BIO_new(BIO_s_mem())};
    const auto* const cipher = password.empty() ? nullptr : EVP_aes_128_cbc();
    PEM_write_bio_PKCS8PrivateKey(
        out.get(), key, cipher, password.data(), static_cast<int>(password.size()), nullptr, nullptr
    );
    char* text = nullptr;
    const auto length = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

}  // namespace numproof
