// SPDX-License-Identifier: Apache-2.0
#include "daemon/ports/store_life.h"
#include "tests/unit/sessions/ingest_fixture.h"

namespace numproof {
namespace {

StoreMember server(std::string node, std::string life) {
    return {.node = node, .data = node + "-writes", .followed = {}, .life = std::move(life)};
}

TEST_F(IngestTest, R10_AColdDirectoryIsNotUsableUntilAllPartitionsAreRead) {
    bind(kFirst, "a", "+34600000001");
    EXPECT_EQ(standing(), Standing::rebuilding);
    EXPECT_EQ(ask(), "error");

    turn(6);

    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "+34600000001");
    EXPECT_TRUE(ingest_->progress().whole);
}

TEST_F(IngestTest, HoweverLongItsQuestionsTakeBatchesComeBetweenThem) {
    int asked = 0;
    feed_->while_asked = [&] {
        ++asked;
        clock_.advance(std::chrono::milliseconds{1500});
    };
    for (int i = 0; i < 5000; ++i) {
        bind(kFirst, std::to_string(i), "+34600000001");
    }
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(run_now(ingest_->step()));
    }

    EXPECT_EQ(asked, 1);
    EXPECT_EQ(feed_->position(kFirst), 5000);
}

TEST_F(IngestTest, R10_ALostMarkerMeansReadingAgainFromTheBeginning) {
    bind(kFirst, "a", "+34600000001");
    turn(6);
    feed_->commit();
    store_.records.clear();
    EXPECT_EQ(standing(), Standing::rebuilding);

    turn(12);

    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "+34600000001");
}

TEST_F(IngestTest, R10_RecordsThatTheBrokerLostBeginANewGeneration) {
    turn(6);
    const auto before = ingest_->progress().generation;
    feed_->commit();
    for (int i = 0; i < 20; ++i) {
        heartbeat(kFirst);
    }
    topics_.cut_before(kFirst, topics_.at_or_die(kFirst).end() - 1);
    start();

    turn(12);

    EXPECT_NE(ingest_->progress().generation, before);
    EXPECT_TRUE(logged(messages::feed_lost_records));
    EXPECT_EQ(standing(), Standing::usable);
}

TEST_F(IngestTest, R8_ASilentPartitionMakesTheDirectoryStale) {
    turn(6);

    for (int i = 0; i < 24; ++i) {
        heartbeat(kFirst);
        turn(1, false);
    }

    EXPECT_EQ(standing(), Standing::stale);
}

TEST_F(IngestTest, R8_CaughtUpNeedsNoHeartbeats) {
    freshness_ = Freshness::caught_up;
    start();
    bind(kFirst, "a", "+34600000001");

    turn(40, false);

    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "+34600000001");
}

TEST_F(IngestTest, R8_CaughtUpSaysAtItsStartThatItIsWeaker) {
    ingest_->stop();
    run_now(ingest_->run());
    EXPECT_FALSE(logged(messages::feed_caught_up_only));

    freshness_ = Freshness::caught_up;
    start();
    ingest_->stop();
    run_now(ingest_->run());
    EXPECT_TRUE(logged(messages::feed_caught_up_only));
}

TEST_F(IngestTest, R8_TrafficIsFreshAsLongAsThereIsSomeOnEachPartition) {
    freshness_ = Freshness::traffic;
    start();
    for (int i = 0; i < 12; ++i) {
        bind(kFirst, "a", "+34600000001");
        bind(kSecond, "b", "+34600000002");
        turn(1, false);
    }
    EXPECT_EQ(standing(), Standing::usable);

    for (int i = 0; i < 24; ++i) {
        bind(kFirst, "a", "+34600000001");
        turn(1, false);
    }
    EXPECT_EQ(standing(), Standing::stale) << "the second partition may hide a hand-over";
}

TEST_F(IngestTest, R13_ABatchThatIsWrittenIntoAnotherLifeHidesNothingThatWasLost) {
    turn(6);
    bind(kFirst, "a", "+34600000001");
    turn(2);
    const auto refresh =
        produce(kFirst, R"({"op":"refresh","source":"smf-1","session":"a","time":1795341600000})");
    bool lost = false;
    store_.before_call = [&] {
        if (!lost && feed_->position(kFirst) > refresh) {
            lost = true;
            store_.life = "life-2";
            std::erase_if(store_.records, [](const auto& record) {
                return record.first.starts_with("np:a:") || record.first.starts_with("np:s:");
            });
        }
    };
    turn(12);
    EXPECT_TRUE(lost);
    EXPECT_EQ(ask(), "+34600000001");
}

