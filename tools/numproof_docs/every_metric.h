// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "daemon/telemetry/metrics.h"

namespace numproof {

/// A sample at least of everything that a node can export. Each source was shown what makes it
/// export all that it has; a label whose values are the operator's or the feed's has the value
/// `kAnyValue`. Histograms are told by their kind and have no content.
[[nodiscard]] std::vector<Sample> every_metric();

inline constexpr const char* kAnyValue = "*";

}  // namespace numproof
