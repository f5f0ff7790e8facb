// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace numproof {

/// `docs/metrics.md`: every metric that a node exports, collected from the sources themselves.
[[nodiscard]] std::string metrics_markdown();

}  // namespace numproof
