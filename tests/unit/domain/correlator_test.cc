// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/correlator.h"

#include <string>

#include <gtest/gtest.h>

namespace numproof {
namespace {

TEST(Correlator, AcceptsTheAlphabetOfCommonalities06) {
    EXPECT_TRUE(is_good_correlator("b4333c46-49c0-4f62-80d7-f0ef930f1c46"));
    EXPECT_TRUE(is_good_correlator("azAZ09-_:;./<>{}"));
    EXPECT_TRUE(is_good_correlator(""));
    EXPECT_TRUE(is_good_correlator(std::string(256, 'x')));
}

TEST(Correlator, RefusesEverythingElse) {
    EXPECT_FALSE(is_good_correlator(std::string(257, 'x')));
    for (int c = 0; c < 256; ++c) {
        const auto allowed =
            std::string_view{"-_:;./<>{}"}.find(static_cast<char>(c)) != std::string_view::npos ||
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        EXPECT_EQ(is_good_correlator(std::string(1, static_cast<char>(c))), allowed) << c;
    }
}

}  // namespace
}  // namespace numproof
