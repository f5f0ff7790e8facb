// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/generation_marker.h"
#include "tests/unit/sessions/ingest_fixture.h"

namespace numproof {
namespace {

/// What makes a directory that cannot be trusted, and what becomes of it.
class RebuildTest : public IngestTest {
protected:
    /// `time` passes with nothing read and nothing sent.
    void outage(Milliseconds time) {
        ingest_.reset();
        feed_->commit();
        clock_.advance(time);
        start();
    }

    NamedKey key(char fill) const { return name_key(crypto_, SecretKey{std::string(32, fill)}); }

    std::string generation() const { return ingest_->progress().generation; }

    std::string marker_key() const { return key_of_marker(*store_.at(store_keys::generation())); }

    void release(const TopicPartition& at, const std::string& session) {
        produce(
            at,
            R"({"op":"release","source":"smf-1","session":")" + session + R"(","time":)" +
                std::to_string(epoch_ms(clock_.wall_now())) + "}"
        );
    }

    /// The first complaint about a key, or nothing.
    std::string complaint() const {
        for (const auto& line : log_.lines()) {
            if (line.starts_with(messages::directory_key_missing.id)) {
                return line;
            }
        }
        return {};
    }
};

TEST_F(RebuildTest, ADirectoryOfAnotherKeyThatNobodyKeepsIsReplacedAndNothingOfItBelieved) {
    Vault stranger{crypto_, {key('x')}};
    start(stranger);
    bind(kFirst, "a", "+34600000009");
    turn(8);
    const auto theirs = generation();
    topics_.cut_before(kFirst, topics_.at_or_die(kFirst).end());
    outage(std::chrono::minutes{1});

    turn(12);

    EXPECT_NE(generation(), theirs);
    EXPECT_EQ(marker_key(), vault_.key_id());
    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "off_network");
}

TEST_F(RebuildTest, ANodeThatLacksTheKeyNamesItTakesNoPartitionAndReplacesNothing) {
    Vault others{crypto_, {key('x')}};
    start(others);
    turn(8);
    const auto marker = store_.at(store_keys::generation());
    start();
    const auto stored = feed_->stored(kFirst);

    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(run_now(ingest_->step())) << "it waits";
    }

    EXPECT_EQ(standing(), Standing::key_missing);
    EXPECT_NE(watch_.missing_key().find(others.key_id()), std::string::npos);
    EXPECT_NE(complaint().find(others.key_id()), std::string::npos) << complaint();
    EXPECT_EQ(store_.at(store_keys::generation()), marker);
    EXPECT_EQ(feed_->stored(kFirst), stored);
    EXPECT_EQ(directory_counters_.integrity_failures.value(), 0U);
}

TEST_F(RebuildTest, ANodeThatIsLeftWithoutTheKeyLeavesItsPartitions) {
    turn(8);
    Vault ahead{crypto_, {key('n'), key('k')}};
    GenerationKeeper other{{.store = store_, .clock = clock_, .vault = ahead}};
    ASSERT_TRUE(run_now(other.agree("", GenerationKeeper::Strange::leave, deadline())));
    ASSERT_EQ(marker_key(), ahead.key_id());
    bool open = true;
    for (int i = 0; i < 12 && open; ++i) {
        heartbeat(kFirst);
        open = run_now(ingest_->step());
        clock_.advance(Milliseconds{250});
    }

    EXPECT_FALSE(open);
    EXPECT_FALSE(complaint().empty());
}

