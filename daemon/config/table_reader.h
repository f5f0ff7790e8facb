// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "daemon/config/config_node.h"
#include "daemon/config/mistake.h"
#include "daemon/config/setting_table.h"

namespace numproof {

/// Judges what was written by the table: the answer has every key of the table with a value of
/// its type, in canonical form, each where it was written or, for a default, where it is missing.
/// What is wrong is appended to `mistakes`; if anything is, the answer is good for no more than
/// finding further mistakes.
[[nodiscard]] ConfigNode complete(
    const ConfigNode& written, const Setting& table, Mistakes& mistakes
);

/// True if `key` looks like the name of a secret: it ends with `password`, `secret` or `key`.
[[nodiscard]] bool names_a_secret(std::string_view key) noexcept;

}  // namespace numproof
