// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/standing_watch.h"

#include <gtest/gtest.h>

#include "tests/unit/sessions/directory_fixture.h"

namespace numproof {
namespace {

/// A loop that stops the watch after a number of rounds.
class CountingLoop final : public Loop {
public:
    explicit CountingLoop(FakeClock& clock) noexcept : clock_(clock) {}

    [[nodiscard]] Task<void> sleep(Milliseconds wait) override {
        clock_.advance(wait);
        if (--rounds == 0) {
            watch->stop();
        }
        co_return;
    }

    void post(std::function<void()> work) override { work(); }

    int rounds = 0;
    StandingWatch* watch = nullptr;

private:
    FakeClock& clock_;
};

class StandingWatchTest : public testing::Test {
protected:
    void mark(
        GenerationRecord::Phase phase,
        const Vault& vault,
        std::map<std::string, std::int32_t> partitions = {{"t", 2}}
    ) {
        const GenerationRecord marker{
            .id = "g",
            .secret = SecretKey{std::string(32, 's')},
            .phase = phase,
            .partitions = std::move(partitions)};
        put(store_keys::generation(), sealed_marker(vault, marker));
    }

    void watermark(
        std::int32_t partition,
        WallTime time,
        const std::string& life = "life-1",
        const std::string& topic = "t"
    ) {
        const WatermarkRecord record{.generation = "g", .incarnation = life, .watermark = time};
        put(store_keys::watermark({.topic = topic, .partition = partition}),
            RecordSeal{vault_}.open_to_all(to_stored(record)));
    }

    void put(const std::string& key, Record record) {
        store_.records.insert_or_assign(
            key, std::pair{std::move(record), clock_.mono_now() + std::chrono::hours{1000}}
        );
    }

    /// Whole, and fresh at this moment.
    void make_usable() {
        mark(GenerationRecord::Phase::whole, vault_);
        watermark(0, clock_.wall_now());
        watermark(1, clock_.wall_now());
    }

    Standing look() {
        const auto deadline = Deadline::after(clock_.mono_now(), std::chrono::seconds{1});
        EXPECT_TRUE(run_now(watch_.refresh(deadline)));
        return watch_.basis().standing;
    }

