// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/ports/record_store.h"
#include "daemon/sessions/feed_records.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// `np:gen` as it is stored: sealed with the directory key of this node, because it holds the
/// secret that everything in the directory is named and sealed with.
[[nodiscard]] Record sealed_marker(const Vault& vault, const GenerationRecord& generation);

/// The reverse: key_missing when it names a key that this node does not have, integrity_failure or
/// malformed when it is none.
[[nodiscard]] Result<GenerationRecord> open_marker(const Vault& vault, const Record& marker);

/// The name of the directory key that `marker` is sealed with, whether we have it or not.
[[nodiscard]] std::string key_of_marker(const Record& marker);

}  // namespace numproof
