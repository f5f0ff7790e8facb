// SPDX-License-Identifier: Apache-2.0
#include "daemon/token/field_stream.h"

#include <limits>

#include <gtest/gtest.h>

namespace numproof {
namespace {

TEST(FieldStream, ReadsBackWhatWasWritten) {
    FieldWriter out;
    out.text("abc");
    out.integer(-5);
    out.text("");
    out.integer(std::numeric_limits<std::int64_t>::max());
    out.text(std::string(65535, 'x'));
    const auto octets = std::move(out).take();

    FieldReader in{octets};

    EXPECT_EQ(in.text(), "abc");
    EXPECT_EQ(in.integer(), -5);
    EXPECT_EQ(in.text(), "");
    EXPECT_EQ(in.integer(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(in.text().size(), 65535U);
    EXPECT_TRUE(in.ended_well());
}

TEST(FieldStream, SaysWhenAFieldIsCutOff) {
    FieldWriter out;
    out.text("abc");
    out.integer(1);
    const auto octets = std::move(out).take();
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const auto cut = octets.substr(0, i);
        FieldReader in{cut};
        static_cast<void>(in.text());
        static_cast<void>(in.integer());
        EXPECT_FALSE(in.ended_well()) << i;
    }
}

TEST(FieldStream, SaysWhenSomethingIsLeft) {
    FieldWriter out;
    out.text("abc");
    const auto octets = std::move(out).take() + "x";
    FieldReader in{octets};

    EXPECT_EQ(in.text(), "abc");
    EXPECT_FALSE(in.ended_well());
}

TEST(FieldStream, NoTwoListsOfFieldsGiveTheSameOctets) {
    FieldWriter one;
    one.text("ab");
    one.text("c");
    FieldWriter other;
    other.text("a");
    other.text("bc");

    EXPECT_NE(std::move(one).take(), std::move(other).take());
}

}  // namespace
}  // namespace numproof
