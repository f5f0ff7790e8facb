// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/base/secret.h"
#include "daemon/ports/crypto.h"

namespace numproof {

/// A password out of a file.
using FileSecret = Secret<struct FileSecretTag>;

/// Reads keys as `directory.key` and `audit.key` have them: 32 octets in base64, one key a line;
/// the first is current. Empty lines and lines that begin with `#` are passed over. `name` is the
/// file for messages. `invalid_configuration` names the line, never what stands in it.
[[nodiscard]] Result<std::vector<SecretKey>> parse_keys(
    std::string_view content, const std::string& name
);

/// parse_keys() of a file that not everybody can read. Blocking.
[[nodiscard]] Result<std::vector<SecretKey>> read_key_file(const std::string& path);

/// The only line of a file that not everybody can read: a password. Blocking.
[[nodiscard]] Result<FileSecret> read_secret_file(const std::string& path);

/// A new key file's content: one random key, with a comment on what it is.
[[nodiscard]] std::string make_key_file(const Crypto& crypto);

/// Puts a new key before those of `content`: `numproofctl key rotate`. The old keys are still
/// read until their lines are taken out.
[[nodiscard]] std::string add_current_key(std::string_view content, const Crypto& crypto);

}  // namespace numproof
