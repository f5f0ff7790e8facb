// SPDX-License-Identifier: Apache-2.0
#include "daemon/ports/store_life.h"

#include <gtest/gtest.h>

namespace numproof {
namespace {

const StoreMember kFirst{.node = "n1", .data = "d1", .followed = {}, .life = "1"};
const StoreMember kSecond{.node = "n2", .data = "d2", .followed = {}, .life = "1"};
const StoreMember kThird{.node = "n3", .data = "d3", .followed = {}, .life = "1"};
const std::string kBefore = name_of_life({kFirst, kSecond});

TEST(StoreLife, IsNamedTheSameInWhateverOrderItsServersCome) {
    EXPECT_EQ(name_of_life({kSecond, kFirst}), kBefore);
    EXPECT_NE(name_of_life({kFirst, kThird}), kBefore);
    EXPECT_NE(name_of_life({kFirst}), kBefore);
}

TEST(StoreLife, OfOnePieceContinuesWhateverHappenedToItsServer) {
    EXPECT_TRUE(continues("run-1/-1-00000000", "run-2/-1-00000000"));
}

TEST(StoreLife, OfOnePieceEndsWhenItThrowsSomethingAway) {
    EXPECT_FALSE(continues("run-1/-1-00000000", "run-1/-1-00000000~1"));
    EXPECT_FALSE(continues("run-1/-1-00000000~1", "run-1/-1-00000000~2"));
    EXPECT_TRUE(continues("run-1/-1-00000000~2", "run-1/-1-00000000~2"));
    EXPECT_TRUE(continues("run-1/-1-00000000~2", "run-2/-1-00000000"));
}

TEST(StoreLife, DoesNotContinueInAStoreOfAnotherShape) {
    EXPECT_FALSE(continues("run-1/-1-00000000", kBefore));
    EXPECT_FALSE(continues(kBefore, "run-1/-1-00000000"));
}

TEST(StoreLife, ContinuesWithMoreServersAndWithAnotherStreamOfWrites) {
    auto renamed = kFirst;
    renamed.data = "another";

    EXPECT_TRUE(continues(kBefore, kBefore));
    EXPECT_TRUE(continues(kBefore, name_of_life({kFirst, kSecond, kThird})));
    EXPECT_TRUE(continues(kBefore, name_of_life({renamed, kSecond})));
}

TEST(StoreLife, ContinuesWhereAnotherServerThatFollowedTookOver) {
    auto successor = kThird;
    successor.followed = kSecond.data;

    EXPECT_TRUE(continues(kBefore, name_of_life({kFirst, successor})));
}

TEST(StoreLife, EndsWhereAServerRestartedEvenFromItsOwnData) {
    auto restarted = kSecond;
    restarted.life = "2";
    auto from_disk = restarted;
    from_disk.data = "d9";
    from_disk.followed = kSecond.data;

    EXPECT_FALSE(continues(kBefore, name_of_life({kFirst, restarted})));
    EXPECT_FALSE(continues(kBefore, name_of_life({kFirst, from_disk})));
}

TEST(StoreLife, EndsWhereAServerIsGone) {
    auto stranger = kThird;
    stranger.followed = "somebody";

    EXPECT_FALSE(continues(kBefore, name_of_life({kFirst})));
    EXPECT_FALSE(continues(kBefore, name_of_life({kFirst, kThird})));
    EXPECT_FALSE(continues(kBefore, name_of_life({kFirst, stranger})));
}

}  // namespace
}  // namespace numproof
