// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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

/// A step of changing the current key while several nodes read with it; each on all nodes before
/// the next, so that none meets a key that it does not have.
enum class KeyStep : std::uint8_t {
    add,      ///< A new key, second: it is read, not yet used.
    promote,  ///< The second key becomes the current one.
    retire    ///< Only the current key stays.
};

/// The content of a key file after `step`; comments stay where they are. `invalid_value`: the step
/// makes no sense with the keys that there are; else as parse_keys().
[[nodiscard]] Result<std::string> step_keys(
    std::string_view content, const std::string& name, KeyStep step, const Crypto& crypto
);

/// step_keys() of a file, which is replaced in one go and keeps its owner and mode. Blocking.
[[nodiscard]] Result<void> step_key_file(
    const std::string& path, KeyStep step, const Crypto& crypto
);

}  // namespace numproof
