// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/scalar_text.h"

#include <chrono>

#include <gtest/gtest.h>

namespace numproof {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(ParseDuration, TakesAWholeNumberWithAUnit) {
    EXPECT_EQ(parse_duration("250ms"), Milliseconds{250});
    EXPECT_EQ(parse_duration("0s"), Milliseconds{0});
    EXPECT_EQ(parse_duration("120s"), seconds{120});
    EXPECT_EQ(parse_duration("24h"), hours{24});
}

TEST(ParseDuration, RefusesEverythingElse) {
    for (const auto* text :
         {"",
          "5",
          "s",
          "5 s",
          " 5s",
          "5s ",
          "-5s",
          "+5s",
          "1.5s",
          "5S",
          "5sec",
          "5d",
          "1h30m",
          "99999999999999999999h",
          "72057594037927937ms"}) {
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
    }
}

TEST(ParseSize, TakesAWholeNumberWithAUnit) {
    EXPECT_EQ(parse_size("512B"), 512U);
    EXPECT_EQ(parse_size("8KiB"), 8192U);
    EXPECT_EQ(parse_size("1GiB"), 1073741824U);
}

TEST(ParseSize, RefusesEverythingElse) {
    for (const auto* text : {"", "8", "8K", "8KB", "8kib", "KiB", "8 KiB", "-1B", "0x8B"}) {
        EXPECT_EQ(parse_size(text), std::nullopt) << text;
    }
}

TEST(ParseDecimal, TakesDigitsWithAtMostOnePoint) {
    EXPECT_EQ(parse_decimal("0.5"), 0.5);
    EXPECT_EQ(parse_decimal("500"), 500.0);
    for (const auto* text : {"", ".5", "-1", "+1", "1e3", "inf", "nan", "1,5", "0x1"}) {
        EXPECT_EQ(parse_decimal(text), std::nullopt) << text;
    }
}

TEST(ParseInteger, TakesDigitsOnly) {
    EXPECT_EQ(parse_integer("64"), 64);
    EXPECT_EQ(parse_integer("-1"), -1);
    for (const auto* text : {"", "1.0", "0x10", "1_000", " 1", "9223372036854775808"}) {
        EXPECT_EQ(parse_integer(text), std::nullopt) << text;
    }
}

TEST(QuantityText, UsesTheLargestUnitThatFits) {
    EXPECT_EQ(duration_text(Milliseconds{250}), "250ms");
    EXPECT_EQ(duration_text(seconds{120}), "2m");
    EXPECT_EQ(duration_text(Milliseconds{0}), "0s");
    EXPECT_EQ(size_text(1048576), "1MiB");
    EXPECT_EQ(size_text(1025), "1025B");
    EXPECT_EQ(size_text(0), "0B");
}

}  // namespace
}  // namespace numproof
