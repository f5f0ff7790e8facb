// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/heap.h"

#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace numproof {
namespace {

MonoTime at(std::int64_t seconds) {
    return MonoTime{} + std::chrono::seconds{seconds};
}

TEST(HeapCare, WaitsUntilReadingHasComeToRest) {
    HeapCare care;
    EXPECT_FALSE(care.due(0, at(0)));
    EXPECT_FALSE(care.due(20'000, at(1)));
    EXPECT_FALSE(care.due(40'000, at(2)));
    EXPECT_TRUE(care.due(40'010, at(3)));
    EXPECT_FALSE(care.due(40'020, at(4)));
}

TEST(HeapCare, LeavesALittleReadingAlone) {
    HeapCare care;
    for (int second = 0; second < 100; ++second) {
        EXPECT_FALSE(care.due(static_cast<std::uint64_t>(second) * 49, at(second)));
    }
}

TEST(HeapCare, DoesNotWaitForARestForEver) {
    HeapCare care;
    std::vector<int> given;
    for (int second = 0; second <= 1300; ++second) {
        if (care.due(static_cast<std::uint64_t>(second) * 1000, at(second))) {
            given.push_back(second);
        }
    }
    EXPECT_EQ(given, (std::vector{600, 1200}));
}

TEST(HeapCare, LooksOnceASecondHoweverOftenItIsAsked) {
    HeapCare care;
    EXPECT_FALSE(care.due(0, at(0)));
    EXPECT_FALSE(care.due(20'000, at(1)));
    EXPECT_FALSE(care.due(20'000, at(1) + Milliseconds{100}));
    EXPECT_TRUE(care.due(20'000, at(2)));
}

// Sanitizers have an allocator of their own, which keeps what is freed.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

std::size_t resident_bytes() {
    std::size_t total = 0;
    std::size_t resident = 0;
    std::ifstream{"/proc/self/statm"} >> total >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// As a feed does: many small things and some large ones, made by a thread of its own, and what
// stays lies behind what goes.
TEST(Heap, GoesBackToTheSystem) {
    constexpr std::size_t kMany = 200'000;
    bound_heap();
    const auto before = resident_bytes();
    std::vector<std::unique_ptr<char[]>> passing;
    std::unique_ptr<char[]> stays;
    std::thread{[&] {
        for (std::size_t i = 0; i < kMany; ++i) {
            passing.push_back(std::make_unique<char[]>(i % 1000 == 0 ? 500'000 : 300));
        }
        stays = std::make_unique<char[]>(300);
    }}.join();
    const auto most = resident_bytes();
    ASSERT_GT(most, before + 100'000'000);

    passing.clear();
    give_back_heap();

    EXPECT_LT(resident_bytes(), before + 10'000'000);
}

#endif

}  // namespace
}  // namespace numproof
