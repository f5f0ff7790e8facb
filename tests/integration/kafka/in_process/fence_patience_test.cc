// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/fence_patience.h"

#include <gtest/gtest.h>

namespace numproof::kafka {
namespace {

using std::chrono::seconds;

constexpr MonoTime at(int second) {
    return MonoTime{seconds{second}};
}

TEST(FencePatience, WaitsLongerEachTimeAndThenNoMore) {
    FencePatience patience;

    EXPECT_EQ(patience.note(at(10)), seconds{0});
    EXPECT_EQ(patience.note(at(11)), seconds{1});
    EXPECT_EQ(patience.note(at(13)), seconds{2});
    EXPECT_EQ(patience.note(at(16)), std::nullopt);
    EXPECT_EQ(patience.note(at(17)), std::nullopt);
}

// Brokers that die one after the other: each takes its session timeout of ten seconds.
TEST(FencePatience, IsNotLostWhileCoordinatorsDie) {
    FencePatience patience;
    for (int second = 0; second < 600; second += 10) {
        EXPECT_TRUE(patience.note(at(second)).has_value()) << second;
    }
    EXPECT_EQ(patience.note(at(1000)), seconds{0});
}

}  // namespace
}  // namespace numproof::kafka
