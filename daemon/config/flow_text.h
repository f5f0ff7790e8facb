// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "daemon/config/config_node.h"

namespace numproof {

/// Reads a default of the table of settings: scalars, `"…"`, `[…]` and `{k: v}` of flow YAML,
/// without comments, escapes or line breaks. The text is ours: one that cannot be read is a bug.
[[nodiscard]] ConfigNode parse_flow(std::string_view text, const ConfigMark& mark);

/// `node` on one line as flow YAML; every YAML parser reads the same node from it.
[[nodiscard]] std::string flow_text(const ConfigNode& node);

}  // namespace numproof
