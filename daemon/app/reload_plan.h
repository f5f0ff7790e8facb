// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "daemon/app/foundation.h"

namespace numproof {

/// A configuration with all files that it names.
struct Reading {
    Configuration configuration;
    KeyMaterial material;
};

/// Reads it as it is written now; else every mistake, one a line. Blocking.
using ReadConfiguration = std::function<tl::expected<Reading, std::string>()>;

/// What a reload would change.
struct ReloadPlan {
    /// Dotted settings, and what is different in the files that settings name.
    std::vector<std::string> changed;
    /// What only a restart can change, one `file:line:col: message` a line. Empty: the reload may
    /// be done, and then all of it is.
    std::string refusal;
    Renewals renewals;  ///< What has to be made anew for it.
};

/// Compares `fresh` with what is in force. `marker_key`: the name of the directory key that the
/// directory is sealed with; empty: not known.
[[nodiscard]] ReloadPlan plan_reload(
    const Foundation& foundation, const Reading& fresh, std::string_view marker_key
);

/// The edition that follows the one in force, once plan_reload() refuses nothing.
[[nodiscard]] std::shared_ptr<const Edition> next_edition(
    const Foundation& foundation, Reading fresh, Renewals renewals
);

}  // namespace numproof
