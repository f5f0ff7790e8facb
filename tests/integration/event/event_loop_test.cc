// SPDX-License-Identifier: Apache-2.0
#include "adapters/event/event_loop.h"

#include <thread>

#include <gtest/gtest.h>

namespace numproof {
namespace {

TEST(EventLoop, RunsWhatWasPostedBeforeItWasStopped) {
    EventLoop loop;
    bool has_run = false;
    loop.post([&] {
        loop.post([&] { has_run = true; });
        loop.stop();
    });

    loop.run();

    EXPECT_TRUE(has_run);
}

TEST(EventLoop, RunsWhatAnotherThreadPostedBeforeItStoppedIt) {
    for (int turn = 0; turn < 200; ++turn) {
        EventLoop loop;
        std::thread thread{[&] { loop.run(); }};
        int has_run = 0;
        for (int work = 0; work < 10; ++work) {
            loop.post([&] { ++has_run; });
        }
        loop.stop();
        thread.join();
        ASSERT_EQ(has_run, 10);
    }
}

}  // namespace
}  // namespace numproof
