// SPDX-License-Identifier: Apache-2.0
// Every pair of status and code on Orange's page that can occur, provoked through the router.
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "tests/fakes/api_stand.h"

namespace numproof {
namespace {

using Provoke = std::function<http::Response(ApiStand&)>;

Provoke with_body(std::string body) {
    return [body = std::move(body)](ApiStand& stand) {
        return stand.send(ApiStand::verify_call("/v0", stand.token()).with_body(body));
    };
}

Provoke with_outcome(ClaimOutcome outcome) {
    return [outcome](ApiStand& stand) {
        return stand.send(ApiStand::verify_call("/v0", stand.token(outcome)));
    };
}

Provoke with_failure(ErrorCode error) {
    return [error](ApiStand& stand) {
        stand.claims.fail_with(error);
        return stand.send(ApiStand::verify_call("/v0", stand.token()));
    };
}

Provoke refused_as(http::Refusal refusal) {
    return [refusal](ApiStand& stand) { return stand.router.refuse(refusal, "/v0/verify"); };
}

Provoke with_call(std::function<void(Call&)> change) {
    return [change = std::move(change)](ApiStand& stand) {
        Call call = ApiStand::verify_call("/v0", stand.token());
        change(call);
        return stand.send(call);
    };
}

http::Response too_often(ApiStand& stand) {
    const auto ask = [&stand] {
        const auto token = stand.token(ClaimOutcome::claimed, "slow");
        return stand.send(ApiStand::verify_call("/v0", token));
    };
    (void)ask();
    return ask();
}

http::Response when_stale(ApiStand& stand) {
    stand.standing.stand(Standing::stale);
    return stand.send(ApiStand::share_call("/v0", stand.token()));
}

TEST(OrangePairs, EachThatCanOccurIsAnsweredWithItsMessage) {
    const struct {
        int status;
        int code;
        const char* message;
        Provoke provoke;
    } cases[]{
        {400, 21, "Missing body", with_body("")},
        {400, 22, "Invalid body", with_body("[]")},
        {400, 23, "Missing body field", with_body("{}")},
        {400, 24, "Invalid body field", with_body(R"({"phoneNumber":"1"})")},
        {400, 26, "Invalid header value", with_call([](Call& call) {
             call.fields.emplace_back("x-correlator", "a b");
         })},
        {401, 40, "Missing credentials", with_call([](Call& call) { call.fields.pop_back(); })},
        {401, 41, "Invalid credentials", with_outcome(ClaimOutcome::used)},
        {401, 42, "Expired credentials", with_outcome(ClaimOutcome::expired)},
        {403, 50, "Access denied", with_outcome(ClaimOutcome::scope_missing)},
        {404, 60, "Resource not found", with_call([](Call& call) { call.path = "/v0/x"; })},
        {405, 61, "Method not allowed", with_call([](Call& call) { call.method = "GET"; })},
        {408, 63, "Request time-out", refused_as(http::Refusal::timeout)},
        {411, 64, "Length required", refused_as(http::Refusal::length_required)},
        {413, 66, "Request entity too large", refused_as(http::Refusal::body_too_large)},
        {414, 67, "Request-URI too long", refused_as(http::Refusal::uri_too_long)},
        {415, 68, "Unsupported Media Type", with_call([](Call& call) {
             call.fields.front().second = "text/plain";
         })},
        {429, 53, "Too many requests", too_often},
        {503, 5, "The service is temporarily unavailable", when_stale},
        {503, 6, "Orange API is over capacity, retry later !", with_failure(ErrorCode::queue_full)},
        {504, 6, "Gateway timeout", with_failure(ErrorCode::deadline_exceeded)},
    };

    for (const auto& test : cases) {
        ApiStand stand;

        const auto response = test.provoke(stand);

        EXPECT_EQ(response.status, test.status) << test.message;
        EXPECT_TRUE(response.body.starts_with(
            "{\"code\":" + std::to_string(test.code) + ",\"message\":\"" + test.message + "\","
        )) << response.body;
    }
}

}  // namespace
}  // namespace numproof
