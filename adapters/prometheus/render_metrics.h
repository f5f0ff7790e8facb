// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/telemetry/metrics.h"

namespace numproof {

/// All samples of `sources` in the Prometheus text format; histograms in seconds. Samples of one
/// name become one family, whichever source they are from. Thread-safe.
[[nodiscard]] std::string render_metrics(const std::vector<const MetricSource*>& sources);

}  // namespace numproof
