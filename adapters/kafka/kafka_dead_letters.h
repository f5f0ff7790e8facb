// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "adapters/kafka/kafka_session_feed.h"

namespace numproof {

/// Dead letters in a topic: key kept, value as given (encrypted already), headers `np_reason`,
/// `np_topic`, `np_partition`, `np_offset`, `np_time` (epoch milliseconds) and `np_key_id`. A value
/// of more than 800,000 octets is left out, as no broker might take it: `np_value_left_out` tells
/// its size and the coordinates where it is; a key of more than 64,000 likewise
/// (`np_key_left_out`).
///
/// For one event loop, not thread-safe. A keep() that ran out of time may still arrive; when its
/// record is offered again, it is not sent twice. Destruction drops what is on its way.
class KafkaDeadLetters final : public DeadLetters {
public:
    struct Settings {
        KafkaConnection connection;
        std::string topic;
    };

    /// Connects to nothing yet; fails with invalid_configuration.
    [[nodiscard]] static Result<std::unique_ptr<KafkaDeadLetters>> make(
        Settings settings, KafkaEnvironment environment
    );
    ~KafkaDeadLetters() override;

    Task<Result<void>> keep(DeadLetter letter, std::string key_id, Deadline deadline) override;

    [[nodiscard]] const KafkaProducerMetrics& metrics() const noexcept;

private:
    struct State;
    explicit KafkaDeadLetters(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace numproof