    FakeClock clock_;
    CountingLoop loop_{clock_};
    OpensslCrypto crypto_;
    Vault vault_{crypto_, {name_key(crypto_, SecretKey{std::string(32, 'k')})}};
    MapRecordStore store_{clock_};
    StandingWatch watch_{
        {.store = store_, .clock = clock_, .loop = loop_, .vault = vault_}, StandingLimits{}};
};

TEST_F(StandingWatchTest, KnowsNothingBeforeItHasAsked) {
    EXPECT_EQ(watch_.basis().standing, Standing::starting);
}

TEST_F(StandingWatchTest, R10_NoMarkerOneOfAnotherKeyAndAnUnfinishedOneAreNotUsable) {
    const Vault stranger{crypto_, {name_key(crypto_, SecretKey{std::string(32, 'x')})}};
    EXPECT_EQ(look(), Standing::rebuilding);
    make_usable();
    EXPECT_EQ(look(), Standing::usable);

    mark(GenerationRecord::Phase::whole, stranger);
    EXPECT_EQ(look(), Standing::key_missing);
    EXPECT_NE(watch_.missing_key().find(stranger.key_id()), std::string::npos);
    EXPECT_EQ(watch_.missing_key().find(vault_.key_id()), std::string::npos);

    mark(GenerationRecord::Phase::building, vault_);
    EXPECT_EQ(look(), Standing::rebuilding);
}

TEST_F(StandingWatchTest, R8_TheOldestWatermarkDecidesAndItAgesWithoutAsking) {
    make_usable();
    watermark(1, clock_.wall_now() - Milliseconds{4500});
    ASSERT_EQ(look(), Standing::usable);
    EXPECT_EQ(watch_.basis().watermark_age, Milliseconds{4500});

    clock_.advance(Milliseconds{501});

    EXPECT_EQ(watch_.basis().standing, Standing::stale);
}

// A feed does not say which domains it covers: any of them may hide a hand-over.
TEST_F(StandingWatchTest, R8_TheOldestOfAllFeedsDecides) {
    mark(GenerationRecord::Phase::whole, vault_, {{"t", 2}, {"other", 1}});
    watermark(0, clock_.wall_now());
    watermark(1, clock_.wall_now());
    EXPECT_EQ(look(), Standing::stale) << "nothing of the other feed yet";

    watermark(0, clock_.wall_now() - Milliseconds{4000}, "life-1", "other");
    EXPECT_EQ(look(), Standing::usable);
    EXPECT_EQ(watch_.basis().watermark_age, Milliseconds{4000});

    watermark(0, clock_.wall_now() - Milliseconds{5001}, "life-1", "other");
    EXPECT_EQ(look(), Standing::stale);
}

TEST_F(StandingWatchTest, R8_AMissingWatermarkOrOneOfAnotherLifeIsStale) {
    mark(GenerationRecord::Phase::whole, vault_);
    watermark(0, clock_.wall_now());
    EXPECT_EQ(look(), Standing::stale);

    watermark(1, clock_.wall_now(), "life-0");
    EXPECT_EQ(look(), Standing::stale);
}

TEST_F(StandingWatchTest, R8_AWatermarkInTheFutureIsNotFreshAndItsAgeIsNeverNegative) {
    make_usable();
    watermark(0, clock_.wall_now() + Milliseconds{3000});
    watermark(1, clock_.wall_now() + Milliseconds{3000});
    EXPECT_EQ(look(), Standing::usable);
    EXPECT_EQ(watch_.basis().watermark_age, Milliseconds{0});

    watermark(0, clock_.wall_now() + Milliseconds{5001});
    EXPECT_EQ(look(), Standing::stale);
}

TEST_F(StandingWatchTest, R8_AWatermarkBeforeAllTimeIsStaleAndNotFresh) {
    make_usable();
    watermark(1, WallTime::min());

    EXPECT_EQ(look(), Standing::stale);
}

TEST_F(StandingWatchTest, AStoreThatDoesNotAnswerIsUnavailableAfterASecond) {
    make_usable();
    ASSERT_EQ(look(), Standing::usable);
    store_.available = false;

    clock_.advance(Milliseconds{1000});
    EXPECT_EQ(watch_.basis().standing, Standing::usable);
    clock_.advance(Milliseconds{1});
    EXPECT_EQ(watch_.basis().standing, Standing::store_unavailable);

    const auto deadline = Deadline::after(clock_.mono_now(), std::chrono::seconds{1});
    EXPECT_EQ(run_now(watch_.confirm(deadline)).error().code, ErrorCode::store_unavailable);
}

TEST_F(StandingWatchTest, R4_AStepOfTheClockClosesAndGoingBackOpensAgain) {
    make_usable();
    ASSERT_EQ(look(), Standing::usable);

    clock_.step_wall(Milliseconds{1500});
    EXPECT_EQ(watch_.basis().standing, Standing::clock_disagrees);
    EXPECT_EQ(look(), Standing::clock_disagrees);

    clock_.step_wall(Milliseconds{-1500});
    EXPECT_EQ(look(), Standing::usable);
}

TEST_F(StandingWatchTest, R4_ASlowCorrectionIsFollowed) {
    for (int second = 0; second < 3600; ++second) {
        clock_.advance(Milliseconds{1000});
        clock_.step_wall(Milliseconds{1});
        make_usable();
        ASSERT_EQ(look(), Standing::usable) << second;
    }
}

TEST_F(StandingWatchTest, R13_TheFirstLifeOfAnEmptyStoreIsTrustedFromTheBeginning) {
    (void)look();
    make_usable();
    ASSERT_EQ(look(), Standing::usable);

    EXPECT_EQ(watch_.basis().trusted_since, WallTime{});
    EXPECT_EQ(watch_.basis().incarnation, "life-1");
}

TEST_F(StandingWatchTest, R13_AnotherLifeIsTrustedFromWhenItWasFirstSeen) {
    (void)look();
    make_usable();
    store_.life = "life-2";
    clock_.advance(Milliseconds{100});
    const auto seen = clock_.wall_now();

    (void)look();
    clock_.advance(Milliseconds{100});
    (void)look();

    EXPECT_EQ(watch_.basis().trusted_since, seen);
    EXPECT_EQ(watch_.basis().incarnation, "life-2");
}

TEST_F(StandingWatchTest, R10_AnotherLifeClosesBeforeAnythingOfItIsRead) {
    make_usable();
    ASSERT_EQ(look(), Standing::usable);
    store_.life = "life-2";
    store_.reads_fail = true;

    const auto deadline = Deadline::after(clock_.mono_now(), std::chrono::seconds{1});
    EXPECT_FALSE(run_now(watch_.refresh(deadline)));

    EXPECT_NE(watch_.basis().standing, Standing::usable);
}

TEST_F(StandingWatchTest, R10_NothingIsConfirmedAcrossTwoLives) {
    make_usable();
    ASSERT_EQ(look(), Standing::usable);
    // It came back and was filled again between a reading and its confirmation.
    store_.life = "life-2";
    watermark(0, clock_.wall_now(), "life-2");
    watermark(1, clock_.wall_now(), "life-2");

    const auto deadline = Deadline::after(clock_.mono_now(), std::chrono::seconds{1});
    const auto across = run_now(watch_.confirm(deadline));
    const auto within = run_now(watch_.confirm(deadline));

    EXPECT_NE(across.value(), Standing::usable);
    EXPECT_EQ(within.value(), Standing::usable);
}

TEST_F(StandingWatchTest, R13_ARestartOfOursKeepsWhatTheStoreSaysOfItsLife) {
    (void)look();
    make_usable();
    clock_.advance(Milliseconds{5000});
    StandingWatch restarted{
        {.store = store_, .clock = clock_, .loop = loop_, .vault = vault_}, StandingLimits{}};

    const auto deadline = Deadline::after(clock_.mono_now(), std::chrono::seconds{1});
    ASSERT_TRUE(run_now(restarted.refresh(deadline)));

    EXPECT_EQ(restarted.basis().trusted_since, WallTime{});
}

TEST_F(StandingWatchTest, R13_AWholeDirectoryWithoutARecordOfItsLifeIsNotTrustedFromTheBeginning) {
    make_usable();

    (void)look();

    EXPECT_EQ(watch_.basis().trusted_since, clock_.wall_now());
}

TEST_F(StandingWatchTest, RunsUntilItIsStopped) {
    make_usable();
    loop_.rounds = 5;
    loop_.watch = &watch_;

    run_now(watch_.run());

    EXPECT_EQ(watch_.basis().standing, Standing::usable);
    EXPECT_EQ(loop_.rounds, 0);
}

}  // namespace
}  // namespace numproof
