// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/task.h"

#include <memory>

#include <gtest/gtest.h>

#include "tests/fakes/run_task.h"

namespace numproof {
namespace {

Task<int> forty_two() {
    co_return 42;
}

Task<int> doubled() {
    const int once = co_await forty_two();
    co_return once * 2;
}

Task<int> await_pending(Pending<int>& pending) {
    co_return co_await pending;
}

TEST(Task, GivesItsValueToTheAwaiter) {
    EXPECT_EQ(run_now(doubled()), 84);
}

TEST(Task, DoesNothingUntilItIsAwaited) {
    bool ran = false;
    {
        auto task = [](bool& flag) -> Task<void> {
            flag = true;
            co_return;
        }(ran);
    }

    EXPECT_FALSE(ran);
}

TEST(Pending, ResumesTheWaitingTaskWhenItIsCompleted) {
    Pending<int> pending;
    int got = 0;
    spawn(await_pending(pending), [&got](int value) { got = value; });
    EXPECT_EQ(got, 0);

    pending.complete(7);

    EXPECT_EQ(got, 7);
}

TEST(Pending, CompletedFirstDoesNotSuspend) {
    Pending<int> pending;
    pending.complete(9);

    EXPECT_EQ(run_now(await_pending(pending)), 9);
}

// Sanitizers keep GCC from making the tail calls that this is about.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(Task, AMillionSynchronousAwaitsDoNotGrowTheStack) {
    const auto loop = []() -> Task<int> {
        int sum = 0;
        for (int i = 0; i < 1'000'000; ++i) {
            sum += co_await forty_two() == 42 ? 1 : 0;
        }
        co_return sum;
    };

    EXPECT_EQ(run_now(loop()), 1'000'000);
}
#endif

}  // namespace
}  // namespace numproof
