// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "adapters/kafka/kafka_publisher.h"
#include "adapters/kafka/kafka_topics.h"
#include "tools/numproof_bench/ground.h"
#include "tools/numproof_bench/session_records.h"

namespace numproof::bench {

/// Plays the packet core towards the configured brokers: bindings into the first feed, heartbeats
/// into all. For one thread; everything blocks.
class SessionPublisher {
public:
    /// `ground` outlives it. Makes topics first if `options` say so; broker_unavailable or
    /// invalid_configuration if the brokers do not answer or a feed's topic is missing.
    [[nodiscard]] static Result<std::unique_ptr<SessionPublisher>> open(
        Ground& ground, const SessionsOptions& options
    );
    SessionPublisher(const SessionPublisher&) = delete;
    SessionPublisher& operator=(const SessionPublisher&) = delete;

    /// Publishes bindings of subscribers 0 to `count` - 1, and heartbeats when they are due;
    /// returns when the brokers have all of it.
    [[nodiscard]] Result<void> publish(const Home& home, std::uint64_t count);

    /// One heartbeat to every partition; returns when the brokers have it.
    [[nodiscard]] Result<void> beat();

private:
    explicit SessionPublisher(Ground& ground) : ground_(ground) {}

    [[nodiscard]] Result<void> find_partitions(const SessionsOptions& options);
    [[nodiscard]] Result<void> queue(const TopicPartition& to, SessionRecordText record);
    [[nodiscard]] Result<void> queue_heartbeats();

    Ground& ground_;
    std::vector<TopicPartition> first_feed_;
    std::vector<TopicPartition> all_;
    std::unique_ptr<KafkaPublisher> publisher_;
    std::optional<MonoTime> beaten_at_;
};

}  // namespace numproof::bench
