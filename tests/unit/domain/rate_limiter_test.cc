// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/rate_limiter.h"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace numproof {
namespace {

using std::chrono::milliseconds;

constexpr MonoTime kStart{std::chrono::hours{1}};

int admitted_of(RateLimiter& limiter, std::string_view key, int asked, MonoTime now) {
    int admitted = 0;
    for (int i = 0; i < asked; ++i) {
        admitted += limiter.refuse(key, now).has_value() ? 0 : 1;
    }
    return admitted;
}

TEST(RateLimiter, AdmitsTheBurstAtOnceAndThenRefuses) {
    RateLimiter limiter{{.rate = 2, .burst = 5}, 100};

    EXPECT_EQ(admitted_of(limiter, "a", 10, kStart), 5);
    EXPECT_EQ(limiter.refuse("a", kStart), milliseconds{500});
}

TEST(RateLimiter, AdmitsAgainAfterExactlyTheTimeThatItNamed) {
    RateLimiter limiter{{.rate = 2, .burst = 1}, 100};
    ASSERT_EQ(limiter.refuse("a", kStart), std::nullopt);
    const auto wait = limiter.refuse("a", kStart);
    ASSERT_TRUE(wait.has_value());

    EXPECT_NE(limiter.refuse("a", kStart + *wait - milliseconds{1}), std::nullopt);
    EXPECT_EQ(limiter.refuse("a", kStart + *wait), std::nullopt);
}

TEST(RateLimiter, HoldsTheRateOverALongTime) {
    RateLimiter limiter{{.rate = 10, .burst = 3}, 100};
    int admitted = 0;

    for (int ms = 0; ms < 10'000; ms += 10) {
        admitted += admitted_of(limiter, "a", 1, kStart + milliseconds{ms});
    }

    EXPECT_GE(admitted, 100);
    EXPECT_LE(admitted, 103);
}

TEST(RateLimiter, ARefusedRequestCostsNothing) {
    RateLimiter limiter{{.rate = 1, .burst = 1}, 100};
    EXPECT_EQ(admitted_of(limiter, "a", 1000, kStart), 1);

    EXPECT_EQ(limiter.refuse("a", kStart + milliseconds{1000}), std::nullopt);
}

TEST(RateLimiter, KeysDoNotShareABucket) {
    RateLimiter limiter{{.rate = 1, .burst = 2}, 100};
    EXPECT_EQ(admitted_of(limiter, "a", 5, kStart), 2);

    EXPECT_EQ(admitted_of(limiter, "b", 5, kStart), 2);
}

TEST(RateLimiter, AKeyMayHaveALimitOfItsOwn) {
    RateLimiter limiter{{.rate = 1, .burst = 1}, 100};
    const RateLimit own{.rate = 1, .burst = 3};

    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(limiter.refuse("a", own, kStart), std::nullopt);
    }
    EXPECT_NE(limiter.refuse("a", own, kStart), std::nullopt);
}

TEST(RateLimiter, AFloodOfKeysNeverResetsABusyOne) {
    RateLimiter limiter{{.rate = 1, .burst = 2}, 10};
    ASSERT_EQ(admitted_of(limiter, "busy", 5, kStart), 2);

    for (int i = 0; i < 10'000; ++i) {
        (void)limiter.refuse("flood" + std::to_string(i), kStart);
    }

    EXPECT_NE(limiter.refuse("busy", kStart), std::nullopt);
    EXPECT_LE(limiter.size(), 10U);
}

TEST(RateLimiter, KeysWithoutAPlaceShareOneBucket) {
    RateLimiter limiter{{.rate = 1, .burst = 2}, 1};
    ASSERT_EQ(limiter.refuse("first", kStart), std::nullopt);

    EXPECT_EQ(limiter.refuse("second", kStart), std::nullopt);
    EXPECT_EQ(limiter.refuse("third", kStart), std::nullopt);
    EXPECT_NE(limiter.refuse("fourth", kStart), std::nullopt);
}

TEST(RateLimiter, ForgetsBucketsThatAreFullAgain) {
    RateLimiter limiter{{.rate = 100, .burst = 10}, 1000};
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(limiter.refuse(std::to_string(i), kStart), std::nullopt);
    }
    ASSERT_EQ(limiter.size(), 1000U);

    for (int i = 0; i < 400; ++i) {
        (void)limiter.refuse("one", kStart + std::chrono::seconds{10});
    }

    EXPECT_EQ(limiter.size(), 1U);
}

TEST(RateLimiter, SenselessLimitsStillAdmitOneAndThenHold) {
    RateLimiter limiter{{.rate = 0, .burst = 0}, 10};

    EXPECT_EQ(admitted_of(limiter, "a", 100, kStart), 1);
}

TEST(RateLimiter, ThreadsTogetherGetNoMoreThanTheBurst) {
    RateLimiter limiter{{.rate = 0.001, .burst = 100}, 10};
    std::vector<int> admitted(4, 0);
    std::vector<std::thread> threads;

    for (auto& mine : admitted) {
        threads.emplace_back([&limiter, &mine] { mine = admitted_of(limiter, "a", 100, kStart); });
    }
    for (auto& thread : threads) {
        thread.join();
    }

    EXPECT_EQ(admitted[0] + admitted[1] + admitted[2] + admitted[3], 100);
}

}  // namespace
}  // namespace numproof
