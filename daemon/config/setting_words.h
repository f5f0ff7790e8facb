// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/config/setting_table.h"

namespace numproof {

/// What may stand behind a key, in a few words for the manual: `duration, 1s to 5m`.
[[nodiscard]] std::string value_words(const Setting& setting);

/// In the place of a default, which may itself be `required`.
inline constexpr std::string_view kMustBeSet = "must be set";

/// The default as YAML: the table's, or kMustBeSet, or nothing for a section.
[[nodiscard]] std::string default_words(const Setting& setting);

}  // namespace numproof
