// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace numproof {

/// True for `credential:NAME`: a file that systemd's LoadCredential= or LoadCredentialEncrypted=
/// put at our disposal.
[[nodiscard]] bool is_credential(std::string_view file) noexcept;

/// `file` itself, or where the credential lies in `credentials_directory`.
[[nodiscard]] std::string resolve_credential(
    std::string_view file, std::string_view credentials_directory
);

}  // namespace numproof
