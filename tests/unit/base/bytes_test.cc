// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/bytes.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace numproof {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// RFC 4648 section 10, and two values that tell the two alphabets apart.
const Pairs kBase64Vectors{
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xff", "+/8="},
};

TEST(Base64, ReadsWhatItWrites) {
    for (const auto& [octets, text] : kBase64Vectors) {
        EXPECT_EQ(to_base64(octets), text);
        EXPECT_EQ(parse_base64(text).value(), octets) << text;
    }
}

TEST(Base64, RefusesOtherSpellings) {
    for (const auto* text : {"Zg", "Zg=", "Zh==", "Z===", "Zm9v\n", "-_8="}) {
        EXPECT_FALSE(parse_base64(text).has_value()) << text;
    }
}

TEST(Base64Url, ReadsWhatItWrites) {
    const Pairs vectors{{"", ""}, {"f", "Zg"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
    for (const auto& [octets, text] : vectors) {
        EXPECT_EQ(to_base64url(octets), text);
        EXPECT_EQ(parse_base64url(text).value(), octets) << text;
    }
}

TEST(Base64Url, RefusesPaddingAndTheOtherAlphabet) {
    for (const auto* text : {"Zg==", "+/8", "Zh", "Z", "Z g"}) {
        EXPECT_FALSE(parse_base64url(text).has_value()) << text;
    }
}

TEST(Hex, ReadsBothCasesAndWritesLower) {
    EXPECT_EQ(to_hex("\x01\xab\xff"), "01abff");
    EXPECT_EQ(parse_hex("01aBfF").value(), "\x01\xab\xff");
    EXPECT_FALSE(parse_hex("abc").has_value());
    EXPECT_FALSE(parse_hex("0g").has_value());
}

TEST(EqualInConstantTime, ComparesContentAndLength) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

}  // namespace
}  // namespace numproof
