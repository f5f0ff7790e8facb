// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <type_traits>

#include <cjose/cjose.h>
#include <jansson.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>

#include "daemon/base/freer.h"

namespace numproof::jose {

/// `json_decref` is inline in its header and cannot be named as a template argument of its own.
inline void free_json(json_t* made) noexcept {
    json_decref(made);
}

/// Overwrites the number before it is freed: it may be a private key.
inline void free_number(BIGNUM* made) noexcept {
    BN_clear_free(made);
}

using JsonPtr = std::unique_ptr<json_t, Freer<free_json>>;
using JwkPtr = std::unique_ptr<cjose_jwk_t, Freer<cjose_jwk_release>>;
using JwsPtr = std::unique_ptr<cjose_jws_t, Freer<cjose_jws_release>>;
using HeaderPtr = std::unique_ptr<cjose_header_t, Freer<cjose_header_release>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freer<free_number>>;

}  // namespace numproof::jose
