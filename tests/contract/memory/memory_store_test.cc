// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/memory_store.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"

namespace numproof {
namespace {

constexpr Milliseconds kKeep{1000};

Replacement session(int number) {
    return {
        .key = "np:s:" + std::to_string(number),
        .expected = {},
        .record = {.revision = "revision", .value = "value"},
        .keep = kKeep};
}

TEST(MemoryStore, DoesNotGrowBeyondWhatIsAlive) {
    FakeClock clock;
    MemoryStore store{clock};
    constexpr int kPerRound = 1000;

    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < kPerRound; ++i) {
            ASSERT_TRUE(store.replace({session(round * kPerRound + i)}).front().replaced);
        }
        clock.advance(kKeep);
    }

    EXPECT_LE(store.size(), 3U * kPerRound);
}

TEST(MemoryStore, SweepsAwayOnlyWhatIsDead) {
    FakeClock clock;
    MemoryStore store{clock};
    auto lasting = session(0);
    lasting.keep = std::chrono::hours{1};
    static_cast<void>(store.replace({lasting}));

    for (int i = 1; i < 5000; ++i) {
        static_cast<void>(store.replace({session(i)}));
        clock.advance(Milliseconds{1});
    }

    EXPECT_TRUE(store.read({lasting.key}).front().has_value());
    EXPECT_TRUE(store.read({session(4999).key}).front().has_value());
    EXPECT_LT(store.size(), 4000U);
}

TEST(MemoryStore, ForgetsNamesThatWereUsed) {
    FakeClock clock;
    MemoryStore store{clock};

    for (int i = 0; i < 5000; ++i) {
        EXPECT_TRUE(store.first_use(std::to_string(i), Milliseconds{100}));
        clock.advance(Milliseconds{1});
    }

    EXPECT_LE(store.size(), 1000U);
}

TEST(MemoryStore, LivesAnotherLifeEachTime) {
    FakeClock clock;
    const MemoryStore one{clock};
    const MemoryStore other{clock};

    EXPECT_NE(one.incarnation(), other.incarnation());
}

}  // namespace
}  // namespace numproof
