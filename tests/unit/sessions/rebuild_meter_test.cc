// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/rebuild_meter.h"

#include <gtest/gtest.h>

namespace numproof {
namespace {

MonoTime at_ms(std::int64_t ms) {
    return MonoTime{Milliseconds{ms}};
}

TEST(RebuildMeter, KnowsNoRateBeforeSomethingHasMoved) {
    RebuildMeter meter;
    EXPECT_EQ(meter.progress().total, 0);
    meter.note(at_ms(0), 0, 1000);
    meter.note(at_ms(500), 0, 1000);

    EXPECT_EQ(meter.progress().per_second, 0);
    EXPECT_EQ(meter.progress().left, std::nullopt);
    EXPECT_EQ(meter.progress().percent(), 0);
}

TEST(RebuildMeter, TellsTheRateAndWhatIsLeft) {
    RebuildMeter meter;
    for (int i = 0; i <= 20; ++i) {
        meter.note(at_ms(200 * i), 50 * i, 4000);
    }

    const auto progress = meter.progress();
    EXPECT_EQ(progress.done, 1000);
    EXPECT_EQ(progress.percent(), 25);
    EXPECT_NEAR(progress.per_second, 250, 1);
    ASSERT_TRUE(progress.left);
    EXPECT_NEAR(static_cast<double>(progress.left->count()), 12000, 100);
}

TEST(RebuildMeter, WhatWasLongAgoCountsNoMore) {
    RebuildMeter meter;
    for (int second = 0; second <= 10; ++second) {
        meter.note(at_ms(1000 * second), 1000 * second, 100000);
    }
    for (int second = 11; second <= 40; ++second) {
        meter.note(at_ms(1000 * second), 10000 + 10 * (second - 10), 100000);
    }

    EXPECT_NEAR(meter.progress().per_second, 10, 0.1);
}

TEST(RebuildMeter, FewerThanBeforeBeginsAnew) {
    RebuildMeter meter;
    meter.note(at_ms(0), 0, 100);
    meter.note(at_ms(1000), 90, 100);
    meter.note(at_ms(2000), 10, 200);

    EXPECT_EQ(meter.progress().done, 10);
    EXPECT_EQ(meter.progress().total, 200);
    EXPECT_EQ(meter.progress().left, std::nullopt);
}

TEST(RebuildMeter, AHundredPercentIsOnlyAllOfIt) {
    EXPECT_EQ((RebuildProgress{.done = 999'999, .total = 1'000'000, .left = {}}).percent(), 99);
    EXPECT_EQ((RebuildProgress{.done = 5, .total = 5, .left = {}}).percent(), 100);
    EXPECT_EQ((RebuildProgress{.done = 0, .total = 0, .left = {}}).percent(), 100);
}

}  // namespace
}  // namespace numproof
