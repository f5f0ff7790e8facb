// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "daemon/config/config_node.h"
#include "daemon/config/settings.h"

namespace numproof {

/// The typed settings of a complete tree that nothing is wrong with.
/// `credential:NAME` becomes a path in `credentials_directory`.
[[nodiscard]] Settings make_settings(
    const ConfigNode& effective, std::string_view credentials_directory
);

}  // namespace numproof