TEST_F(IngestTest, R4_ACaughtUpFeedIsNotFreshByAWrongClock) {
    freshness_ = Freshness::caught_up;
    start();
    turn(40, false);
    ASSERT_EQ(standing(), Standing::usable);
    clock_.step_wall(std::chrono::minutes{1});
    turn(40, false);
    EXPECT_EQ(standing(), Standing::clock_disagrees);
    clock_.step_wall(-std::chrono::minutes{1});
    turn(8, false);
    EXPECT_EQ(standing(), Standing::usable);
}

TEST_F(IngestTest, R4_AClockThatStepsBackOnOneNodeHoldsNoPartition) {
    turn(8);
    const auto beat = [&](const TopicPartition& at, WallTime time) {
        const auto text = std::to_string(epoch_ms(time));
        topics_.append(at, R"({"op":"heartbeat","source":"smf-1","time":)" + text + "}", "k", time);
    };

    clock_.step_wall(-std::chrono::hours{1});
    for (int i = 0; i < 8; ++i) {
        beat(kFirst, clock_.wall_now() + std::chrono::hours{1});
        beat(kSecond, clock_.wall_now() + std::chrono::hours{1});
        turn(1, false);
    }

    for (const auto& partition : ingest_->progress().partitions) {
        EXPECT_EQ(partition.waits_for, "");
        EXPECT_GT(partition.watermark, clock_.wall_now() + std::chrono::minutes{59});
    }
    EXPECT_EQ(standing(), Standing::clock_disagrees);
}

// What was given up is remembered for as long as late events may contradict it; by a clock that is
// an hour ahead it would be forgotten at once, and the address come back.
TEST_F(IngestTest, R4_AClockThatStepsAheadForgetsNothingThatWasGivenUp) {
    turn(8);
    bind(kFirst, "a", "+34600000001");
    turn(1);
    const auto late = now_ms();
    turn(4);
    const std::string about = R"(,"source":"smf-1","session":"a","access":"3gpp","time":)";
    const std::string number = R"(,"msisdn":"+34600000001")";
    produce(kFirst, R"({"op":"rebind","removed":["10.0.0.1"])" + number + about + now_ms() + "}");
    turn(1);
    ASSERT_EQ(ask(), "off_network");

    clock_.step_wall(std::chrono::hours{1});
    const auto right_now = epoch_ms(clock_.wall_now() - std::chrono::hours{1});
    produce(
        kFirst,
        R"({"op":"refresh","source":"smf-1","session":"a","time":)" + std::to_string(right_now) +
            "}"
    );
    turn(1, false);
    clock_.step_wall(-std::chrono::hours{1});
    produce(kSecond, R"({"op":"rebind","ipv4":"10.0.0.1")" + number + about + late + "}");
    turn(4);

    EXPECT_EQ(ask(), "off_network");
}

TEST_F(IngestTest, R13_AnotherLifeOfTheStoreClosesTheDirectoryUntilItIsReadAgain) {
    turn(6);
    bind(kFirst, "a", "+34600000001");
    turn(2);
    ASSERT_EQ(ask(), "+34600000001");
    // The failover loses the last writes, but not the older ones.
    std::erase_if(store_.records, [](const auto& record) {
        return record.first.starts_with("np:a:") || record.first.starts_with("np:s:");
    });
    store_.life = "life-2";
    EXPECT_EQ(standing(), Standing::stale);
    const auto before = watch_.basis().trusted_since;

    turn(8);

    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "+34600000001");
    EXPECT_GT(before, WallTime{});
}

TEST_F(IngestTest, OffsetsAndWatermarksAdvanceOnlyOnceTheStoreHasAllWrites) {
    turn(6);
    const auto stored = feed_->stored(kFirst);
    const auto watermark = store_.at(store_keys::watermark(kFirst));
    bind(kFirst, "a", "+34600000001");
    store_.writes_left = 1;

    turn(1);

    EXPECT_EQ(feed_->stored(kFirst), stored);
    EXPECT_EQ(store_.at(store_keys::watermark(kFirst)), watermark);

    store_.writes_left = -1;
    turn(8);
    EXPECT_EQ(ask(), "+34600000001");
    EXPECT_EQ(feed_->stored(kFirst), topics_.at_or_die(kFirst).end());
}

TEST_F(IngestTest, PoisonIsDeadLetteredSealedAndTheFeedGoesOn) {
    turn(6);
    const auto offset = produce(kFirst, R"({"op":"bind","msisdn":"+34600000001"})");
    bind(kFirst, "a", "+34600000002");

    turn(2);

    ASSERT_EQ(dead_letters_.kept.size(), 1U);
    const auto& letter = dead_letters_.kept.front().letter;
    EXPECT_EQ(letter.reason, "bad_time");
    EXPECT_EQ(letter.record.offset, offset);
    EXPECT_EQ(letter.record.value.find("34600000001"), std::string::npos);
    EXPECT_TRUE(vault_.open(dead_letter_place(kFirst, offset), letter.record.value).has_value());
    EXPECT_EQ(dead_letters_.kept.front().key_id, vault_.key_id());
    EXPECT_EQ(ask(), "+34600000002");
}

