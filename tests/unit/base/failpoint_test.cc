// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/failpoint.h"

#include <csignal>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace numproof {
namespace {

using testing::ExitedWithCode;
using testing::HasSubstr;
using testing::KilledBySignal;

void pass(int times) {
    for (int i = 0; i < times; ++i) {
        NP_FAILPOINT("spool.before_sync");
        NP_FAILPOINT("spool.after_sync");
    }
}

TEST(FailpointDeathTest, KillsAtTheCountThatWasArmed) {
    EXPECT_EXIT(
        {
            const auto armed = arm_failpoint("spool.before_sync:3");
            pass(2);
            std::fputs(armed ? "two are behind us\n" : "not armed\n", stderr);
            pass(1);
            std::exit(0);
        },
        KilledBySignal(SIGKILL),
        "two are behind us"
    );
}

TEST(FailpointDeathTest, OthersThanTheArmedOneDoNothing) {
    EXPECT_EXIT(
        {
            const auto armed = arm_failpoint("spool.rotate");
            pass(5);
            std::exit(armed ? 7 : 1);
        },
        ExitedWithCode(7),
        ""
    );
}

TEST(FailpointDeathTest, TheEnvironmentArms) {
    EXPECT_EXIT(
        {
            ::setenv("NUMPROOF_FAILPOINT", "spool.after_sync", 1);
            const auto armed = arm_failpoint_of_environment();
            std::fputs(std::string{armed.value_or("")}.c_str(), stderr);
            pass(1);
            std::exit(0);
        },
        KilledBySignal(SIGKILL),
        "spool.after_sync"
    );
}

TEST(Failpoint, WhatNamesNoneIsRefused) {
    for (const char* const text :
         {"",
          "spool",
          "spool.before_synk",
          "spool.rotate:",
          "spool.rotate:0",
          "spool.rotate:-1",
          "spool.rotate:1x",
          "spool.rotate:x"}) {
        const auto armed = arm_failpoint(text);
        ASSERT_FALSE(armed) << text;
        EXPECT_THAT(armed.error().detail, HasSubstr(text));
        EXPECT_FALSE(failpoint_armed);
    }
}

TEST(Failpoint, NothingArmedIsNoError) {
    ::unsetenv("NUMPROOF_FAILPOINT");
    const auto armed = arm_failpoint_of_environment();
    ASSERT_TRUE(armed);
    EXPECT_EQ(*armed, "");
    pass(1);
    EXPECT_FALSE(failpoint_armed);
}

}  // namespace
}  // namespace numproof
