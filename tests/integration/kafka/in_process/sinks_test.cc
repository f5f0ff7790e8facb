// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <gmock/gmock.h>

#include "adapters/kafka/kafka_audit_sink.h"
#include "adapters/kafka/kafka_dead_letters.h"
#include "adapters/kafka/kafka_topics.h"
#include "daemon/telemetry/messages.h"
#include "tests/integration/kafka/kafka_feed_host.h"

namespace numproof {
namespace {

constexpr Milliseconds kPatience{30'000};
constexpr Milliseconds kShort{300};

using Failure = InProcessBroker::Failure;
using Request = InProcessBroker::Request;

class KafkaSinks : public testing::Test {
protected:
    std::unique_ptr<InProcessFeedHost> host_ = InProcessFeedHost::make();

    void SetUp() override { host_->make_topic("out", 1); }

    std::unique_ptr<KafkaAuditSink> audit_sink(const std::string& topic = "out") {
        auto made = KafkaAuditSink::make(
            {.connection = host_->connection(), .topic = topic},
            {.clock = host_->clock(), .log = host_->log()}
        );
        NP_CHECK(made.has_value());
        return std::move(*made);
    }

    std::unique_ptr<KafkaDeadLetters> dead_letters() {
        auto made = KafkaDeadLetters::make(
            {.connection = host_->connection(), .topic = "out"}, host_->environment()
        );
        NP_CHECK(made.has_value());
        return std::move(*made);
    }

    static AuditRecord event(const std::string& value) {
        return AuditRecord{.key = "k", .headers = {{"ce_id", value}}, .value = value};
    }

    static DeadLetter letter() {
        DeadLetter made;
        made.record.at = TopicPartition{.topic = "events", .partition = 3};
        made.record.offset = 42;
        made.record.timestamp = wall_from_ms(1795341600123);
        made.record.key = "session";
        made.record.value = "sealed";
        made.reason = "bad_json";
        return made;
    }
};

TEST_F(KafkaSinks, DeliverAuditEventsInOrder) {
    const auto sink = audit_sink();
    const std::array events{event("1"), event("2"), event("3")};

    const auto sent = sink->deliver(events, host_->within(kPatience));

    ASSERT_TRUE(sent.has_value()) << sent.error().detail;
    const auto records = host_->read_all("out", 3);
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[0].value, "1");
    EXPECT_EQ(records[0].key, "k");
    EXPECT_EQ(records[2].value, "3");
    EXPECT_EQ(sink->metrics().delivered.value(), 3U);
}

TEST_F(KafkaSinks, AuditFailsWhileTheBrokerIsAwayAndSucceedsAfterwards) {
    const auto sink = audit_sink();
    const std::array events{event("1")};
    host_->broker().go_away();

    const auto failed = sink->deliver(events, host_->within(kShort));
    host_->broker().come_back();
    const auto sent = sink->deliver(events, host_->within(kPatience));

    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, ErrorCode::deadline_exceeded);
    ASSERT_TRUE(sent.has_value()) << sent.error().detail;
    EXPECT_EQ(host_->read_all("out", 1).at(0).value, "1");
    EXPECT_EQ(sink->metrics().rebuilds.value(), 1U);
    EXPECT_TRUE(host_->log().has(messages::kafka_producer_rebuilt));
}

TEST_F(KafkaSinks, AuditSurvivesErrorsThatPass) {
    const auto sink = audit_sink();
    const std::array events{event("1")};
    host_->broker().fail_next(
        Request::produce, {Failure::not_leader, Failure::disconnect, Failure::not_enough_replicas}
    );

    const auto sent = sink->deliver(events, host_->within(kPatience));

    ASSERT_TRUE(sent.has_value()) << sent.error().detail;
    EXPECT_EQ(host_->read_all("out", 1).at(0).value, "1");
}

TEST_F(KafkaSinks, AuditNamesItsMissingTopicAndTheCommand) {
    const auto sink = audit_sink("nowhere");

    const auto checked = sink->check_topic(host_->within(kPatience));

    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code, ErrorCode::invalid_configuration);
    EXPECT_THAT(checked.error().detail, testing::HasSubstr("--create --topic nowhere"));
}

TEST_F(KafkaSinks, AuditFindsItsTopic) {
    EXPECT_TRUE(audit_sink()->check_topic(host_->within(kPatience)).has_value());
}

TEST_F(KafkaSinks, KeepADeadLetterWithItsKeyAndValue) {
    const auto letters = dead_letters();

    const auto kept = host_->run(letters->keep(letter(), "d1", host_->within(kPatience)));

    ASSERT_TRUE(kept.has_value()) << kept.error().detail;
    const auto records = host_->read_all("out", 1);
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].key, "session");
    EXPECT_EQ(records[0].value, "sealed");
}

TEST_F(KafkaSinks, ADeadLetterThatIsTooLargeGoesWithoutWhatIsTooMuch) {
    const auto letters = dead_letters();
    auto large = letter();
    large.record.key = std::string(100'000, 'k');
    large.record.value = std::string(1'048'000, 'v');

    const auto kept = host_->run(letters->keep(large, "d1", host_->within(kPatience)));
    const auto next = host_->run(letters->keep(letter(), "d1", host_->within(kPatience)));

    ASSERT_TRUE(kept.has_value()) << kept.error().detail;
    ASSERT_TRUE(next.has_value()) << next.error().detail;
    const auto records = host_->read_all("out", 2);
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].key, "");
    EXPECT_EQ(records[0].value, "");
    EXPECT_EQ(records[1].value, "sealed");
}

TEST_F(KafkaSinks, ADeadLetterThatIsNotAcknowledgedInTimeFails) {
    const auto letters = dead_letters();
    host_->broker().go_away();

    const auto kept = host_->run(letters->keep(letter(), "d1", host_->within(kShort)));

    ASSERT_FALSE(kept.has_value());
    EXPECT_EQ(kept.error().code, ErrorCode::deadline_exceeded);
}

TEST_F(KafkaSinks, TopicsAreFoundWithTheirPartitions) {
    host_->make_topic("wide", 7);
    auto topics =
        KafkaTopics::make(host_->connection(), {.clock = host_->clock(), .log = host_->log()});
    ASSERT_TRUE(topics.has_value());

    const auto wide = (*topics)->partitions("wide", host_->within(kPatience));
    const auto none = (*topics)->partitions("none", host_->within(kPatience));

    ASSERT_TRUE(wide.has_value() && none.has_value());
    EXPECT_EQ(*wide, 7);
    EXPECT_EQ(*none, std::nullopt);
}

}  // namespace
}  // namespace numproof
