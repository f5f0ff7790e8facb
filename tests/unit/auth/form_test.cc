// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/form.h"

#include <gtest/gtest.h>

namespace numproof {
namespace {

TEST(Form, DecodesEscapesAndBlanks) {
    const auto form = Form::parse("a=1+2%203&b%2Bc=%C3%A9&%61b=x%3D%26").value();

    EXPECT_EQ(form.find("a"), "1 2 3");
    EXPECT_EQ(form.find("b+c"), "\xc3\xa9");
    EXPECT_EQ(form.find("ab"), "x=&");
    EXPECT_EQ(form.find("A"), std::nullopt);
}

TEST(Form, OnlyTheFirstEqualsSignSeparates) {
    EXPECT_EQ(Form::parse("a=b=c").value().find("a"), "b=c");
}

TEST(Form, AParameterWithoutAValueIsAbsent) {
    const auto form = Form::parse("a=&b&&=c&").value();

    EXPECT_EQ(form.find("a"), std::nullopt);
    EXPECT_EQ(form.find("b"), std::nullopt);
    EXPECT_FALSE(form.has_repeats());
    EXPECT_TRUE(Form::parse("").has_value());
}

TEST(Form, SeesRepeatsAlsoWhenWrittenDifferentlyOrEmpty) {
    const auto form = Form::parse("a=1&b=2&%61=3").value();

    EXPECT_TRUE(form.repeats("a"));
    EXPECT_FALSE(form.repeats("b"));
    EXPECT_TRUE(form.has_repeats());
    EXPECT_TRUE(Form::parse("a=1&a=").value().has_repeats());
}

TEST(Form, RefusesBadEscapes) {
    for (const auto* const text : {"a=%", "a=%4", "a=%4g", "a=%%41", "%zz=1", "a=1&b=% 1"}) {
        EXPECT_FALSE(Form::parse(text).has_value()) << text;
    }
}

TEST(Form, HasABound) {
    std::string text;
    for (std::size_t i = 0; i < Form::kParametersMax; ++i) {
        text += "p" + std::to_string(i) + "=1&";
    }

    EXPECT_TRUE(Form::parse(text).has_value());
    EXPECT_FALSE(Form::parse(text + "x=1").has_value());
}

TEST(Form, WhatIsEncodedIsDecodedToTheSame) {
    std::string all;
    for (int c = 0; c < 256; ++c) {
        all.push_back(static_cast<char>(c));
    }

    EXPECT_EQ(decode_form_text(encode_query_text(all)).value(), all);
    EXPECT_EQ(encode_query_text("a b&=/~-._\r\n"), "a%20b%26%3D%2F~-._%0D%0A");
}

}  // namespace
}  // namespace numproof
