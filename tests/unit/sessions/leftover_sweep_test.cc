// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/leftover_sweep.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "tests/fakes/memory_log.h"
#include "tests/unit/sessions/directory_fixture.h"

namespace numproof {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

/// Names in a set, two at a time.
class SetWalk final : public KeyWalk {
public:
    std::set<std::string> names;
    std::function<void()> after_look = [] {};
    bool available = true;
    int looks = 0;

    [[nodiscard]] Task<Result<Page>> look(std::string from, Deadline /*deadline*/) override {
        ++looks;
        if (!available) {
            co_return fail(ErrorCode::store_unavailable, "scripted");
        }
        Page page{.names = {}, .next = {}, .life = "life-1"};
        auto at = names.lower_bound(from);
        for (; at != names.end() && page.names.size() < 2; ++at) {
            page.names.push_back(*at);
        }
        page.next = at == names.end() ? std::string{} : *at;
        after_look();
        co_return page;
    }

    [[nodiscard]] Task<Result<void>> forget(
        std::vector<std::string> gone, std::string life, Deadline /*deadline*/
    ) override {
        EXPECT_EQ(life, "life-1");
        for (const auto& name : gone) {
            names.erase(name);
        }
        co_return Result<void>{};
    }
};

/// Time passes while it sleeps, until the test's time is over.
class PassingLoop final : public Loop {
public:
    explicit PassingLoop(FakeClock& clock) noexcept : clock_(clock) {}

    [[nodiscard]] Task<void> sleep(Milliseconds wait) override {
        clock_.advance(wait);
        if (clock_.mono_now() >= end) {
            sweep->stop();
        }
        co_return;
    }

    void post(std::function<void()> work) override { work(); }

    MonoTime end;
    LeftoverSweep* sweep = nullptr;

private:
    FakeClock& clock_;
};

class LeftoverSweepTest : public testing::Test {
protected:
    LeftoverSweepTest() {
        loop_.sweep = &sweep_;
        begin("new", GenerationRecord::Phase::whole);
        for (const auto* const mark : {"OLD1", "OLD2"}) {
            for (const auto& name : names_with(mark)) {
                walk_.names.insert(name);
            }
        }
    }

    void begin(const std::string& id, GenerationRecord::Phase phase) {
        const GenerationRecord made{
            .id = id,
            .secret = SecretKey{id + std::string(32 - id.size(), 's')},
            .phase = phase,
            .partitions = {{"t", 1}}};
        store_.records.insert_or_assign(
            store_keys::generation(),
            std::pair{sealed_marker(vault_, made), clock_.mono_now() + std::chrono::hours{1000}}
        );
        vault_.adopt(made.id, made.secret);
        for (const auto& name : names_with(vault_.mark())) {
            walk_.names.insert(name);
        }
    }

    static std::vector<std::string> names_with(const std::string& mark) {
        return {
            "np:a:" + mark + ":internet:10.45.0.0-127",
            "np:i:" + mark + ":0008",
            "np:{abc}:u:1" + mark};
    }

    void run_for(Milliseconds time, bool leads = true) {
        loop_.end = clock_.mono_now() + time;
        run_now(sweep_.run([leads] { return leads; }));
    }

    std::size_t left_with(const std::string& mark) const {
        const auto names = names_with(mark);
        return static_cast<std::size_t>(std::ranges::count_if(names, [this](const auto& name) {
            return walk_.names.contains(name);
        }));
    }

