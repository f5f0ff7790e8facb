// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "daemon/telemetry/metrics.h"

namespace numproof {

/// Counts reloads of the configuration. Belongs to the main loop, which also answers scrapes.
class ReloadMetrics final : public MetricSource {
public:
    /// `config_hash`: of the configuration at the start.
    explicit ReloadMetrics(std::string config_hash) : config_hash_(std::move(config_hash)) {}

    /// The configuration with this hash came into force.
    void taken(std::string config_hash) {
        ++taken_;
        last_refused_ = false;
        config_hash_ = std::move(config_hash);
    }

    /// The one before stays in force.
    void refused() {
        ++refused_;
        last_refused_ = true;
    }

    void collect(std::vector<Sample>& samples) const override;

private:
    std::uint64_t taken_ = 0;
    std::uint64_t refused_ = 0;
    bool last_refused_ = false;
    std::string config_hash_;
};

}  // namespace numproof
