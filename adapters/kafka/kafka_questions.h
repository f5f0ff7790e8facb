// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "adapters/kafka/kafka_handles.h"
#include "daemon/base/result.h"
#include "daemon/domain/event_position.h"

namespace numproof::kafka {

/// Questions to the brokers that block until they are answered or `timeout_ms` is over. A client
/// may be asked by any thread while another one polls it.

/// Every topic that we may see, with its number of partitions. All are asked for because asking
/// for one by name can make it.
[[nodiscard]] Result<std::map<std::string, std::int32_t>> ask_topics(
    rd_kafka_t& client, int timeout_ms
);

/// Asks for `topic` by name: brokers that make topics for those who write to them make it now. The
/// client is a producer.
[[nodiscard]] Result<void> ask_to_make(
    rd_kafka_t& client, const std::string& topic, int timeout_ms
);

/// What the client's group committed for each of `partitions`.
[[nodiscard]] Result<std::map<TopicPartition, std::optional<std::int64_t>>> ask_committed(
    rd_kafka_t& client, const std::set<TopicPartition>& partitions, int timeout_ms
);

/// The records that a partition has: first offset, and one past the newest.
struct OffsetRange {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

/// Where each of `partitions` begins and ends on the broker that leads it. When one cannot be told,
/// the client learns anew who leads what, for the next time: that may take as long again.
[[nodiscard]] Result<std::map<TopicPartition, OffsetRange>> ask_ranges(
    rd_kafka_t& client, const std::set<TopicPartition>& partitions, int timeout_ms
);

}  // namespace numproof::kafka