TEST_F(IngestTest, ADeadLetterThatCannotBeKeptHoldsItsPartitionAloneAndNothingIsSkipped) {
    turn(6);
    for (int i = 0; i < 100; ++i) {
        dead_letters_.failures.push_back({.code = ErrorCode::broker_unavailable, .detail = ""});
    }
    const auto poison = produce(kFirst, "no JSON");
    bind(kSecond, "a", "+34600000001");

    turn(40);
    EXPECT_EQ(feed_->stored(kFirst), poison) << "right before what cannot be kept";
    EXPECT_GT(feed_->stored(kSecond), topics_.at_or_die(kSecond).end() - 5);
    EXPECT_EQ(standing(), Standing::stale);
    EXPECT_TRUE(logged(messages::dead_letter_failed));
    EXPECT_EQ(ingest_->progress().partitions.at(0).waits_for, "dead_letters");
    EXPECT_EQ(ingest_->progress().partitions.at(1).waits_for, "");

    dead_letters_.failures.clear();
    turn(30);
    EXPECT_EQ(dead_letters_.kept.size(), 1U);
    EXPECT_EQ(feed_->stored(kFirst), topics_.at_or_die(kFirst).end());
    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "+34600000001");
}

TEST_F(IngestTest, LettersThatWereKeptAreNotKeptAgainForTheSakeOfOthers) {
    turn(6);
    produce(kFirst, "no JSON");
    turn(1);
    ASSERT_EQ(dead_letters_.kept.size(), 1U);
    dead_letters_.failures.push_back({.code = ErrorCode::broker_unavailable, .detail = ""});
    const auto first = produce(kFirst, "no JSON");
    produce(kSecond, "no JSON");
    produce(kFirst, "no JSON");

    turn(30);

    ASSERT_EQ(dead_letters_.kept.size(), 4U);
    EXPECT_EQ(
        std::ranges::count_if(
            dead_letters_.kept,
            [&](const auto& kept) {
                return kept.letter.record.at == kFirst && kept.letter.record.offset == first;
            }
        ),
        1
    );
}

TEST_F(IngestTest, ABurstOfPoisonStopsTheTopicAndItHealsByItself) {
    turn(6);
    for (int i = 0; i < 50; ++i) {
        produce(kFirst, "no JSON");
    }

    turn(28);

    EXPECT_TRUE(logged(messages::poison_burst));
    EXPECT_EQ(standing(), Standing::stale);
    EXPECT_LT(dead_letters_.kept.size(), 50U);

    turn(200);
    EXPECT_EQ(dead_letters_.kept.size(), 50U);
    EXPECT_EQ(standing(), Standing::usable);
}

TEST_F(IngestTest, R15_AKeyThatMayHoldANumberIsHashedInADeadLetter) {
    for (const std::string key : {"", "s", "smf-a/12345", "session"}) {
        EXPECT_EQ(dead_letter_key(vault_, key), key);
    }
    for (const std::string key :
         {"+34600000001",
          "+49 170 123 4567",
          "0170-123-4567",
          "214010000000001-5",
          "s-123456",
          "\x13\x20\x06",
          "\xC3\xA4",
          "\x7F"}) {
        const auto made = dead_letter_key(vault_, key);
        EXPECT_EQ(made.size(), 68U) << made;
        EXPECT_TRUE(made.starts_with("hmac")) << made;
        EXPECT_EQ(made, dead_letter_key(vault_, key)) << "one key, one partition";
        EXPECT_NE(made, dead_letter_key(vault_, key + "1"));
        EXPECT_EQ(made.find(key), std::string::npos);
    }
}

TEST_F(IngestTest, R15_TheKeyOfADeadLetterIsNoIMSI) {
    turn(6);
    topics_.append(kFirst, "not json", "214010000000001-5", clock_.wall_now());
    turn(2);

    ASSERT_EQ(dead_letters_.kept.size(), 1U);
    EXPECT_EQ(
        dead_letters_.kept.front().letter.record.key, dead_letter_key(vault_, "214010000000001-5")
    );
}

