// SPDX-License-Identifier: Apache-2.0
// Which of several flaws of one request the caller hears of, and what is claimed meanwhile.
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fakes/api_stand.h"

namespace numproof {
namespace {

/// Something wrong with a request to `/v0/verify`; earlier ones are heard of first.
struct Flaw {
    const char* name;
    std::function<void(Call&)> apply;
    int status;
    std::string code;
};

std::vector<Flaw> flaws_in_order() {
    const auto set = [](Call& call, const std::string& name, const std::string& value) {
        for (auto& field : call.fields) {
            if (field.first == name) {
                field.second = value;
                return;
            }
        }
        call.fields.emplace_back(name, value);
    };
    return {
        {"path", [](Call& call) { call.path = "/v0/verifies"; }, 404, "60"},
        {"method", [](Call& call) { call.method = "PUT"; }, 405, "61"},
        {"correlator", [set](Call& call) { set(call, "x-correlator", "a b"); }, 400, "26"},
        {"token", [set](Call& call) { set(call, "Authorization", "Bearer made-up"); }, 401, "41"},
        {"media type", [set](Call& call) { set(call, "Content-Type", "text/plain"); }, 415, "68"},
        {"body", [](Call& call) { call.body = "{}"; }, 400, "23"},
    };
}

TEST(OrderOfChecks, OfTwoFlawsTheEarlierOneIsHeard) {
    const auto flaws = flaws_in_order();
    for (std::size_t first = 0; first < flaws.size(); ++first) {
        for (std::size_t second = first + 1; second < flaws.size(); ++second) {
            ApiStand stand;
            Call call = ApiStand::verify_call("/v0", stand.token());
            flaws[second].apply(call);
            flaws[first].apply(call);

            const auto response = stand.send(call);

            EXPECT_EQ(response.status, flaws[first].status)
                << flaws[first].name << " before " << flaws[second].name;
            EXPECT_NE(response.body.find("\"code\":" + flaws[first].code), std::string::npos);
            EXPECT_EQ(stand.claims.used_up(), 0);
        }
    }
}

TEST(OrderOfChecks, ABadBodyIsHeardAfterTheTokenAndBeforeItsScope) {
    const struct {
        ClaimOutcome outcome;
        int status;
        const char* code;
    } cases[]{
        {ClaimOutcome::used, 401, "41"},
        {ClaimOutcome::revoked, 401, "41"},
        {ClaimOutcome::expired, 401, "42"},
        {ClaimOutcome::predates_failover, 401, "41"},
        {ClaimOutcome::subscriber_changed, 401, "41"},
        {ClaimOutcome::scope_missing, 400, "24"},
        {ClaimOutcome::method_refused, 400, "24"},
        {ClaimOutcome::subscriber_missing, 400, "24"},
        {ClaimOutcome::claimed, 400, "24"},
    };

    for (const auto& test : cases) {
        ApiStand stand;
        const auto call = ApiStand::verify_call("/v0", stand.token(test.outcome))
                              .with_body(R"({"phoneNumber":"123"})");

        const auto response = stand.send(call);

        EXPECT_EQ(response.status, test.status);
        EXPECT_NE(response.body.find(std::string{"\"code\":"} + test.code), std::string::npos)
            << response.body;
        ASSERT_EQ(stand.claims.asked().size(), 1U);
        EXPECT_EQ(stand.claims.asked().front().mode, ClaimMode::judge_only);
    }
}

TEST(OrderOfChecks, AnUnknownTokenGoesBeforeABadBody) {
    ApiStand stand;

    const auto response =
        stand.send(ApiStand::verify_call("/v0", stand.unknown_token()).with_body("{"));

    EXPECT_EQ(response.status, 401);
}

TEST(OrderOfChecks, TheStoreIsNotAskedBeforeAllElseIsGood) {
    ApiStand stand;
    const auto good = ApiStand::verify_call("/v2", stand.token());
    const auto without = [&good](std::string_view name) {
        Call changed = good;
        std::erase_if(changed.fields, [name](const auto& field) { return field.first == name; });
        return changed;
    };
    Call other_path = good;
    other_path.path = "/v2/verify/";
    Call other_method = good;
    other_method.method = "DELETE";

    EXPECT_EQ(stand.send(other_path).status, 404);
    EXPECT_EQ(stand.send(other_method).status, 405);
    EXPECT_EQ(stand.send(good.with("x-correlator", "a\tb")).status, 400);
    EXPECT_EQ(stand.send(without("Authorization")).status, 401);
    EXPECT_EQ(stand.send(good.with("Authorization", "Bearer twice")).status, 401);
    EXPECT_TRUE(stand.claims.asked().empty());
}

TEST(OrderOfChecks, ATokenSurvivesEveryRefusalAndThenGivesItsAnswer) {
    ApiStand stand;
    const auto good = ApiStand::verify_call("/v2", stand.token());

    EXPECT_EQ(stand.send(good.with_body("{}")).status, 400);
    EXPECT_EQ(stand.send(good.with_body("")).status, 400);
    EXPECT_EQ(stand.send(good.with("Content-Type", "text/plain")).status, 415);
    stand.standing.stand(Standing::stale);
    EXPECT_EQ(stand.send(good).status, 503);
    stand.standing.stand(Standing::usable);

    EXPECT_EQ(stand.send(good).status, 200);
    EXPECT_EQ(stand.send(good).status, 401);
    EXPECT_EQ(stand.claims.used_up(), 1);
}

}  // namespace
}  // namespace numproof
