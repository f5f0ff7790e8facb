// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/bearer.h"

#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace numproof {
namespace {

http::Request with(std::vector<std::string_view> values) {
    http::Request request;
    for (const auto value : values) {
        request.fields.push_back({"Authorization", value});
    }
    return request;
}

TEST(Bearer, TakesTheTokenWhateverTheCaseOfTheScheme) {
    for (const auto value :
         {"Bearer abc-._~+/123==",
          "bearer abc-._~+/123==",
          "BEARER abc-._~+/123==",
          "Bearer   abc-._~+/123=="}) {
        const auto token = read_bearer(with({value}));
        ASSERT_TRUE(token.has_value()) << value;
        EXPECT_EQ(token->reveal(), "abc-._~+/123==");
    }
}

TEST(Bearer, WithoutFieldTokenOrSchemeThereAreNoCredentials) {
    EXPECT_EQ(read_bearer(http::Request{}).error(), Problem::no_credentials);
    for (const auto value : {"", "Bearer", "Bearer ", "Basic YTpi", "Bearerabc", "abc", "DPoP x"}) {
        EXPECT_EQ(read_bearer(with({value})).error(), Problem::no_credentials) << value;
    }
}

TEST(Bearer, AMalformedTokenIsABadOne) {
    for (const auto value :
         {"Bearer a b",
          "Bearer a,b",
          "Bearer =",
          "Bearer a=b",
          "Bearer \"a\"",
          "Bearer caf\xC3\xA9",
          "Bearer a\tb"}) {
        EXPECT_EQ(read_bearer(with({value})).error(), Problem::bad_token) << value;
    }
}

TEST(Bearer, SeveralFieldsAreABadToken) {
    EXPECT_EQ(read_bearer(with({"Bearer abc", "Bearer abc"})).error(), Problem::bad_token);
}

}  // namespace
}  // namespace numproof
