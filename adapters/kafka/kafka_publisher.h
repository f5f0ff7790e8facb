// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "adapters/kafka/kafka_connection.h"
#include "adapters/kafka/kafka_metrics.h"
#include "daemon/base/bytes.h"
#include "daemon/base/deadline.h"
#include "daemon/domain/event_position.h"
#include "daemon/ports/clock.h"
#include "daemon/telemetry/log.h"

namespace numproof {

/// Publishes session events and heartbeats: what the sandbox and the benchmark are fed by.
/// For one thread; wait_for_all() and a full queue block it.
class KafkaPublisher {
public:
    struct Environment {
        const Clock& clock;
        Log& log;
    };

    /// Connects to nothing yet; fails with invalid_configuration.
    [[nodiscard]] static Result<std::unique_ptr<KafkaPublisher>> make(
        const KafkaConnection& connection, Environment environment
    );
    ~KafkaPublisher();
    KafkaPublisher(const KafkaPublisher&) = delete;
    KafkaPublisher& operator=(const KafkaPublisher&) = delete;

    struct Record {
        TopicPartition to;
        Bytes key;
        Bytes value;
        std::optional<WallTime> timestamp;  ///< None: now.
    };

    /// Queues `record` and takes reports; waits, up to `deadline`, only while the queue is full.
    [[nodiscard]] Result<void> publish(const Record& record, Deadline deadline);

    /// Succeeds when everything that was published since the last call is acknowledged.
    [[nodiscard]] Result<void> wait_for_all(Deadline deadline);

    [[nodiscard]] const KafkaProducerMetrics& metrics() const noexcept;

private:
    struct State;
    explicit KafkaPublisher(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace numproof
