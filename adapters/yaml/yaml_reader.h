// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/config/config_node.h"
#include "daemon/config/mistake.h"

namespace numproof {

/// Reads one YAML 1.2 document. `source` is the name that marks carry. An empty document is null.
/// A syntax error, a second document, a key that is no text, and more than 100,000 nodes (aliases
/// counted as often as they are used) are mistakes.
[[nodiscard]] Checked<ConfigNode> read_yaml(std::string_view text, const std::string& source);

}  // namespace numproof
