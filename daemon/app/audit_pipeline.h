// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/kafka/kafka_audit_sink.h"
#include "adapters/spool/shipper.h"
#include "adapters/spool/spool.h"
#include "adapters/spool/spool_files.h"
#include "daemon/app/foundation.h"

namespace numproof {

/// From the spool on disk to the audit topic: two threads of their own.
class AuditPipeline {
public:
    /// Opens and recovers the spool; fails with what the operator has to change.
    [[nodiscard]] static Result<std::unique_ptr<AuditPipeline>> open(const Foundation& foundation);

    AuditPipeline(const AuditPipeline&) = delete;
    AuditPipeline& operator=(const AuditPipeline&) = delete;
    ~AuditPipeline() = default;

    void start();

    /// Writes what waits and ships what it can until `deadline`. Loops that wait for the spool
    /// still run.
    void stop(Deadline deadline);

    /// A way to the topic as `edition` says; connects to nothing yet, fails with
    /// invalid_configuration.
    [[nodiscard]] static Result<std::unique_ptr<KafkaAuditSink>> make_sink(
        const Foundation& foundation, const std::shared_ptr<const Edition>& edition
    );

    /// Events are written as `edition` says from now on.
    void adopt(const Edition& edition);

    /// What shipped until now, to be destroyed where waiting does no harm.
    struct Former {
        std::unique_ptr<KafkaAuditSink> sink;
        std::unique_ptr<Shipper> shipper;
    };

    /// Ends shipping, with what can be delivered in a moment: 12 s at most. The only call of this
    /// class that another thread may make; until ship_by() nothing else is called but looks at it.
    void stop_shipping();

    /// Ships what waits by `sink`, after stop_shipping().
    [[nodiscard]] Former ship_by(std::unique_ptr<KafkaAuditSink> sink);

    [[nodiscard]] Spool& spool() noexcept { return *spool_; }

    [[nodiscard]] const MetricSource& sink_metrics() const noexcept { return sink_->metrics(); }

    [[nodiscard]] std::uint64_t spool_beats() const noexcept { return spool_->beats(); }

    [[nodiscard]] std::uint64_t shipper_beats() const noexcept { return shipper_->beats(); }

private:
    explicit AuditPipeline(const Foundation& foundation);

    [[nodiscard]] SpoolParts parts();
    void make_shipper();

    const Foundation& foundation_;

    std::unique_ptr<SpoolFiles> files_;
    std::unique_ptr<Spool> spool_;
    std::unique_ptr<KafkaAuditSink> sink_;
    std::unique_ptr<Shipper> shipper_;
};

}  // namespace numproof
