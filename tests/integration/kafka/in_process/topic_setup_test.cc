// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "adapters/kafka/kafka_topic_setup.h"

namespace numproof::kafka {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

const KafkaConnection kConnection{
    .brokers = {"kafka-1:9092", "kafka-2:9092"}, .security = {}, .properties = {}};
const TopicNeeds kFeed{.topic = "sessions", .retention = std::chrono::hours{24}};

TopicSetup sound() {
    return {
        .replicas = 3,
        .settings = {
            {"min.insync.replicas", "2"},
            {"cleanup.policy", "delete"},
            {"retention.ms", "604800000"},
            {"unclean.leader.election.enable", "false"}}};
}

std::vector<TopicWeakness> judged(const std::string& name, const std::string& value) {
    auto setup = sound();
    setup.settings[name] = value;
    return weaknesses_of(kFeed, setup, kConnection);
}

TEST(TopicSetup, ASoundTopicAndOneThatMayNotBeDescribedAreNotSpokenOf) {
    EXPECT_THAT(weaknesses_of(kFeed, sound(), kConnection), IsEmpty());
    EXPECT_THAT(weaknesses_of(kFeed, {.replicas = 3, .settings = {}}, kConnection), IsEmpty());
}

TEST(TopicSetup, OneReplicaInSyncIsToldWithTheCommand) {
    const auto found = judged("min.insync.replicas", "1");

    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].value, "min.insync.replicas=1");
    EXPECT_EQ(
        found[0].command,
        "kafka-configs.sh --bootstrap-server kafka-1:9092,kafka-2:9092 --alter --entity-type "
        "topics --entity-name sessions --add-config min.insync.replicas=2"
    );
}

TEST(TopicSetup, OneReplicaAtAllIsToldAloneAsNoneElseCouldBeInSync) {
    auto setup = sound();
    setup.replicas = 1;
    setup.settings["min.insync.replicas"] = "1";

    const auto found = weaknesses_of(kFeed, setup, kConnection);

    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].value, "replication factor 1");
    EXPECT_THAT(found[0].command, HasSubstr("kafka-reassign-partitions.sh"));
}

TEST(TopicSetup, CompactionAndLeadersThatWereBehindAreTold) {
    for (const auto* policy : {"compact", "compact,delete"}) {
        EXPECT_THAT(
            judged("cleanup.policy", policy),
            ElementsAre(Field(&TopicWeakness::value, std::string{"cleanup.policy="} + policy))
        );
    }
    EXPECT_THAT(
        judged("unclean.leader.election.enable", "true"),
        ElementsAre(Field(&TopicWeakness::value, "unclean.leader.election.enable=true"))
    );
}

TEST(TopicSetup, ARetentionIsToldIfItIsShorterThanWhatIsNeededOfThatTopic) {
    EXPECT_THAT(
        judged("retention.ms", "86399999"),
        ElementsAre(Field(&TopicWeakness::command, HasSubstr("retention.ms=86400000")))
    );
    EXPECT_THAT(judged("retention.ms", "86400000"), IsEmpty());
    EXPECT_THAT(judged("retention.ms", "-1"), IsEmpty()) << "for ever";
    auto setup = sound();
    setup.settings["retention.ms"] = "1000";
    const TopicNeeds audit{.topic = "audit"};
    EXPECT_THAT(weaknesses_of(audit, setup, kConnection), IsEmpty());
}

}  // namespace
}  // namespace numproof::kafka
