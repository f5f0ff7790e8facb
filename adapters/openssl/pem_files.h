// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/base/result.h"
#include "daemon/base/secret.h"
#include "daemon/base/time.h"

namespace numproof {

/// The files of a TLS client. An empty name: there is none.
struct PemFiles {
    std::string authorities;  ///< Whom we believe; several may be in it.
    std::string certificate;  ///< Our own, then those between it and its authority.
    std::string key;          ///< Our private key.
};

/// Opens the private key.
using PemPassword = Secret<struct PemPasswordTag>;

/// Succeeds when every file that is named can be read and is what it should be: authorities of
/// which one is valid today, a certificate that is valid today, its key. Else
/// invalid_configuration with the file's name, and never a word of what is in it.
[[nodiscard]] Result<void> check_pem_files(const PemFiles& files, const PemPassword& password);

/// When the first certificate of a file ends: of our own and those that are shown with it.
/// Blocking. Else invalid_configuration, as above.
[[nodiscard]] Result<WallTime> first_end_in(const std::string& file);

}  // namespace numproof