TEST_F(RebuildTest, ARotatedKeySealsTheMarkerAnewAndNothingIsReadAgain) {
    bind(kFirst, "a", "+34600000001");
    turn(8);
    const auto before = generation();
    const auto sid = vault_.subscriber_id(Msisdn::parse("+34600000001").value());
    Vault rotated{crypto_, {key('n'), key('k')}};
    StandingWatch its_watch{
        {.store = store_, .clock = clock_, .loop = loop_, .vault = rotated}, StandingLimits{}};
    ASSERT_TRUE(run_now(its_watch.refresh(deadline())));
    EXPECT_EQ(its_watch.basis().standing, Standing::usable) << "before anything is sealed anew";

    start(rotated);
    turn(1);
    EXPECT_EQ(generation(), before);
    EXPECT_EQ(marker_key(), rotated.key_id());
    EXPECT_EQ(rotated.subscriber_id(Msisdn::parse("+34600000001").value()), sid);
    EXPECT_EQ(counters_.applied(0), 1U) << "the bind was read twice";

    Vault only_new{crypto_, {key('n')}};
    StandingWatch last{
        {.store = store_, .clock = clock_, .loop = loop_, .vault = only_new}, StandingLimits{}};
    ASSERT_TRUE(run_now(last.refresh(deadline())));
    EXPECT_EQ(last.basis().standing, Standing::usable);
    DirectoryReader reader{
        {.store = store_,
         .standing = last,
         .clock = clock_,
         .vault = only_new,
         .counters = directory_counters_},
        {},
        {{IpPrefix::parse("10.0.0.0/8").value(), "internet"}}};
    const SourceEndpoint source{.address = IpAddress::parse("10.0.0.1").value()};
    const auto proof = run_now(reader.prove(source, deadline()));
    ASSERT_TRUE(proof);
    ASSERT_TRUE(std::holds_alternative<Proven>(*proof));
    EXPECT_EQ(std::get<Proven>(*proof).subscriber, sid);
}

TEST_F(RebuildTest, WhatTheFormerGenerationHeldIsGoneWhenItsReleaseWasLostByRetention) {
    bind(kFirst, "a", "+34600000001");
    turn(8);
    ASSERT_EQ(ask(), "+34600000001");
    release(kFirst, "a");
    heartbeat(kFirst);
    topics_.cut_before(kFirst, topics_.at_or_die(kFirst).end());

    start();
    turn(12);

    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "off_network");
    EXPECT_EQ(directory_counters_.integrity_failures.value(), 0U);
}

TEST_F(RebuildTest, AnOffsetBeyondTheEndOfATopicThatWasMadeAnewMeansRebuilding) {
    turn(12);
    const auto before = generation();
    feed_->commit();
    topics_.at_or_die(kFirst) = {};
    topics_.at_or_die(kSecond) = {};
    bind(kFirst, "a", "+34600000002");
    start();

    turn(12);

    EXPECT_NE(generation(), before);
    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "+34600000002");
}

TEST_F(RebuildTest, AShortAbsenceGoesOnAndALongOneReadsEverythingAgain) {
    turn(8);
    const auto before = generation();
    bind(kFirst, "a", "+34600000001");
    outage(std::chrono::minutes{14});
    turn(12);
    EXPECT_EQ(generation(), before);
    EXPECT_EQ(ask(), "+34600000001");

    bind(kFirst, "b", "+34600000002");
    outage(std::chrono::minutes{16});
    turn(12);

    EXPECT_NE(generation(), before);
    EXPECT_TRUE(logged(messages::feed_lost_records));
    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "+34600000002");
    const auto after = generation();
    turn(40);
    EXPECT_EQ(generation(), after) << "it must come to an end";
}

// One node's clock must not cost all nodes the directory.
TEST_F(RebuildTest, R4_AWallClockThatStepsAheadMakesNoRecordLookForgotten) {
    turn(12);
    const auto before = generation();
    feed_->commit();
    bind(kFirst, "a", "+34600000001");
    start();

    clock_.step_wall(std::chrono::hours{1});
    turn(8, false);
    EXPECT_EQ(standing(), Standing::clock_disagrees);
    clock_.step_wall(-std::chrono::hours{1});
    turn(4);

    EXPECT_EQ(generation(), before);
    EXPECT_FALSE(logged(messages::feed_lost_records));
    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "+34600000001");
}

TEST_F(RebuildTest, ALongAbsenceInWhichNothingWasSaidNeedsNoRebuild) {
    bind(kFirst, "a", "+34600000001");
    turn(8);
    const auto before = generation();
    outage(std::chrono::hours{5});

    turn(12);

    EXPECT_EQ(generation(), before);
    EXPECT_EQ(ask(), "+34600000001");
}

