// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <openssl/evp.h>

#include "daemon/base/freer.h"

namespace numproof::openssl {

using MdPtr = std::unique_ptr<EVP_MD, Freer<EVP_MD_free>>;
using MdCtxPtr = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using MacPtr = std::unique_ptr<EVP_MAC, Freer<EVP_MAC_free>>;
using MacCtxPtr = std::unique_ptr<EVP_MAC_CTX, Freer<EVP_MAC_CTX_free>>;
using CipherPtr = std::unique_ptr<EVP_CIPHER, Freer<EVP_CIPHER_free>>;
using CipherCtxPtr = std::unique_ptr<EVP_CIPHER_CTX, Freer<EVP_CIPHER_CTX_free>>;

}  // namespace numproof::openssl
