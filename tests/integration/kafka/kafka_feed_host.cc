// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/kafka/kafka_feed_host.h"

#include <atomic>

#include <unistd.h>

#include "adapters/kafka/kafka_conf.h"
#include "adapters/kafka/kafka_topics.h"

namespace numproof {
namespace {

constexpr Milliseconds kPatience{30'000};

std::string next_suffix() {
    static std::atomic<int> count{0};
    return "-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

class Silent final : public kafka::ClientEvents {
public:
    using ClientEvents::ClientEvents;

    void on_error(rd_kafka_resp_err_t, const std::string&) override {}
};

std::map<std::string, std::string> headers_of(const rd_kafka_message_t& message) {
    std::map<std::string, std::string> all;
    rd_kafka_headers_t* headers = nullptr;
    rd_kafka_message_headers(&message, &headers);
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    while (headers != nullptr &&
           rd_kafka_header_get_all(headers, all.size(), &name, &value, &size) == 0) {
        all[name] = std::string{static_cast<const char*>(value), size};
    }
    return all;
}

/// The in-process broker lets whoever joins a known group wait for a second less than the session
/// timeout, and a new group for three seconds, which the session timeout must outlast.
KafkaConnection quick_to_rejoin(KafkaConnection connection) {
    connection.properties["session.timeout.ms"] = "5000";
    connection.properties["heartbeat.interval.ms"] = "500";
    return connection;
}

}  // namespace

KafkaFeedHost::KafkaFeedHost(KafkaConnection connection)
    : suffix_(next_suffix()), connection_(std::move(connection)) {}

KafkaPublisher& KafkaFeedHost::publisher() {
    if (!publisher_) {
        auto made = KafkaPublisher::make(connection_, {.clock = clock_, .log = log_});
        NP_CHECK(made.has_value());
        publisher_ = std::move(*made);
    }
    return *publisher_;
}

void KafkaFeedHost::append(const FeedRecord& record) {
    const KafkaPublisher::Record outgoing{
        .to = record.at, .key = record.key, .value = record.value, .timestamp = record.timestamp};
    const auto sent = publisher().publish(outgoing, within(kPatience));
    ASSERT_TRUE(sent.has_value()) << sent.error().detail;
    const auto arrived = publisher().wait_for_all(within(kPatience));
    ASSERT_TRUE(arrived.has_value()) << arrived.error().detail;
}

std::unique_ptr<SessionFeed> KafkaFeedHost::feed(std::vector<std::string> topics) {
    KafkaFeedSettings settings;
    settings.topics = std::move(topics);
    return feed_with(std::move(settings));
}

std::unique_ptr<KafkaSessionFeed> KafkaFeedHost::feed_with(KafkaFeedSettings settings) {
    if (settings.connection.brokers.empty()) {
        settings.connection = connection_;
    }
    if (settings.group.empty()) {
        settings.group = group();
    }
    auto made = KafkaSessionFeed::make(std::move(settings), environment());
    NP_CHECK(made.has_value());
    return std::move(*made);
}

std::vector<FeedRecord> KafkaFeedHost::read_all(const std::string& topic, std::size_t count) {
    KafkaFeedSettings settings;
    settings.topics = {topic};
    settings.group = "reader" + next_suffix();
    const auto reader = feed_with(std::move(settings));
    std::vector<FeedRecord> all;
    const auto end = within(kPatience);
    while (all.size() < count) {
        auto some = run(reader->next(1000, end));
        if (!some || some->empty()) {
            ADD_FAILURE() << (some ? "no record came" : some.error().detail);
            break;
        }
        std::move(some->begin(), some->end(), std::back_inserter(all));
    }
    EXPECT_FALSE(passed(end)) << "records came late";
    const auto left_by = within(kPatience);
    run(reader->leave(left_by));
    EXPECT_FALSE(passed(left_by)) << "leaving hangs";
    return all;
}

std::map<std::string, std::string> KafkaFeedHost::headers_of_first(const std::string& topic) {
    Silent events{log_};
    auto conf = kafka::make_conf(
        connection_, {.client_id = "headers", .ours = {{"group.id", "headers"}}, .defaults = {}}
    );
    NP_CHECK(conf.has_value());
    auto client = kafka::make_client(RD_KAFKA_CONSUMER, std::move(*conf), events);
    NP_CHECK(client.has_value());
    const kafka::PartitionsPtr list{rd_kafka_topic_partition_list_new(1)};
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), 0)->offset = 0;
    rd_kafka_assign(client->get(), list.get());
    const auto end = within(kPatience);
    while (!end.passed(clock_.mono_now())) {
        const kafka::MessagePtr message{rd_kafka_consumer_poll(client->get(), 100)};
        if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            return headers_of(*message);
        }
    }
    return {};
}

