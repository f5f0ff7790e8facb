// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/event/event_loop.h"
#include "adapters/kafka/in_process_broker.h"
#include "adapters/kafka/kafka_publisher.h"
#include "adapters/kafka/kafka_session_feed.h"
#include "tests/contract/session_feed_host.h"
#include "tests/integration/kafka/kafka_broker.h"
#include "tests/integration/kafka/shared_log.h"

namespace numproof {

/// Kafka feeds on an event loop of their own, whatever the broker is.
class KafkaFeedHost : public FeedHost {
public:
    explicit KafkaFeedHost(KafkaConnection connection);

    std::string unique(const std::string& name) const override { return name + suffix_; }

    void append(const FeedRecord& record) override;
    std::unique_ptr<SessionFeed> feed(std::vector<std::string> topics) override;
    Deadline within(Milliseconds budget) const override;

    bool passed(Deadline deadline) const override { return deadline.passed(clock_.mono_now()); }

    void turn_until(const std::function<bool()>& done) override;

    /// A feed with settings of its own; topics and connection are filled in if empty.
    std::unique_ptr<KafkaSessionFeed> feed_with(KafkaFeedSettings settings);

    /// All records of a topic from its beginning until `count` have come, by a group of its own.
    std::vector<FeedRecord> read_all(const std::string& topic, std::size_t count);

    /// The headers of the first record of partition 0.
    std::map<std::string, std::string> headers_of_first(const std::string& topic);

    [[nodiscard]] KafkaEnvironment environment();

    [[nodiscard]] const SystemClock& clock() const { return clock_; }

    [[nodiscard]] SharedLog& log() { return log_; }

    [[nodiscard]] const KafkaConnection& connection() const { return connection_; }

    [[nodiscard]] std::string group() const { return "group" + suffix_; }

protected:
    KafkaPublisher& publisher();

private:
    std::string suffix_;
    KafkaConnection connection_;
    SystemClock clock_;
    SharedLog log_;
    EventLoop loop_;
    std::unique_ptr<KafkaPublisher> publisher_;
};

/// With librdkafka's in-process broker.
class InProcessFeedHost final : public KafkaFeedHost {
public:
    static std::unique_ptr<InProcessFeedHost> make();

    void make_topic(const std::string& topic, std::int32_t partitions) override;
    void cut_before(const TopicPartition& at, std::int64_t offset) override;

    [[nodiscard]] InProcessBroker& broker() { return *broker_; }

private:
    explicit InProcessFeedHost(std::unique_ptr<InProcessBroker> broker);

    std::unique_ptr<InProcessBroker> broker_;
};

/// With the real broker that the program's cases share.
class RealFeedHost final : public KafkaFeedHost {
public:
    RealFeedHost() : KafkaFeedHost(KafkaBroker::shared().connection()) {}

    void make_topic(const std::string& topic, std::int32_t partitions) override;
    void cut_before(const TopicPartition& at, std::int64_t offset) override;
};

}  // namespace numproof
