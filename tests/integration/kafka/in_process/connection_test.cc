// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/kafka/feed_positions.h"
#include "adapters/kafka/kafka_connection.h"

namespace numproof {
namespace {

KafkaConnection with_property(const std::string& name, const std::string& value) {
    return KafkaConnection{
        .brokers = {"127.0.0.1:1"}, .security = {}, .properties = {{name, value}}};
}

TEST(KafkaConnection, IsFineWithAPropertyThatIsNotOurs) {
    EXPECT_TRUE(check_connection(with_property("session.timeout.ms", "9000")).has_value());
}

TEST(KafkaConnection, NamesThePropertyThatIsWrong) {
    const std::vector<std::pair<std::string, std::string>> bad{
        {"auto.offset.reset", "latest"},
        {"enable.auto.offset.store", "true"},
        {"bootstrap.servers", "elsewhere:9092"},
        {"no.such.property", "1"},
        {"session.timeout.ms", "soon"}};
    for (const auto& [name, value] : bad) {
        const auto checked = check_connection(with_property(name, value));

        ASSERT_FALSE(checked.has_value()) << name;
        EXPECT_EQ(checked.error().code, ErrorCode::invalid_configuration);
        EXPECT_THAT(checked.error().detail, testing::HasSubstr("'" + name + "'"));
    }
}

TEST(KafkaConnection, DoesNotRepeatAPasswordInItsError) {
    auto connection = with_property("session.timeout.ms", "9000");
    connection.security.protocol = "no-such-protocol";
    connection.security.password = KafkaPassword{"hunter2"};

    const auto checked = check_connection(connection);

    ASSERT_FALSE(checked.has_value());
    EXPECT_THAT(checked.error().detail, testing::Not(testing::HasSubstr("hunter2")));
}

TEST(KafkaConnection, NeedsABroker) {
    EXPECT_FALSE(check_connection(KafkaConnection{}).has_value());
}

class FeedPositionsTest : public testing::Test {
protected:
    const TopicPartition a_{.topic = "t", .partition = 0};
    const TopicPartition b_{.topic = "t", .partition = 1};
    kafka::FeedPositions positions_;

    void SetUp() override { positions_.assign({{a_, 5}, {b_, std::nullopt}}); }
};

TEST_F(FeedPositionsTest, StartsAtTheCommittedOffsetOrTheBeginning) {
    EXPECT_EQ(positions_.positions().at(a_), 5);
    EXPECT_EQ(positions_.positions().at(b_), kafka::FeedPositions::kBeginning);
}

TEST_F(FeedPositionsTest, RefusesRecordsBeforeThePosition) {
    EXPECT_FALSE(positions_.accept(a_, 4));
    EXPECT_TRUE(positions_.accept(a_, 5));
    EXPECT_FALSE(positions_.accept(a_, 5));
}

TEST_F(FeedPositionsTest, RefusesEverythingBetweenAMoveAndItsTaking) {
    ASSERT_TRUE(positions_.move(a_, 2));
    EXPECT_FALSE(positions_.accept(a_, 9));
    EXPECT_FALSE(positions_.accept(b_, 0));

    EXPECT_TRUE(positions_.take_moved());

    EXPECT_FALSE(positions_.take_moved());
    EXPECT_TRUE(positions_.accept(a_, 2));
}

TEST_F(FeedPositionsTest, RefusesWhatWasRevoked) {
    positions_.revoke();

    EXPECT_FALSE(positions_.accept(a_, 5));
    EXPECT_FALSE(positions_.move(a_, 0));
    EXPECT_FALSE(positions_.note_done(a_, 6));
}

TEST_F(FeedPositionsTest, StandsAtTheEndThatTheBrokerTells) {
    positions_.reached_end(b_, 17);

    EXPECT_EQ(positions_.positions().at(b_), 17);
}

TEST_F(FeedPositionsTest, ForgetsWhatWasDoneBeyondAMove) {
    ASSERT_TRUE(positions_.note_done(a_, 9));

    ASSERT_TRUE(positions_.move(a_, 2));

    EXPECT_FALSE(positions_.done().contains(a_));
}

}  // namespace
}  // namespace numproof
