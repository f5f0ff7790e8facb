// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/telemetry/metrics.h"

namespace numproof {

/// What a session feed counts.
class KafkaFeedMetrics final : public MetricSource {
public:
    void collect(std::vector<Sample>& samples) const override;

    Counter records;
    Counter bytes;
    Counter rebalances;
    Counter offsets_gone;
    Counter broker_losses;
    Counter consumers_replaced;  ///< Because the group had shut them out.
    Counter refusals;            ///< Feeds that the group will never take back (a namesake).
    Gauge partitions;
};

/// What a producer counts; `role` (audit, dead_letters, …) becomes a label.
class KafkaProducerMetrics final : public MetricSource {
public:
    explicit KafkaProducerMetrics(std::string role) : role_(std::move(role)) {}

    void collect(std::vector<Sample>& samples) const override;

    Counter delivered;
    Counter failed;
    Counter rebuilds;

private:
    std::string role_;
};

}  // namespace numproof
