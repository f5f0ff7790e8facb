// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "daemon/app/certificates.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/directory_standing.h"
#include "daemon/telemetry/metrics.h"

namespace numproof {

/// A readiness check of the node and whether it is well.
struct CheckState {
    std::string name;
    bool well = false;
};

/// What a node says about itself at the moment of a scrape.
struct NodeFacts {
    std::string version;
    std::vector<CheckState> checks;   ///< Ready means that all of them are well.
    DirectoryBasis basis;             ///< As the admin listener's loop judges it.
    Milliseconds max_staleness{};     ///< `directory.max_staleness`.
    std::uint64_t spool_bytes_max{};  ///< `audit.spool_bytes_max`.
    std::vector<CertificateExpiry> certificates{};
};

/// State of the node as gauges. For the loop that `look` belongs to.
class NodeMetrics final : public MetricSource {
public:
    using Look = std::function<NodeFacts()>;

    /// `clock` outlives this.
    NodeMetrics(const Clock& clock, Look look) : clock_(clock), look_(std::move(look)) {}

    void collect(std::vector<Sample>& samples) const override;

private:
    const Clock& clock_;
    Look look_;
};

}  // namespace numproof
