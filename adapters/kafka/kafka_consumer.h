// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/kafka/feed_positions.h"
#include "adapters/kafka/kafka_conf.h"
#include "adapters/kafka/kafka_metrics.h"
#include "daemon/ports/session_feed.h"

namespace numproof::kafka {

/// How a consumer is set up; see KafkaFeedSettings.
struct ConsumerSettings {
    KafkaConnection connection;
    std::vector<std::string> topics;
    std::string group;
    std::string instance_id;
    std::size_t prefetch_bytes_max = 0;
};

/// A librdkafka consumer whose partitions start where we say, and which never waits.
///
/// When partitions are assigned it stays at rest until resume() tells where each of them starts.
/// Everything but client() is for one thread.
class KafkaConsumer final : public ClientEvents {
public:
    [[nodiscard]] static Result<std::unique_ptr<KafkaConsumer>> make(
        ConsumerSettings settings, KafkaFeedMetrics& metrics, Log& log
    );
    ~KafkaConsumer() override;

    /// Writes to `descriptor`, an eventfd, when there is something to poll.
    void signal_to(int descriptor);

    [[nodiscard]] Result<void> subscribe();

    /// What is there, up to `records_max`, and everything else that librdkafka has to tell.
    [[nodiscard]] std::vector<FeedRecord> poll(std::size_t records_max);

    /// The partitions that were assigned and have not been resumed.
    [[nodiscard]] const std::optional<std::set<TopicPartition>>& waiting() const {
        return waiting_;
    }

    /// Counts assignments and revocations: an answer that was asked for before is of no use.
    [[nodiscard]] std::uint64_t generation() const { return generation_; }

    /// Starts the waiting partitions at their committed offsets, or at their beginning.
    void resume(const std::map<TopicPartition, std::optional<std::int64_t>>& committed);

    [[nodiscard]] Result<void> store_offset(const TopicPartition& at, std::int64_t next);
    [[nodiscard]] bool rewind(const TopicPartition& at, std::int64_t offset);

    [[nodiscard]] const FeedPositions& positions() const { return positions_; }

    /// True once after the broker no longer had an offset that was needed.
    [[nodiscard]] bool take_generation_lost() { return std::exchange(generation_lost_, false); }

    /// What went wrong since the last call; only the newest is kept.
    [[nodiscard]] std::optional<Error> take_trouble() { return std::exchange(trouble_, {}); }

    /// Why this consumer can never be used again, if that is so.
    [[nodiscard]] const std::optional<Error>& fatal() const { return fatal_; }

    /// Commits, then begins to leave the group; poll_closing() until it is true.
    void close_slowly();
    [[nodiscard]] bool poll_closing();

    /// For kafka_questions.h, from any thread.
    [[nodiscard]] rd_kafka_t& client() const { return *client_; }

    void on_error(rd_kafka_resp_err_t error, const std::string& reason) override;
    void on_rebalance(rd_kafka_resp_err_t event, rd_kafka_topic_partition_list_t* partitions)
        override;

private:
    KafkaConsumer(ConsumerSettings settings, KafkaFeedMetrics& metrics, Log& log);

    [[nodiscard]] std::size_t poll_batch(std::size_t size, std::vector<FeedRecord>& records);
    void take_assignment(const rd_kafka_topic_partition_list_t& partitions);
    void give_up_assignment();
    void commit_done();
    void assign_positions();
    void assign(const rd_kafka_topic_partition_list_t* list);
    void apply_moves();
    void take_event(const rd_kafka_message_t& message);
    void note_fatal();
    void restart_at_beginning(const TopicPartition& at);
    void log_partitions(const Message& message, std::size_t count);

    ConsumerSettings settings_;
    KafkaFeedMetrics& metrics_;
    FeedPositions positions_;
    std::optional<std::set<TopicPartition>> waiting_;
    std::uint64_t generation_ = 0;
    bool generation_lost_ = false;
    std::optional<Error> trouble_;
    std::optional<Error> fatal_;
    int descriptor_ = -1;
    std::chrono::steady_clock::time_point assigned_at_;
    ClientPtr client_;
    QueuePtr queue_;
    QueuePtr closing_;
};

}  // namespace numproof::kafka
