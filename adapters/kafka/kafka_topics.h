// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "adapters/kafka/kafka_connection.h"
#include "daemon/base/deadline.h"
#include "daemon/ports/clock.h"
#include "daemon/telemetry/log.h"

namespace numproof {

/// Looks at topics and makes them. Blocks its caller: for start-up and tools, not for a loop.
class KafkaTopics {
public:
    struct Environment {
        const Clock& clock;
        Log& log;
    };

    /// Connects to nothing yet; fails with invalid_configuration.
    [[nodiscard]] static Result<std::unique_ptr<KafkaTopics>> make(
        const KafkaConnection& connection, Environment environment
    );
    ~KafkaTopics();
    KafkaTopics(const KafkaTopics&) = delete;
    KafkaTopics& operator=(const KafkaTopics&) = delete;

    /// How many partitions `topic` has; none when there is no such topic.
    [[nodiscard]] Result<std::optional<std::int32_t>> partitions(
        const std::string& topic, Deadline deadline
    );

    /// Succeeds when `topic` exists. If not, invalid_configuration with the command that makes it.
    [[nodiscard]] Result<void> require(const std::string& topic, Deadline deadline);

    /// Makes `topic`, with the broker's default replication, unless it exists, and waits until
    /// it can be seen. An existing topic keeps its partitions.
    [[nodiscard]] Result<void> ensure(
        const std::string& topic, std::int32_t partitions, Deadline deadline
    );

private:
    struct State;
    explicit KafkaTopics(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace numproof
