// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/spool/segment_index.h"
#include "daemon/ports/clock.h"
#include "daemon/telemetry/metrics.h"

namespace numproof {

/// Counters of the audit trail. At any moment when nothing moves:
/// recovered + accepted = delivered + waiting in the spool + lost to damage on disk.
class SpoolMetrics final : public MetricSource {
public:
    /// Both outlive this object.
    SpoolMetrics(const SegmentIndex& index, const Clock& clock) : index_(index), clock_(clock) {}

    Counter accepted;   ///< Events made durable, checkpoints with them.
    Counter denied;     ///< Events that were asked for and are not durable.
    Counter recovered;  ///< Events that an earlier run left.
    Counter delivered;  ///< Events that the sink acknowledged.
    Counter retried;    ///< Events of failed deliveries.
    Counter syncs;      ///< Group commits.
    Counter damaged;    ///< Segments that were damaged on disk.

    void collect(std::vector<Sample>& samples) const override;

private:
    const SegmentIndex& index_;
    const Clock& clock_;
};

}  // namespace numproof