    FakeClock clock_;
    PassingLoop loop_{clock_};
    OpensslCrypto crypto_;
    Vault vault_{crypto_, {name_key(crypto_, SecretKey{std::string(32, 'k')})}};
    MapRecordStore store_{clock_};
    SetWalk walk_;
    MemoryLog log_;
    Counter removed_;
    SweepPace pace_;
    LeftoverSweep sweep_{
        {.walk = walk_,
         .store = store_,
         .clock = clock_,
         .loop = loop_,
         .vault = vault_,
         .log = log_,
         .removed = removed_},
        pace_};
};

TEST_F(LeftoverSweepTest, RemovesWhatHasAnotherMarkAndNothingElse) {
    walk_.names.insert("np:somebody");
    walk_.names.insert("other:a:OLD1:x");

    run_for(pace_.settle + std::chrono::minutes{1});

    auto left = names_with(vault_.mark());
    left.insert(left.end(), {"np:somebody", "other:a:OLD1:x"});
    EXPECT_THAT(walk_.names, testing::UnorderedElementsAreArray(left));
    EXPECT_EQ(removed_.value(), 6U);
    ASSERT_EQ(log_.lines().size(), 1U);
    EXPECT_THAT(log_.lines().front(), HasSubstr("NP-INGEST-021"));
}

TEST_F(LeftoverSweepTest, WaitsUntilNoFailoverCanBringTheFormerDirectoryBack) {
    run_for(pace_.settle - Milliseconds{1});

    EXPECT_EQ(walk_.looks, 0);
    EXPECT_EQ(left_with("OLD1"), 3U);
}

TEST_F(LeftoverSweepTest, HappensOnceForEachGeneration) {
    run_for(pace_.settle + std::chrono::minutes{1});
    const auto looks = walk_.looks;
    LeftoverSweep again{
        {.walk = walk_,
         .store = store_,
         .clock = clock_,
         .loop = loop_,
         .vault = vault_,
         .log = log_,
         .removed = removed_},
        pace_};
    loop_.sweep = &again;
    loop_.end = clock_.mono_now() + std::chrono::hours{1};
    run_now(again.run([this] {
        if (clock_.mono_now() + std::chrono::minutes{30} > loop_.end &&
            vault_.generation() == "new") {
            begin("newest", GenerationRecord::Phase::whole);
        }
        return true;
    }));

    EXPECT_LE(walk_.looks, 3 * looks) << "one walk for each of two generations";
    EXPECT_GT(walk_.looks, looks);
    EXPECT_EQ(walk_.names.size(), 3U);
    EXPECT_EQ(left_with(vault_.mark()), 3U);
}

TEST_F(LeftoverSweepTest, IsNotTheTaskOfANodeThatDoesNotLead) {
    run_for(std::chrono::hours{1}, false);

    EXPECT_EQ(walk_.looks, 0);
}

TEST_F(LeftoverSweepTest, DoesNotBeginWhileTheDirectoryIsBuilt) {
    begin("newest", GenerationRecord::Phase::building);

    run_for(std::chrono::hours{1});

    EXPECT_EQ(walk_.looks, 0);
}

// What is found while another directory begins may be part of it.
TEST_F(LeftoverSweepTest, RemovesNothingThatWasFoundWhileAnotherDirectoryBegan) {
    walk_.after_look = [this] {
        if (vault_.generation() == "new") {
            begin("newest", GenerationRecord::Phase::building);
        }
    };

    run_for(pace_.settle + std::chrono::minutes{5});

    EXPECT_EQ(walk_.looks, 1);
    EXPECT_EQ(removed_.value(), 0U);
    EXPECT_EQ(left_with(vault_.mark()), 3U);
    EXPECT_EQ(left_with("OLD1"), 3U);
}

TEST_F(LeftoverSweepTest, IsTriedAgainAfterAWhileWhenTheStoreFails) {
    walk_.available = false;
    run_for(pace_.settle + pace_.retry_after / 2);
    EXPECT_EQ(walk_.looks, 1);
    EXPECT_THAT(log_.lines().front(), HasSubstr("NP-INGEST-022"));
}

TEST(StoreKeys, HaveTheMarkOfTheirGeneration) {
    EXPECT_EQ(store_keys::mark_of("np:a:M-_4:internet:10.45.0.0-127"), "M-_4");
    EXPECT_EQ(store_keys::mark_of("np:i:Mark:0008"), "Mark");
    EXPECT_EQ(store_keys::mark_of("np:{0f3}:u:0Mark"), "Mark");
    for (const auto* const other :
         {"np:gen",
          "np:life",
          "np:s:Mark:x",
          "np:w:topic:0",
          "np:g:Mark:",
          "np:a:Mark",
          "np:a:",
          "np:a:toolong:x",
          "np:i:abc:0",
          "np:{0f3}:t:0Mark",
          "np:{0f3}:u:0Mar",
          "np:{0f3}:u:0Marks",
          "np:{0f3}:u:",
          "np:{0f3",
          "np:{",
          ""}) {
        EXPECT_EQ(store_keys::mark_of(other), std::nullopt) << other;
    }
    const auto made = store_keys::address("Mark:internet", *IpPrefix::parse("10.45.0.7/32"));
    EXPECT_EQ(store_keys::mark_of(store_keys::field_of(made)->hash), "Mark");
}

}  // namespace
}  // namespace numproof
