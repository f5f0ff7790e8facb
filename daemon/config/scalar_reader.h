// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "daemon/config/config_node.h"
#include "daemon/config/setting_table.h"

namespace numproof {

/// Why a value is refused, to be put behind the setting's path; never with the value.
struct Refused {
    std::string message;
    std::string suggestion;
};

/// The canonical form of the single value `written` (or of one value of a list) of `setting`.
[[nodiscard]] tl::expected<ConfigNode, Refused> read_scalar(
    const Setting& setting, const ConfigNode& written
);

}  // namespace numproof
