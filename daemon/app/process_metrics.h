// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/base/time.h"
#include "daemon/telemetry/metrics.h"

namespace numproof {

/// The `process_*` metrics that every client library of Prometheus has. What the system does not
/// tell is left out. Thread-safe.
class ProcessMetrics final : public MetricSource {
public:
    /// `started`: when the program began; /proc/stat is hidden from a service in its cage.
    explicit ProcessMetrics(WallTime started) noexcept : started_(started) {}

    void collect(std::vector<Sample>& samples) const override;

private:
    WallTime started_;
};

}  // namespace numproof
