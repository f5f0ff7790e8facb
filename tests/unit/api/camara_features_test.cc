// SPDX-License-Identifier: Apache-2.0
// The scenarios of CAMARA's feature files of Number Verification 1.1.0 and 2.1.0, by their tags.
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "tests/fakes/api_stand.h"

namespace numproof {
namespace {

constexpr const char* kCorrelator = "b4333c46-49c0-4f62-80d7-f0ef930f1c46";
constexpr const char* kExpiredV1 =
    "Request not authenticated due to missing, invalid, or expired credentials.";
constexpr const char* kDenied =
    "Client does not have sufficient permissions to perform this action.";
constexpr const char* kNotByNetwork =
    "NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK";
constexpr const char* kNotByNetworkV1 =
    "The subscription must be identified via the mobile network to use this servicet.";

std::string digest_body(const ApiStand& stand, std::string_view number) {
    return R"({"hashedPhoneNumber":")" + to_hex(as_view(stand.crypto.sha256(number))) + R"("})";
}

std::string number_body(std::string_view number) {
    return R"({"phoneNumber":")" + std::string{number} + R"("})";
}

std::string both_body(const ApiStand& stand) {
    std::string body = number_body(ApiStand::kNumber);
    body.back() = ',';
    return body + digest_body(stand, ApiStand::kNumber).substr(1);
}

/// One scenario: the request that it makes, and what it wants to see.
struct Scenario {
    const char* tag;
    std::function<Call(ApiStand&)> call;
    int status;
    std::string code;     // Of an error.
    std::string message;  // Empty: any text.
    std::string body;     // Of a success.
};

std::function<Call(ApiStand&)> verify(
    const char* mount, std::string body, ClaimOutcome outcome = ClaimOutcome::claimed
) {
    return [mount, body = std::move(body), outcome](ApiStand& stand) {
        return ApiStand::verify_call(mount, stand.token(outcome)).with_body(body);
    };
}

std::function<Call(ApiStand&)> verify_digest(const char* mount, std::string_view number) {
    return [mount, number](ApiStand& stand) {
        return ApiStand::verify_call(mount, stand.token()).with_body(digest_body(stand, number));
    };
}

std::function<Call(ApiStand&)> verify_both(const char* mount) {
    return [mount](ApiStand& stand) {
        return ApiStand::verify_call(mount, stand.token()).with_body(both_body(stand));
    };
}

/// The files set `Content-Type: application/json` on GET too.
std::function<Call(ApiStand&)> share(
    const char* mount, ClaimOutcome outcome = ClaimOutcome::claimed
) {
    return [mount, outcome](ApiStand& stand) {
        return ApiStand::share_call(mount, stand.token(outcome))
            .with("Content-Type", "application/json");
    };
}

std::function<Call(ApiStand&)> without_authorization(std::function<Call(ApiStand&)> made) {
    return [made = std::move(made)](ApiStand& stand) {
        Call call = made(stand);
        std::erase_if(call.fields, [](const auto& field) {
            return field.first == "Authorization";
        });
        return call;
    };
}

std::function<Call(ApiStand&)> with_invalid_token(std::function<Call(ApiStand&)> made) {
    return [made = std::move(made)](ApiStand& stand) {
        Call call = made(stand);
        for (auto& [name, value] : call.fields) {
            value = name == "Authorization" ? "Bearer 0123456789abcdef" : value;
        }
        return call;
    };
}

void expect_scenario(const Scenario& scenario) {
    SCOPED_TRACE(scenario.tag);
    ApiStand stand;

    const auto response = stand.send(scenario.call(stand).with("x-correlator", kCorrelator));

    EXPECT_EQ(response.status, scenario.status);
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(ApiStand::field(response, "x-correlator"), kCorrelator);
    if (scenario.status == 200) {
        EXPECT_EQ(response.body, scenario.body);
        return;
    }
    simdjson::dom::parser json;
    const simdjson::dom::element error = json.parse(response.body).value();
    EXPECT_EQ(error["status"].get_int64().value(), scenario.status);
    EXPECT_EQ(error["code"].get_string().value(), scenario.code);
    const auto message = error["message"].get_string().value();
    EXPECT_FALSE(message.empty());
    if (!scenario.message.empty()) {
        EXPECT_EQ(message, scenario.message);
    }
}

constexpr const char* kTrue = R"({"devicePhoneNumberVerified":true})";
constexpr const char* kFalse = R"({"devicePhoneNumberVerified":false})";
constexpr const char* kShared = R"({"devicePhoneNumber":"+34600000001"})";
constexpr const char* kArgument = "INVALID_ARGUMENT";

TEST(CamaraFeatures, Version110Verify) {
    const auto own = number_body(ApiStand::kNumber);
    const std::vector<Scenario> scenarios{
        {"verify0 string_value",
         verify("/v1", number_body("string_value")),
         400,
         kArgument,
         {},
         {}},
        {"verify0 1234567890", verify("/v1", number_body("1234567890")), 400, kArgument, {}, {}},
        {"verify0 foo", verify("/v1", number_body("+12334foo22222")), 400, kArgument, {}, {}},
        {"verify0 zeros", verify("/v1", number_body("+00012230304913849")), 400, kArgument, {}, {}},
        {"verify0 123", verify("/v1", number_body("123")), 400, kArgument, {}, {}},
        {"verify0 plus", verify("/v1", number_body("++49565456787")), 400, kArgument, {}, {}},
        {"verify100_match_true", verify("/v1", own), 200, {}, {}, kTrue},
        {"verify300_match_hashed_true",
         verify_digest("/v1", ApiStand::kNumber),
         200,
         {},
         {},
         kTrue},
        {"verify101_match_false",
         verify("/v1", number_body(ApiStand::kOther)),
         200,
         {},
         {},
         kFalse},
        {"verify301_match_false", verify_digest("/v1", ApiStand::kOther), 200, {}, {}, kFalse},
        {"verify200_missing_phone_number", verify("/v1", "{}"), 400, kArgument, {}, {}},
        {"verify201_missing_scope",
         verify("/v1", own, ClaimOutcome::scope_missing),
         403,
         "PERMISSION_DENIED",
         kDenied,
         {}},
        {"verify202_expired_access_token",
         verify("/v1", own, ClaimOutcome::expired),
         401,
         "UNAUTHENTICATED",
         kExpiredV1,
         {}},
        {"verify203_both", verify_both("/v1"), 400, kArgument, {}, {}},
        {"verify205_must_have_used_network_authentication",
         verify("/v1", own, ClaimOutcome::method_refused),
         403,
         kNotByNetwork,
         kNotByNetworkV1,
         {}}};
    for (const auto& scenario : scenarios) {
        expect_scenario(scenario);
    }
}

TEST(CamaraFeatures, Version110Share) {
    const std::vector<Scenario> scenarios{
        {"share100_match_true", share("/v1"), 200, {}, {}, kShared},
        {"share201_missing_scope",
         share("/v1", ClaimOutcome::scope_missing),
         403,
         "PERMISSION_DENIED",
         kDenied,
         {}},
        {"share202_expired_access_token",
         share("/v1", ClaimOutcome::expired),
         401,
         "UNAUTHENTICATED",
         kExpiredV1,
         {}},
        {"share205_must_have_used_network_authentication",
         share("/v1", ClaimOutcome::method_refused),
         403,
         kNotByNetwork,
         kNotByNetworkV1,
         {}}};
    for (const auto& scenario : scenarios) {
        expect_scenario(scenario);
    }
}

TEST(CamaraFeatures, Version210Verify) {
    const auto own = number_body(ApiStand::kNumber);
    const auto other = number_body(ApiStand::kOther);
    const std::vector<Scenario> scenarios{
        {"01_generic_success_scenario", verify("/v2", own), 200, {}, {}, kTrue},
        {"02_validate_phone_number_true", verify("/v2", own), 200, {}, {}, kTrue},
        {"03_validate_phone_number_false", verify("/v2", other), 200, {}, {}, kFalse},
        {"04_hashed_true", verify_digest("/v2", ApiStand::kNumber), 200, {}, {}, kTrue},
        {"05_hashed_false", verify_digest("/v2", ApiStand::kOther), 200, {}, {}, kFalse},
        {"400.1_no_request_body", verify("/v2", ""), 400, kArgument, {}, {}},
        {"400.2_empty_request_body", verify("/v2", "{}"), 400, kArgument, {}, {}},
        {"400.3_non_existing_property",
         verify("/v2", R"({"additional_property":"foo_value"})"),
         400,
         kArgument,
         {},
         {}},
        {"400.4_both", verify_both("/v2"), 400, kArgument, {}, {}},
        {"401.1_no_authorization_header",
         without_authorization(verify("/v2", own)),
         401,
         "UNAUTHENTICATED",
         {},
         {}},
        {"401.2_expired_access_token",
         verify("/v2", own, ClaimOutcome::expired),
         401,
         "UNAUTHENTICATED",
         {},
         {}},
        {"401.3_invalid_access_token",
         with_invalid_token(verify("/v2", own)),
         401,
         "UNAUTHENTICATED",
         {},
         {}},
        {"403.1_invalid_token_permissions",
         verify("/v2", own, ClaimOutcome::scope_missing),
         403,
         "PERMISSION_DENIED",
         {},
         {}},
        {"403.2_not_authenticated_using_network_or_sim",
         verify("/v2", own, ClaimOutcome::method_refused),
         403,
         kNotByNetwork,
         {},
         {}},
        {"C02.01_not_schema_compliant",
         verify("/v2", number_body("foo"), ClaimOutcome::subscriber_missing),
         400,
         kArgument,
         {},
         {}}};
    for (const auto& scenario : scenarios) {
        expect_scenario(scenario);
    }
}

TEST(CamaraFeatures, Version210Share) {
    const std::vector<Scenario> scenarios{
        {"01_generic_success_scenario", share("/v2"), 200, {}, {}, kShared},
        {"401.1", without_authorization(share("/v2")), 401, "UNAUTHENTICATED", {}, {}},
        {"401.2", share("/v2", ClaimOutcome::expired), 401, "UNAUTHENTICATED", {}, {}},
        {"401.3", with_invalid_token(share("/v2")), 401, "UNAUTHENTICATED", {}, {}},
        {"403.1", share("/v2", ClaimOutcome::scope_missing), 403, "PERMISSION_DENIED", {}, {}},
        {"403.2", share("/v2", ClaimOutcome::method_refused), 403, kNotByNetwork, {}, {}}};
    for (const auto& scenario : scenarios) {
        expect_scenario(scenario);
    }
}

}  // namespace
}  // namespace numproof
