// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/config/config_node.h"

namespace numproof {

/// The effective configuration as block YAML (`numproofctl config show`). Secrets have files of
/// their own, so that there is none to hide in it.
[[nodiscard]] std::string effective_yaml(const ConfigNode& effective);

/// `config/numproof.yaml`: every key with its default, its range and what it means.
[[nodiscard]] std::string settings_yaml();

/// `docs/settings.md`: the manual of `numproof.yaml` and `clients.yaml`.
[[nodiscard]] std::string settings_markdown();

}  // namespace numproof
