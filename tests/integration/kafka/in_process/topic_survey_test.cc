// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "adapters/kafka/kafka_asker.h"
#include "adapters/kafka/kafka_questions.h"
#include "adapters/kafka/kafka_topic_survey.h"
#include "daemon/telemetry/messages.h"
#include "tests/integration/kafka/kafka_feed_host.h"

namespace numproof {
namespace {

constexpr int kQuestionMs = 5'000;

std::map<std::string, std::int32_t> topics_of(KafkaFeedHost& host) {
    const auto asker = kafka::Asker::make(host.connection(), host.log());
    NP_CHECK(asker.has_value());
    auto topics =
        (*asker)->ask([](rd_kafka_t& client) { return kafka::ask_topics(client, kQuestionMs); });
    NP_CHECK(topics.has_value());
    return std::move(*topics);
}

// The brokers of this process make a topic when they are asked for it by its name.
TEST(TopicSurvey, HasThatMadeWhichIsWrittenToButNoFeed) {
    const auto host = InProcessFeedHost::make();
    const auto survey = KafkaTopicSurvey::make(
        host->connection(),
        {{.topic = "audit"}, {.topic = "sessions", .retention = Milliseconds{1}}},
        host->log()
    );
    ASSERT_TRUE(survey.has_value());
    const auto misses = [&](const std::string& topic) {
        return (*survey)->missing().value_or("").find("'" + topic + "'") != std::string::npos;
    };

    (*survey)->start();
    host->turn_until([&] { return misses("sessions"); });
    EXPECT_THAT(topics_of(*host), testing::ElementsAre(testing::Key("audit")));

    host->make_topic("sessions", 1);
    host->turn_until([&] { return !(*survey)->missing(); });
    EXPECT_FALSE(host->log().has(messages::kafka_topic_missing));
}

}  // namespace
}  // namespace numproof
