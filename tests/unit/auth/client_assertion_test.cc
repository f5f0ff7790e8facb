// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/client_assertion.h"

#include "tests/unit/auth/auth_test.h"

namespace numproof {
namespace {

class ClientAssertionTest : public AuthTest {
protected:
    // A code for the client `jwt`.
    std::string code_of_jwt() {
        clock_.advance(std::chrono::seconds{3});
        auto request = good_request();
        request["client_id"] = "jwt";
        return redirect_of(authorize(request))["code"];
    }

    static Parameters exchange(const std::string& code, const std::string& assertion) {
        auto parameters = good_exchange(code);
        parameters.erase("client_id");
        parameters.erase("client_secret");
        parameters["client_assertion_type"] =
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        parameters["client_assertion"] = assertion;
        return parameters;
    }

    std::string in_seconds(std::int64_t offset) const {
        return std::to_string(epoch_ms(clock_.wall_now()) / 1000 + offset);
    }
};

TEST_F(ClientAssertionTest, AGoodAssertionIsEnough) {
    const auto response = token(exchange(code_of_jwt(), assertion()));

    EXPECT_EQ(response.status, 200) << response.body;
}

TEST_F(ClientAssertionTest, TheAudienceIsTheIssuerOrTheTokenEndpoint) {
    int jti = 0;
    for (const auto* const audience :
         {R"("https://idp.example.com")",
          R"("https://idp.example.com/oauth2/token")",
          R"(["https://other.example","https://idp.example.com/oauth2/token"])"}) {
        const auto code = code_of_jwt();
        const auto text = assertion({{"aud", audience}, {"jti", std::to_string(++jti)}});
        EXPECT_EQ(token(exchange(code, text)).status, 401) << "jti must be a text";
        const auto good =
            assertion({{"aud", audience}, {"jti", "\"k" + std::to_string(jti) + "\""}});
        EXPECT_EQ(token(exchange(code, good)).status, 200) << audience;
    }
}

TEST_F(ClientAssertionTest, EachBadClaimIsRefusedAndLeavesTheCodeAlone) {
    const auto code = code_of_jwt();
    const std::vector<std::pair<Parameters, std::string>> cases{
        {{{"iss", R"("app")"}}, "assertion_of_another_client"},
        {{{"iss", ""}}, "assertion_of_another_client"},
        {{{"sub", R"("app")"}}, "client_authentication_failed"},
        {{{"sub", R"("nobody")"}}, "client_authentication_failed"},
        {{{"aud", R"("https://other.example")"}}, "assertion_audience"},
        {{{"aud", R"("https://idp.example.com/")"}}, "assertion_audience"},
        {{{"aud", "[]"}}, "assertion_audience"},
        {{{"aud", ""}}, "assertion_audience"},
        {{{"aud", "[1]"}}, "assertion_audience"},
        {{{"jti", ""}}, "assertion_without_jti"},
        {{{"jti", R"("")"}}, "assertion_without_jti"},
        {{{"exp", ""}}, "assertion_expired"},
        {{{"exp", R"("soon")"}}, "assertion_expired"},
        {{{"exp", in_seconds(0)}}, "assertion_expired"},
        {{{"exp", "1e300"}}, "assertion_expired"},
        {{{"exp", in_seconds(301)}, {"iat", ""}}, "assertion_lives_too_long"},
        {{{"exp", in_seconds(3600)}}, "assertion_lives_too_long"},
        {{{"exp", in_seconds(250)}, {"iat", in_seconds(-51)}}, "assertion_lives_too_long"},
        {{{"iat", in_seconds(11)}}, "assertion_from_the_future"},
        {{{"iat", R"("now")"}}, "assertion_from_the_future"},
        {{{"nbf", in_seconds(11)}}, "assertion_from_the_future"},
    };
    for (const auto& [changes, reason] : cases) {
        const auto response = token(exchange(code, assertion(changes)));

        EXPECT_EQ(response.status, 401) << reason;
        EXPECT_EQ(fault_of(response), "invalid_client " + reason);
        EXPECT_EQ(response.fields.size(), 0U) << "no challenge without Authorization";
    }
    EXPECT_EQ(token(exchange(code, assertion())).status, 200);
}

TEST_F(ClientAssertionTest, TheBoundsThemselvesAreGood) {
    const std::vector<Parameters> cases{
        {{"exp", in_seconds(300)}, {"jti", R"("1")"}},
        {{"exp", in_seconds(300)}, {"iat", ""}, {"jti", R"("2")"}},
        {{"exp", in_seconds(100)}, {"iat", in_seconds(-200)}, {"jti", R"("3")"}},
        {{"exp", in_seconds(60) + ".5"}, {"jti", R"("4")"}},
        {{"nbf", in_seconds(0)}, {"jti", R"("5")"}},
    };
    for (const auto& changes : cases) {
        auto request = good_request();
        request["client_id"] = "jwt";
        const auto code = redirect_of(authorize(request))["code"];

        const auto response = token(exchange(code, assertion(changes)));

        EXPECT_EQ(response.status, 200) << response.body;
    }
}

TEST_F(ClientAssertionTest, AnotherKeyAndTextThatIsNoAssertionAreRefused) {
    const auto code = code_of_jwt();

    EXPECT_EQ(
        fault_of(token(exchange(code, assertion({}, "stolen")))),
        "invalid_client assertion_not_verified"
    );
    for (const auto* const text : {"x", "..", "a.b.c", "e30.W10.e30"}) {
        EXPECT_EQ(token(exchange(code, text)).status, 401) << text;
    }
}

TEST_F(ClientAssertionTest, AnAssertionWorksOnce) {
    const auto text = assertion();
    const auto first = code_of_jwt();
    const auto second = code_of_jwt();
    ASSERT_EQ(token(exchange(first, text)).status, 200);

    const auto response = token(exchange(second, text));

    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(fault_of(response), "invalid_client assertion_presented_before");
    const auto again = assertion({{"jti", R"("j-2")"}});
    EXPECT_EQ(token(exchange(second, again)).status, 200) << "the code was left alone";
}

TEST_F(ClientAssertionTest, AnAssertionIsNotUsedUpWhileTheDirectoryCannotBeUsed) {
    const auto text = assertion();
    const auto code = code_of_jwt();
    standing_.stand(Standing::rebuilding);
    ASSERT_EQ(token(exchange(code, text)).status, 503);
    standing_.stand(Standing::usable);

    EXPECT_EQ(token(exchange(code, text)).status, 200);
}

TEST_F(ClientAssertionTest, AReplayGuardThatDoesNotAnswerIsNotNow) {
    const auto code = code_of_jwt();
    faults_.schedule({StoreFault::unavailable});

    EXPECT_EQ(token(exchange(code, assertion())).status, 503);
}

TEST_F(ClientAssertionTest, TheClientIdOfTheFormMustBeTheSame) {
    auto parameters = exchange(code_of_jwt(), assertion());
    parameters["client_id"] = "app";

    EXPECT_EQ(token(parameters).status, 401);

    parameters["client_id"] = "jwt";
    EXPECT_EQ(token(parameters).status, 200);
}

TEST_F(ClientAssertionTest, AClientWithASecretCannotUseAnAssertion) {
    client("app").keys = {{.kid = "", .jwk = "app-key"}};
    const auto text = assertion({{"iss", R"("app")"}, {"sub", R"("app")"}}, "app-key");

    EXPECT_EQ(token(exchange(new_code(), text)).status, 401);
}

}  // namespace
}  // namespace numproof