TEST_F(IngestTest, R4_ARecordAheadOfOurClockWaitsAndIsNotPoison) {
    turn(6);
    bind(kFirst, "a", "+34600000001");
    topics_.at_or_die(kFirst).records.back().timestamp += std::chrono::seconds{20};

    turn(30);
    EXPECT_EQ(standing(), Standing::stale);
    EXPECT_TRUE(dead_letters_.kept.empty());

    turn(60);
    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "+34600000001");
}

TEST_F(IngestTest, ANewPartitionIsReadFromItsBeginningBeforeTheDirectoryIsUsedAgain) {
    feed_->assign({kFirst});
    turn(6);
    EXPECT_EQ(standing(), Standing::rebuilding);

    feed_->assign({kFirst, kSecond});
    turn(8);

    EXPECT_EQ(standing(), Standing::usable);
}

TEST_F(IngestTest, ARestartGoesOnWhereTheWatermarkRecordSays) {
    bind(kFirst, "a", "+34600000001");
    turn(6);
    const auto generation = ingest_->progress().generation;
    start();

    turn(4);

    EXPECT_EQ(ingest_->progress().generation, generation);
    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(counters_.applied(0), 1U) << "the bind was read twice";
}

TEST_F(IngestTest, ADeadLetterThatIsPutBackDoesNotBeginASessionThatEnded) {
    const auto began = std::to_string(epoch_ms(clock_.wall_now()));
    turn(6);
    produce(
        kFirst,
        R"({"op":"release","source":"smf-1","session":"a","time":)" +
            std::to_string(epoch_ms(clock_.wall_now())) + "}"
    );
    turn(2);
    const std::string bind =
        R"({"op":"bind","source":"smf-1","session":"a","msisdn":"+34600000001","ipv4":"10.0.0.1",)"
        R"("access":"3gpp","time":)" +
        began + "}";

    topics_.append(kFirst, bind, "key", clock_.wall_now(), true);
    turn(4);

    EXPECT_EQ(ask(), "off_network");
}

TEST_F(IngestTest, AStoreThatIsAwayIsWaitedForAndNothingIsLost) {
    turn(6);
    bind(kFirst, "a", "+34600000001");
    store_.available = false;
    turn(5, false);
    EXPECT_EQ(standing(), Standing::store_unavailable);

    store_.available = true;
    turn(8);

    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "+34600000001");
}

TEST_F(IngestTest, R10_AServerThatCameBackEmptyMeansReadingAllAgain) {
    store_.life = name_of_life({server("a", "1"), server("b", "1")});
    turn(12);
    ASSERT_EQ(standing(), Standing::usable);
    const auto before = ingest_->progress().generation;

    store_.life = name_of_life({server("a", "1"), server("b", "2")});
    EXPECT_NE(standing(), Standing::usable);
    turn(12);

    EXPECT_NE(ingest_->progress().generation, before);
    EXPECT_TRUE(logged(messages::store_lost_part));
    EXPECT_EQ(standing(), Standing::usable);
}

TEST_F(IngestTest, R13_AFailoverOfOneServerKeepsTheGeneration) {
    store_.life = name_of_life({server("a", "1"), server("b", "1")});
    turn(12);
    const auto before = ingest_->progress().generation;

    auto promoted = server("c", "1");
    promoted.followed = server("b", "1").data;
    store_.life = name_of_life({server("a", "1"), promoted});
    EXPECT_NE(standing(), Standing::usable);
    turn(12);

    EXPECT_EQ(ingest_->progress().generation, before);
    EXPECT_EQ(standing(), Standing::usable);
}

// By its own rule a Cluster promotes a replica that heard nothing for 235 s (docs/redis.md), while
// the watermarks lie on a server that lost nothing.
TEST_F(IngestTest, R13_WhatASuccessorHasNotHeardForMinutesIsReadAgain) {
    store_.life = name_of_life({server("a", "1"), server("b", "1")});
    const auto minutes_pass = [&](int tens_of_seconds) {
        for (int i = 0; i < tens_of_seconds; ++i) {
            clock_.advance(std::chrono::seconds{9});
            turn(4);
        }
    };
    turn(12);
    minutes_pass(70);
    bind(kFirst, "a", "+34600000001");
    minutes_pass(24);
    ASSERT_EQ(ask(), "+34600000001");
    const auto before = ingest_->progress().generation;

    std::erase_if(store_.records, [](const auto& record) {
        return record.first.starts_with("np:a:") || record.first.starts_with("np:s:");
    });
    auto promoted = server("c", "1");
    promoted.followed = server("b", "1").data;
    store_.life = name_of_life({server("a", "1"), promoted});
    turn(12);

    EXPECT_EQ(ingest_->progress().generation, before) << "it does not need a rebuild";
    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "+34600000001");
}

}  // namespace
}  // namespace numproof