KafkaEnvironment KafkaFeedHost::environment() {
    return {.base = loop_.base(), .loop = loop_, .clock = clock_, .log = log_};
}

Deadline KafkaFeedHost::within(Milliseconds budget) const {
    return Deadline::after(clock_.mono_now(), budget);
}

void KafkaFeedHost::turn_until(const std::function<bool()>& done) {
    constexpr Milliseconds kHangs{120'000};
    const auto end = within(kHangs);
    while (!done()) {
        NP_CHECK(!end.passed(clock_.mono_now()));
        event_base_loop(&loop_.base(), EVLOOP_ONCE);
    }
}

InProcessFeedHost::InProcessFeedHost(std::unique_ptr<InProcessBroker> broker)
    : KafkaFeedHost(quick_to_rejoin(broker->connection())), broker_(std::move(broker)) {}

std::unique_ptr<InProcessFeedHost> InProcessFeedHost::make() {
    static SharedLog broker_log;
    auto broker = InProcessBroker::start(broker_log);
    NP_CHECK(broker.has_value());
    return std::unique_ptr<InProcessFeedHost>{new InProcessFeedHost{std::move(*broker)}};
}

void InProcessFeedHost::make_topic(const std::string& topic, std::int32_t partitions) {
    ASSERT_TRUE(broker_->make_topic(topic, partitions).has_value());
}

void InProcessFeedHost::cut_before(const TopicPartition& at, std::int64_t) {
    // The in-process broker drops the oldest batches of a partition beyond 5 MiB.
    constexpr int kRecords = 80;
    FeedRecord filler;
    filler.at = at;
    filler.value = Bytes(100'000, 'x');
    for (int i = 0; i < kRecords; ++i) {
        append(filler);
    }
}

void RealFeedHost::make_topic(const std::string& topic, std::int32_t partitions) {
    auto topics = KafkaTopics::make(connection(), {.clock = clock(), .log = log()});
    NP_CHECK(topics.has_value());
    const auto made = (*topics)->ensure(topic, partitions, within(kPatience));
    ASSERT_TRUE(made.has_value()) << made.error().detail;
}

void RealFeedHost::cut_before(const TopicPartition& at, std::int64_t offset) {
    Silent events{log()};
    auto conf = kafka::make_conf(connection(), {.client_id = "cutter", .ours = {}, .defaults = {}});
    NP_CHECK(conf.has_value());
    auto client = kafka::make_client(RD_KAFKA_PRODUCER, std::move(*conf), events);
    NP_CHECK(client.has_value());
    const kafka::PartitionsPtr list{rd_kafka_topic_partition_list_new(1)};
    rd_kafka_topic_partition_list_add(list.get(), at.topic.c_str(), at.partition)->offset = offset;
    auto* wanted = rd_kafka_DeleteRecords_new(list.get());
    const kafka::QueuePtr queue{rd_kafka_queue_new(client->get())};
    rd_kafka_DeleteRecords(client->get(), &wanted, 1, nullptr, queue.get());
    const kafka::EventPtr event{
        rd_kafka_queue_poll(queue.get(), static_cast<int>(kPatience.count()))};
    rd_kafka_DeleteRecords_destroy(wanted);
    ASSERT_NE(event, nullptr);
    ASSERT_EQ(rd_kafka_event_error(event.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
}

}  // namespace numproof
