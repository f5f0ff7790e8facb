// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <set>

#include <gmock/gmock.h>

#include "adapters/kafka/kafka_audit_sink.h"
#include "adapters/kafka/kafka_dead_letters.h"
#include "daemon/telemetry/messages.h"
#include "tests/contract/session_feed_host.h"
#include "tests/integration/kafka/kafka_feed_host.h"

namespace numproof {
namespace {

constexpr Milliseconds kPatience{60'000};
constexpr Milliseconds kTurn{100};

class RealKafka : public testing::Test {
protected:
    RealFeedHost host_;
    const std::string topic_ = host_.unique("faults");

    void make_topic(std::int32_t partitions) { host_.make_topic(topic_, partitions); }

    void append(std::int32_t partition, const std::string& value) {
        FeedRecord record;
        record.at = TopicPartition{.topic = topic_, .partition = partition};
        record.value = value;
        record.timestamp = wall_from_ms(1795341600123);
        host_.append(record);
    }

    std::unique_ptr<KafkaSessionFeed> feed(const std::string& instance_id = {}) {
        KafkaFeedSettings settings;
        settings.topics = {topic_};
        settings.instance_id = instance_id;
        return host_.feed_with(std::move(settings));
    }

    /// Which partitions are assigned to `feed` now.
    std::set<std::int32_t> assigned(SessionFeed& feed) {
        std::set<std::int32_t> partitions;
        const auto spans = host_.run(feed.spans(host_.within(kPatience)));
        for (const auto& span : spans.value_or(std::vector<PartitionSpan>{})) {
            partitions.insert(span.at.partition);
        }
        return partitions;
    }

    /// Polls all `feeds` in turn until `done`, or patience ends.
    bool poll_until(const std::vector<SessionFeed*>& feeds, const std::function<bool()>& done) {
        const auto end = host_.within(kPatience);
        bool ended = done();
        while (!ended && !end.passed(host_.clock().mono_now())) {
            for (auto* feed : feeds) {
                static_cast<void>(host_.run(feed->next(100, host_.within(kTurn))));
            }
            ended = done();
        }
        return ended;
    }

    void leave(SessionFeed& feed) { host_.run(feed.leave(host_.within(kPatience))); }
};

TEST_F(RealKafka, TwoConsumersShareThePartitionsUntilOneLeaves) {
    make_topic(4);
    const auto first = feed();
    const auto second = feed();
    const std::set<std::int32_t> all{0, 1, 2, 3};

    EXPECT_TRUE(poll_until({first.get(), second.get()}, [&] {
        const auto one = assigned(*first);
        const auto other = assigned(*second);
        return one.size() == 2 && other.size() == 2 && one != other;
    }));
    leave(*first);
    EXPECT_TRUE(poll_until({second.get()}, [&] { return assigned(*second) == all; }));

    leave(*second);
}

TEST_F(RealKafka, OfTwoConsumersOfOneInstanceIdOneIsRefusedForGood) {
    make_topic(1);
    append(0, "a");
    const auto first = feed("node-1");
    ASSERT_EQ(host_.run(first->next(1, host_.within(kPatience)))->size(), 1U);
    const auto second = feed("node-1");

    std::optional<Error> error;
    EXPECT_TRUE(poll_until({}, [&] {
        for (auto* one : {first.get(), second.get()}) {
            const auto records = host_.run(one->next(1, host_.within(kTurn)));
            if (!records && records.error().code == ErrorCode::invalid_configuration) {
                error = records.error();
            }
        }
        return error.has_value();
    }));

    EXPECT_THAT(error->detail, testing::HasSubstr("node-1"));
    EXPECT_TRUE(host_.log().has(messages::kafka_consumer_replaced));
    EXPECT_TRUE(host_.log().has(messages::kafka_feed_refused));
    EXPECT_EQ(first->metrics().refusals.value() + second->metrics().refusals.value(), 1U);
    leave(*second);
    leave(*first);
}

TEST_F(RealKafka, AFeedStartsByItselfWhenItsTopicIsMade) {
    const auto late = feed();
    const auto missing = host_.run(late->next(1, host_.within(kPatience)));
    ASSERT_FALSE(missing.has_value());

    make_topic(1);
    append(0, "a");

    std::size_t got = 0;
    EXPECT_TRUE(poll_until({}, [&] {
        got += host_.run(late->next(1, host_.within(kTurn)))
                   .value_or(std::vector<FeedRecord>{})
                   .size();
        return got == 1;
    }));
    EXPECT_TRUE(host_.log().has(messages::kafka_topic_missing));
    EXPECT_TRUE(host_.log().has(messages::kafka_available));
    leave(*late);
}

TEST_F(RealKafka, DeadLettersCarryWhereTheyComeFrom) {
    make_topic(1);
    auto letters = KafkaDeadLetters::make(
        {.connection = host_.connection(), .topic = topic_}, host_.environment()
    );
    ASSERT_TRUE(letters.has_value());
    DeadLetter letter;
    letter.record.at = TopicPartition{.topic = "events", .partition = 3};
    letter.record.offset = 42;
    letter.record.timestamp = wall_from_ms(1795341600123);
    letter.record.key = "session";
    letter.record.value = "sealed";
    letter.reason = "bad_json";

    const auto kept = host_.run((*letters)->keep(letter, "d1", host_.within(kPatience)));

    ASSERT_TRUE(kept.has_value()) << kept.error().detail;
    EXPECT_EQ(
        host_.headers_of_first(topic_),
        (std::map<std::string, std::string>{
            {"np_reason", "bad_json"},
            {"np_topic", "events"},
            {"np_partition", "3"},
            {"np_offset", "42"},
            {"np_time", "1795341600123"},
            {"np_key_id", "d1"}})
    );
}

TEST_F(RealKafka, AuditEventsOutliveABrokerThatIsKilled) {
    make_topic(1);
    auto sink = KafkaAuditSink::make(
        {.connection = host_.connection(), .topic = topic_},
        {.clock = host_.clock(), .log = host_.log()}
    );
    ASSERT_TRUE(sink.has_value());
    const std::array first{AuditRecord{.key = "k", .headers = {}, .value = "1"}};
    const std::array second{AuditRecord{.key = "k", .headers = {}, .value = "2"}};
    ASSERT_TRUE((*sink)->deliver(first, host_.within(kPatience)).has_value());

    KafkaBroker::shared().kill();
    const auto failed = (*sink)->deliver(second, host_.within(Milliseconds{500}));
    KafkaBroker::shared().start_again();
    const auto sent = (*sink)->deliver(second, host_.within(kPatience));

    EXPECT_FALSE(failed.has_value());
    ASSERT_TRUE(sent.has_value()) << sent.error().detail;
    const auto records = host_.read_all(topic_, 2);
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].value, "1");
    EXPECT_EQ(records[1].value, "2");
}

TEST_F(RealKafka, AFeedGoesOnAfterTheBrokerWasKilled) {
    make_topic(1);
    append(0, "a");
    const auto alive = feed();
    ASSERT_EQ(host_.run(alive->next(1, host_.within(kPatience)))->size(), 1U);

    KafkaBroker::shared().kill();
    std::optional<Error> error;
    EXPECT_TRUE(poll_until({}, [&] {
        const auto records = host_.run(alive->next(1, host_.within(kTurn)));
        error = records ? std::nullopt : std::optional{records.error()};
        return error.has_value();
    }));
    KafkaBroker::shared().start_again();
    append(0, "b");
    std::vector<FeedRecord> got;
    EXPECT_TRUE(poll_until({}, [&] {
        got = host_.run(alive->next(1, host_.within(kTurn))).value_or(got);
        // No offset was stored: "a" may come again first.
        return !got.empty() && got.back().value == "b";
    }));

    EXPECT_EQ(error->code, ErrorCode::broker_unavailable);
    leave(*alive);
}

TEST_F(RealKafka, QuestionsToAFrozenBrokerEndAtTheirDeadline) {
    make_topic(1);
    append(0, "a");
    const auto alive = feed();
    ASSERT_EQ(host_.run(alive->next(1, host_.within(kPatience)))->size(), 1U);

    KafkaBroker::shared().freeze();
    const auto asked = host_.clock().mono_now();
    const auto spans = host_.run(alive->spans(host_.within(Milliseconds{300})));
    const auto took = host_.clock().mono_now() - asked;
    KafkaBroker::shared().thaw();

    EXPECT_FALSE(spans.has_value());
    EXPECT_LT(took, Milliseconds{3000});
    leave(*alive);
}

}  // namespace
}  // namespace numproof
