// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/verify_command.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/openssl/openssl_crypto.h"

namespace numproof {
namespace {

using Plus = Client::PlusSign;

constexpr std::string_view kDigest =
    "1e41ef79cb1baa05fa88e837a70de6f6ae248454bc8dae474312c0baebe8c7a5";  // of +34612345678

std::string number_body(std::string_view number) {
    return R"({"phoneNumber":")" + std::string{number} + R"("})";
}

std::string digest_body(std::string_view digest) {
    return R"({"hashedPhoneNumber":")" + std::string{digest} + R"("})";
}

class VerifyCommandTest : public testing::Test {
protected:
    Problem problem_of(std::string_view body) {
        const auto asked = reader_.read_body(body, Plus::required);
        return asked ? Problem::internal : asked.error();
    }

    OpensslCrypto crypto_;
    VerifyCommandReader reader_{crypto_};
};

TEST_F(VerifyCommandTest, ANumberIsAskedAsTheDigestOfItsE164Form) {
    const auto asked = reader_.read_body(number_body("+34612345678"), Plus::required);

    ASSERT_TRUE(asked.has_value());
    EXPECT_EQ(asked->form, AskedNumber::Form::number);
    EXPECT_EQ(to_hex(as_view(asked->digest)), kDigest);
}

TEST_F(VerifyCommandTest, ADigestIsTakenInEitherCase) {
    std::string upper{kDigest};
    for (char& c : upper) {
        c = static_cast<char>(std::toupper(c));
    }
    for (const auto& text : {std::string{kDigest}, upper}) {
        const auto asked = reader_.read_body(digest_body(text), Plus::required);
        ASSERT_TRUE(asked.has_value());
        EXPECT_EQ(asked->form, AskedNumber::Form::digest);
        EXPECT_EQ(to_hex(as_view(asked->digest)), kDigest);
    }
}

TEST_F(VerifyCommandTest, BlanksAndEscapesAreJustJson) {
    EXPECT_TRUE(reader_.read_body(
        " \r\n{\"phone\\u004eumber\" :\t\"\\u002b34612345678\"}\n", Plus::required
    ));
}

TEST_F(VerifyCommandTest, OnlyALenientClientMayLeaveOutThePlus) {
    const auto body = number_body("34612345678");

    const auto lenient = reader_.read_body(body, Plus::optional);

    EXPECT_EQ(problem_of(body), Problem::bad_field);
    ASSERT_TRUE(lenient.has_value());
    EXPECT_EQ(to_hex(as_view(lenient->digest)), kDigest);
}

TEST_F(VerifyCommandTest, EachFlawHasItsProblem) {
    const std::string nul = std::string{"{\"phoneNumber\":\"+346"} + '\0' + "12345678\"}";

    const struct {
        std::string body;
        Problem problem;
    } cases[]{
        {"", Problem::missing_body},
        {" ", Problem::unreadable_body},
        {"null", Problem::unreadable_body},
        {"[]", Problem::unreadable_body},
        {"\"+34612345678\"", Problem::unreadable_body},
        {"+34612345678", Problem::unreadable_body},
        {"{", Problem::unreadable_body},
        {"{\"phoneNumber\":\"+34612345678\"", Problem::unreadable_body},
        {"{\"phoneNumber\":\"+34612345678\"}x", Problem::unreadable_body},
        {"{\"phoneNumber\":\"+34612345678\"}{}", Problem::unreadable_body},
        {"{\"phoneNumber\":\"+34612345678\",}", Problem::unreadable_body},
        {"{'phoneNumber':'+34612345678'}", Problem::unreadable_body},
        {"\xEF\xBB\xBF{\"phoneNumber\":\"+34612345678\"}", Problem::unreadable_body},
        {"{\"phoneNumber\":\"+346\xFF\"}", Problem::unreadable_body},
        {"{\"phoneNumber\":\"\\ud800\"}", Problem::unreadable_body},
        {nul, Problem::unreadable_body},
        {std::string(2000, '['), Problem::unreadable_body},
        {"phoneNumber=%2B34612345678", Problem::unreadable_body},
        {"{\"phoneNumber\":\"+34612345678\",\"phoneNumber\":\"+34612345678\"}",
         Problem::unreadable_body},
        {"{\"phoneNumber\":\"+34612345678\",\"phone\\u004eumber\":\"+34612345679\"}",
         Problem::unreadable_body},
        {"{\"x\":1,\"x\":1}", Problem::unreadable_body},
        {"{}", Problem::missing_field},
        {"{\"phoneNumber\":\"+34612345678\",\"hashedPhoneNumber\":\"" + std::string{kDigest} +
             "\"}",
         Problem::both_fields},
        {"{\"additional_property\":\"foo_value\"}", Problem::unknown_field},
        {"{\"phoneNumber\":\"+34612345678\",\"x\":1}", Problem::unknown_field},
        {"{\"PhoneNumber\":\"+34612345678\"}", Problem::unknown_field},
        {"{\"phoneNumber\":34612345678}", Problem::bad_field},
        {"{\"phoneNumber\":null}", Problem::bad_field},
        {"{\"phoneNumber\":[\"+34612345678\"]}", Problem::bad_field},
        {"{\"phoneNumber\":{}}", Problem::bad_field},
        {"{\"hashedPhoneNumber\":true}", Problem::bad_field},
    };

    for (const auto& test : cases) {
        EXPECT_EQ(name_of(problem_of(test.body)), name_of(test.problem)) << test.body;
    }
}

TEST_F(VerifyCommandTest, ANumberThatBreaksThePatternIsABadField) {
    for (const auto* number :
         {"",
          "+",
          "string_value",
          "1234567890",
          "+12334foo22222",
          "+00012230304913849",
          "123",
          "++49565456787",
          "+1234",
          "+1234567890123456",
          "+34612345678\\n",
          " +34612345678",
          "+34 612345678",
          "tel:+34612345678"}) {
        EXPECT_EQ(problem_of(number_body(number)), Problem::bad_field) << number;
    }
    EXPECT_TRUE(reader_.read_body(number_body("+12345"), Plus::required));
    EXPECT_TRUE(reader_.read_body(number_body("+123456789012345"), Plus::required));
}

TEST_F(VerifyCommandTest, ADigestThatIsNot64HexDigitsIsABadField) {
    const std::string good{kDigest};
    for (const auto& digest :
         {std::string{},
          good.substr(1),
          good + "0",
          good.substr(2),
          "g" + good.substr(1),
          " " + good.substr(1),
          std::string(63, 'a') + "\\n"}) {
        EXPECT_EQ(problem_of(digest_body(digest)), Problem::bad_field) << digest;
    }
}

TEST_F(VerifyCommandTest, ABodyOfManyFieldsIsRefusedLikeAnyOther) {
    std::string body = "{";
    for (int i = 0; i < 20'000; ++i) {
        body += "\"f" + std::to_string(i) + "\":0,";
    }
    body += "\"last\":0}";

    EXPECT_EQ(problem_of(body), Problem::unknown_field);
}

TEST_F(VerifyCommandTest, TheReaderIsGoodForTheNextBodyAfterABadOne) {
    (void)reader_.read_body("{\"phoneNumber\":", Plus::required);

    EXPECT_TRUE(reader_.read_body(number_body("+34612345678"), Plus::required));
}

TEST_F(VerifyCommandTest, TheMediaTypeIsCheckedBeforeTheBody) {
    const struct {
        std::vector<http::Field> fields;
        std::string_view body;
        Problem problem;
    } cases[]{
        {{{"Content-Type", "text/plain"}}, "{}", Problem::media_type},
        {{{"Content-Type", "text/plain"}}, "", Problem::media_type},
        {{{"Content-Type", "application/json"}, {"Content-Type", "application/json"}},
         "{}",
         Problem::media_type},
        {{}, "{}", Problem::media_type},
        {{}, "", Problem::missing_body},
        {{{"Content-Type", "application/json"}}, "", Problem::missing_body},
        {{{"Content-Type", "Application/JSON; Charset=UTF-8"}}, "{}", Problem::missing_field},
    };

    for (const auto& test : cases) {
        http::Request request;
        request.fields = test.fields;
        request.body = test.body;
        const auto asked = reader_.read(request, Plus::required);
        ASSERT_FALSE(asked.has_value());
        EXPECT_EQ(name_of(asked.error()), name_of(test.problem));
    }
}

TEST(JsonMediaType, TakesJsonAloneOrInUtf8) {
    for (const auto* good :
         {"application/json",
          "APPLICATION/JSON",
          "application/json;charset=utf-8",
          "application/json ; charset=UTF-8",
          "application/json; charset=\"utf-8\""}) {
        EXPECT_TRUE(is_json_media_type(good)) << good;
    }
    for (const auto* bad :
         {"",
          "application/json;",
          "application/json; charset=latin1",
          "application/jsonp",
          "application/problem+json",
          "text/json",
          "application/json, text/plain",
          "application/json; v=1",
          "application/json; charset=utf-8; v=1",
          "application / json",
          "*/*"}) {
        EXPECT_FALSE(is_json_media_type(bad)) << bad;
    }
}

}  // namespace
}  // namespace numproof
