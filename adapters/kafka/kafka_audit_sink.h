// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "adapters/kafka/kafka_connection.h"
#include "adapters/kafka/kafka_metrics.h"
#include "daemon/ports/audit_sink.h"
#include "daemon/ports/clock.h"
#include "daemon/telemetry/log.h"

namespace numproof {

/// Audit events to a topic: idempotent producer, `acks=all`, every report awaited.
///
/// For one thread, which it blocks. After a failure the producer is thrown away with all that it
/// still held, so that nothing of a failed batch arrives behind what is sent afterwards. Within
/// one producer a record arrives once; after a failure it can arrive twice (same `ce_id`).
class KafkaAuditSink final : public AuditSink {
public:
    struct Settings {
        KafkaConnection connection;
        std::string topic;
    };

    struct Environment {
        const Clock& clock;
        Log& log;
    };

    /// Connects to nothing yet; fails with invalid_configuration.
    [[nodiscard]] static Result<std::unique_ptr<KafkaAuditSink>> make(
        Settings settings, Environment environment
    );
    ~KafkaAuditSink() override;

    /// Whether the topic is there; if not, invalid_configuration with the command that makes it.
    [[nodiscard]] Result<void> check_topic(Deadline deadline);

    Result<void> deliver(std::span<const AuditRecord> records, Deadline deadline) override;

    [[nodiscard]] const KafkaProducerMetrics& metrics() const noexcept;

private:
    struct State;
    explicit KafkaAuditSink(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace numproof
