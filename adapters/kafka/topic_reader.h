// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "adapters/kafka/kafka_conf.h"
#include "adapters/kafka/kafka_questions.h"
#include "daemon/base/deadline.h"
#include "daemon/ports/clock.h"

namespace numproof::kafka {

/// Reads partitions of one topic from where it is told, without a group: it disturbs no reader, and
/// leaves no trace. Blocks its caller, for a thread that may wait.
class TopicReader {
public:
    using Ranges = std::map<std::int32_t, OffsetRange>;

    /// Connects. Fails with invalid_configuration when there is no such topic, broker_unavailable
    /// or deadline_exceeded. `events` and `clock` outlive it.
    [[nodiscard]] static Result<TopicReader> open(
        const KafkaConnection& connection,
        std::string topic,
        ClientEvents& events,
        const Clock& clock,
        Deadline deadline
    );

    TopicReader(TopicReader&&) = default;
    TopicReader& operator=(TopicReader&&) = delete;
    ~TopicReader();

    /// What each partition had when it was opened.
    [[nodiscard]] const Ranges& ranges() const noexcept { return ranges_; }

    /// Reads `partition` from `offset` on.
    [[nodiscard]] Result<void> start(std::int32_t partition, std::int64_t offset);

    /// The next record, or, with the error `PARTITION_EOF`, the news that a partition is at its
    /// end; null: nothing in that time.
    [[nodiscard]] Result<MessagePtr> next(Milliseconds wait);

private:
    using TopicPtr = std::unique_ptr<rd_kafka_topic_t, Freer<rd_kafka_topic_destroy>>;

    TopicReader(ClientPtr client, const std::string& topic);

    ClientPtr client_;
    TopicPtr topic_;
    QueuePtr queue_;
    Ranges ranges_;
    std::vector<std::int32_t> started_;
};

/// What the header `name` of a record says last; empty: it has none.
[[nodiscard]] std::string header_of(const rd_kafka_message_t& message, const char* name);

}  // namespace numproof::kafka
