// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/kafka/kafka_connection.h"
#include "adapters/kafka/kafka_metrics.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/loop.h"
#include "daemon/ports/session_feed.h"
#include "daemon/telemetry/log.h"

struct event_base;

namespace numproof {

/// Which records a feed reads, and as whom.
struct KafkaFeedSettings {
    KafkaConnection connection;
    std::vector<std::string> topics;
    std::string group;

    /// `group.instance.id`: a restart within `session.timeout.ms` (10 s) moves no partition. Unique
    /// in the group, and another one for other topics: the group would not give them to it. Empty:
    /// a restart is a rebalance.
    std::string instance_id;

    /// What librdkafka may read ahead, over all partitions together.
    std::size_t prefetch_bytes_max = std::size_t{16} * 1024 * 1024;
};

/// The loop that a Kafka adapter lives on, and what else it needs. All outlive it.
struct KafkaEnvironment {
    event_base& base;
    Loop& loop;  ///< Of the same thread as `base`.
    const Clock& clock;
    Log& log;
};

/// A session feed over a librdkafka consumer group (range assignment, eager rebalancing).
///
/// It does its own polling inside next(): who does not call it reads nothing, which is how
/// back-pressure is made. Call it at least every `max.poll.interval.ms` (5 minutes), or the
/// partitions go to others. Rebalances are handled inside next() as well.
///
/// What librdkafka can only do by blocking (metadata, committed offsets, watermarks) is done by
/// one thread of its own, which hands the answers back to the loop. Troubles that last are told
/// once when they begin and then whenever next() reaches its deadline; meanwhile the brokers are
/// asked again every second.
///
/// For one event loop, not thread-safe, last_poll() excepted. leave() before destroying it, or
/// the group waits for the session timeout. Destruction may wait for a question that is being
/// asked, at most about its deadline.
class KafkaSessionFeed final : public SessionFeed {
public:
    /// Connects to nothing yet; fails with invalid_configuration.
    [[nodiscard]] static Result<std::unique_ptr<KafkaSessionFeed>> make(
        KafkaFeedSettings settings, KafkaEnvironment environment
    );
    ~KafkaSessionFeed() override;

    Task<Result<std::vector<FeedRecord>>> next(std::size_t records_max, Deadline deadline) override;
    Result<void> store_offset(const TopicPartition& at, std::int64_t next) override;
    Task<Result<std::vector<PartitionSpan>>> spans(Deadline deadline) override;
    Task<Result<std::map<std::string, std::int32_t>>> partition_counts(Deadline deadline) override;

    /// Takes effect in the following next(). Other partitions are fetched anew as well, from
    /// where they stand: rewind all that have to be before calling it.
    Result<void> rewind(const TopicPartition& at, std::int64_t offset) override;
    bool generation_lost() override;
    Task<void> leave(Deadline deadline) override;

    /// When librdkafka was polled last: what a watchdog looks at. From any thread.
    [[nodiscard]] MonoTime last_poll() const noexcept;

    [[nodiscard]] const KafkaFeedMetrics& metrics() const noexcept;

private:
    struct State;
    explicit KafkaSessionFeed(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace numproof
