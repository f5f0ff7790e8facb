// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/msisdn.h"

#include <gtest/gtest.h>

namespace numproof {
namespace {

TEST(Msisdn, AcceptsE164WithItsPlus) {
    for (const auto* text : {"+12345", "+34600000001", "+123456789012345"}) {
        EXPECT_EQ(Msisdn::parse(text)->reveal(), text);
    }
}

TEST(Msisdn, RefusesEverythingElse) {
    for (const auto* text :
         {"",
          "+",
          "34600000001",
          "+0123456",
          "+1234",
          "+1234567890123456",
          "++34600000001",
          "+34 600",
          "+3460000000a",
          "+34600000001\n"}) {
        EXPECT_FALSE(Msisdn::parse(text).has_value()) << text;
    }
}

TEST(Msisdn, PlusOptionalReadsBothForms) {
    EXPECT_EQ(Msisdn::parse_plus_optional("34600000001")->reveal(), "+34600000001");
    EXPECT_EQ(Msisdn::parse_plus_optional("+34600000001")->reveal(), "+34600000001");
    EXPECT_FALSE(Msisdn::parse_plus_optional("0034600000001").has_value());
}

TEST(Imsi, SixToFifteenDigits) {
    EXPECT_TRUE(Imsi::parse("214010000000001").has_value());
    EXPECT_FALSE(Imsi::parse("21401").has_value());
    EXPECT_FALSE(Imsi::parse("2140100000000012").has_value());
    EXPECT_FALSE(Imsi::parse("imsi-214010000000001").has_value());
}

}  // namespace
}  // namespace numproof