// The first holder's bind lies unread while the second comes and goes, and is forgotten.
TEST_F(RebuildTest, R5_WhoWasOvertakenIsNotBroughtBackByAReaderThatWasAwayTooLong) {
    feed_->assign({kFirst, kSecond});
    turn(8);
    bind(kFirst, "a", "+34600000001");
    clock_.advance(Milliseconds{100});
    feed_->assign({kSecond});
    clock_.advance(Milliseconds{2500});
    bind(kSecond, "b", "+34600000002");
    turn(1, false);
    clock_.advance(Milliseconds{500});
    release(kSecond, "b");
    turn(4, false);
    outage(std::chrono::minutes{40});
    feed_->assign({kFirst, kSecond});

    turn(20);

    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "off_network");
}

TEST_F(RebuildTest, ALateRecordOfAProducerWithAnOldClockIsNoReasonToReadEverythingAgain) {
    turn(8);
    const auto before = generation();
    bind(kFirst, "a", "+34600000001");
    topics_.at_or_die(kFirst).records.back().timestamp -= std::chrono::hours{3};

    turn(8);

    EXPECT_EQ(generation(), before);
    EXPECT_EQ(standing(), Standing::usable);
}

TEST_F(RebuildTest, R4_AClockThatStepsIsNoReasonToReadEverythingAgain) {
    turn(8);
    const auto before = generation();
    bind(kFirst, "a", "+34600000001");
    for (const auto step : {std::chrono::hours{1}, std::chrono::hours{-2}}) {
        clock_.step_wall(step);
        turn(8, false);
        EXPECT_NE(standing(), Standing::usable);
    }
    clock_.step_wall(std::chrono::hours{1});
    turn(20);

    EXPECT_EQ(generation(), before);
    EXPECT_EQ(standing(), Standing::usable);
}

TEST_F(RebuildTest, APartitionThatComesWithAHistoryIsReadTogetherWithAllOthers) {
    feed_->assign({kFirst});
    topics_.at_or_die(kSecond) = {};
    bind(kSecond, "old", "+34600000003");
    topics_.at_or_die(kSecond).records.back().timestamp -= std::chrono::hours{3};
    feed_->assign({kFirst, kSecond});
    turn(8);
    const auto before = generation();
    topics_.make_topic(kTopic, 3);
    const TopicPartition third{.topic = kTopic, .partition = 2};
    bind(third, "older", "+34600000004");
    topics_.at_or_die(third).records.back().timestamp -= std::chrono::hours{3};
    feed_->assign({kFirst, kSecond, third});

    turn(12);

    EXPECT_NE(generation(), before);
}

TEST_F(RebuildTest, AnOldCopyOfTheStoreIsNotBelievedOnceWhatItKnewIsTooOld) {
    bind(kFirst, "a", "+34600000001");
    turn(8);
    const auto before = generation();
    const auto copy = store_.records;
    for (int i = 0; i < 20; ++i) {
        turn(1);
        clock_.advance(std::chrono::minutes{1});
    }
    release(kFirst, "a");
    turn(4);
    ASSERT_EQ(ask(), "off_network");
    store_.records = copy;
    store_.life = "restored";
    EXPECT_NE(standing(), Standing::usable);

    turn(30);

    EXPECT_NE(generation(), before);
    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "off_network");
}

// One outage takes a primary and the newest records of the broker: nobody may wait for offsets that
// a quiet feed reaches again in hours, nor take other records for those that were there.
TEST_F(RebuildTest, AFailoverTogetherWithALostTailOfTheLogMeansRebuilding) {
    turn(12);
    bind(kFirst, "a", "+34600000001");
    turn(4);
    ASSERT_EQ(ask(), "+34600000001");
    const auto before = generation();
    feed_->commit();
    ingest_.reset();
    auto& log = topics_.at_or_die(kFirst);
    while (log.records.size() > 3) {
        log.records.pop_back();
    }
    log.committed = log.end();
    store_.life = "life-2";
    start();

    turn(4, false);
    EXPECT_TRUE(logged(messages::feed_lost_records));
    turn(8);

    EXPECT_NE(generation(), before);
    EXPECT_EQ(standing(), Standing::usable);
    EXPECT_EQ(ask(), "off_network") << "its bind is lost, and nothing of before is believed";
}

}  // namespace
}  // namespace numproof
