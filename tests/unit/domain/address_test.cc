// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain/address.h"

#include <gtest/gtest.h>

namespace numproof {
namespace {

TEST(IpAddress, ReadsAndWritesCanonicalText) {
    EXPECT_EQ(IpAddress::parse("10.45.0.7")->to_text(), "10.45.0.7");
    EXPECT_EQ(IpAddress::parse("2001:DB8:0:0::1")->to_text(), "2001:db8::1");
    EXPECT_EQ(IpAddress::parse("::ffff:10.45.0.7")->to_text(), "10.45.0.7");
}

TEST(IpAddress, RefusesEverythingElse) {
    for (const auto* text :
         {"",
          "10.45.0",
          "10.45.0.256",
          "010.45.0.7",
          "[::1]",
          "::1%lo",
          "::1/64",
          " 10.0.0.1",
          "1:2:3:4:5:6:7:8:9"}) {
        EXPECT_FALSE(IpAddress::parse(text).has_value()) << text;
    }
}

TEST(IpPrefix, ContainsItsAddressesAndNoOthers) {
    const auto prefix = IpPrefix::parse("2001:db8:45:7::/64").value();

    EXPECT_TRUE(prefix.contains(IpAddress::parse("2001:db8:45:7:1::2").value()));
    EXPECT_FALSE(prefix.contains(IpAddress::parse("2001:db8:45:8::").value()));
    EXPECT_FALSE(prefix.contains(IpAddress::parse("10.0.0.1").value()));
    EXPECT_TRUE(IpPrefix::parse("0.0.0.0/0")->contains(IpAddress::parse("8.8.8.8").value()));
}

TEST(IpPrefix, RefusesHostBitsAndImpossibleLengths) {
    for (const auto* text : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "::/129", "10.0.0.0/8x"}) {
        EXPECT_FALSE(IpPrefix::parse(text).has_value()) << text;
    }
}

TEST(PortRange, OverlapsAndCovers) {
    constexpr PortRange kLow{.low = 20000, .high = 29999};
    constexpr PortRange kNext{.low = 30000, .high = 39999};

    EXPECT_FALSE(kLow.overlaps(kNext));
    EXPECT_TRUE(kLow.overlaps({.low = 29999, .high = 30000}));
    EXPECT_TRUE(PortRange{}.covers(kLow));
    EXPECT_FALSE(kLow.covers(PortRange{}));
}

}  // namespace
}  // namespace numproof
