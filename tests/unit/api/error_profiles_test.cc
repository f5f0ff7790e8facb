// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/error_profiles.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <simdjson.h>

namespace numproof {
namespace {

using simdjson::dom::element;
using simdjson::dom::parser;

TEST(OrangeErrors, HasEveryPairOfThePageToTheLetter) {
    parser json;
    const auto page = json.load(NP_ORANGE_ERRORS).get_array().value();
    const auto rows = orange_errors();
    ASSERT_EQ(page.size(), rows.size());

    std::size_t i = 0;
    for (const auto wanted : page) {
        const auto& row = rows[i++];
        EXPECT_EQ(wanted["status"].get_int64().value(), row.status);
        EXPECT_EQ(wanted["code"].get_int64().value(), row.code);
        EXPECT_EQ(wanted["message"].get_string().value(), row.message);
        if (wanted["description"].is_null()) {
            EXPECT_FALSE(row.description.empty()) << row.code;
        } else {
            EXPECT_EQ(wanted["description"].get_string().value(), row.description);
        }
    }
}

TEST(OrangeErrors, EachProblemHasItsStatusAndCode) {
    const auto& table = error_table(ErrorProfile::orange, ContractVersion::v0);

    const struct {
        Problem problem;
        int status;
        std::string_view code;
    } cases[]{
        {Problem::malformed_http, 400, "26"},
        {Problem::bad_correlator, 400, "26"},
        {Problem::no_credentials, 401, "40"},
        {Problem::bad_token, 401, "41"},
        {Problem::used_token, 401, "41"},
        {Problem::revoked_token, 401, "41"},
        {Problem::token_of_another_life, 401, "41"},
        {Problem::expired_token, 401, "42"},
        {Problem::binding_changed, 401, "41"},
        {Problem::client_gone, 401, "41"},
        {Problem::scope_missing, 403, "50"},
        {Problem::method_refused, 403, "50"},
        {Problem::no_binding, 403, "50"},
        {Problem::media_type, 415, "68"},
        {Problem::missing_body, 400, "21"},
        {Problem::unreadable_body, 400, "22"},
        {Problem::missing_field, 400, "23"},
        {Problem::bad_field, 400, "24"},
        {Problem::both_fields, 400, "24"},
        {Problem::unknown_field, 400, "24"},
        {Problem::rate_limited, 429, "53"},
        {Problem::unknown_path, 404, "60"},
        {Problem::method_not_allowed, 405, "61"},
        {Problem::request_timeout, 408, "63"},
        {Problem::length_required, 411, "64"},
        {Problem::body_too_large, 413, "66"},
        {Problem::uri_too_long, 414, "67"},
        {Problem::expectation_failed, 417, "26"},
        {Problem::misdirected, 421, "26"},
        {Problem::head_too_large, 431, "26"},
        {Problem::version_not_supported, 505, "26"},
        {Problem::overloaded, 503, "6"},
        {Problem::directory_unready, 503, "5"},
        {Problem::store_failed, 503, "5"},
        {Problem::number_unknown, 503, "5"},
        {Problem::sealed_value_broken, 503, "5"},
        {Problem::audit_failed, 503, "5"},
        {Problem::timeout, 504, "6"},
        {Problem::internal, 500, "1"},
    };

    ASSERT_EQ(std::size(cases), kProblemCount);
    for (const auto& test : cases) {
        EXPECT_EQ(answer_to(table, test.problem).status, test.status) << name_of(test.problem);
        EXPECT_EQ(answer_to(table, test.problem).code, test.code) << name_of(test.problem);
    }
}

TEST(OrangeErrors, TheBodyHasNumberMessageAndDescription) {
    const auto& table = error_table(ErrorProfile::orange, ContractVersion::v2);

    EXPECT_EQ(
        answer_to(table, Problem::expired_token).body,
        R"({"code":42,"message":"Expired credentials","description":)"
        R"("The requested service needs credentials, and the ones provided were out-of-date."})"
    );
    EXPECT_EQ(
        answer_to(table, Problem::timeout).body,
        R"({"code":6,"message":"Gateway timeout","description":"No response was received in time )"
        R"(from a backend server acting as gateway or proxy."})"
    );
}

TEST(CamaraErrors, EachProblemHasItsStatusAndCode) {
    const auto& table = error_table(ErrorProfile::camara, ContractVersion::v2);

    const struct {
        Problem problem;
        int status;
        std::string_view code;
    } cases[]{
        {Problem::malformed_http, 400, "INVALID_ARGUMENT"},
        {Problem::bad_correlator, 400, "INVALID_ARGUMENT"},
        {Problem::no_credentials, 401, "UNAUTHENTICATED"},
        {Problem::bad_token, 401, "UNAUTHENTICATED"},
        {Problem::used_token, 401, "UNAUTHENTICATED"},
        {Problem::revoked_token, 401, "UNAUTHENTICATED"},
        {Problem::token_of_another_life, 401, "UNAUTHENTICATED"},
        {Problem::expired_token, 401, "UNAUTHENTICATED"},
        {Problem::binding_changed, 401, "UNAUTHENTICATED"},
        {Problem::client_gone, 401, "UNAUTHENTICATED"},
        {Problem::scope_missing, 403, "PERMISSION_DENIED"},
        {Problem::method_refused,
         403,
         "NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK"},
        {Problem::no_binding, 403, "NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK"},
        {Problem::media_type, 415, "UNSUPPORTED_MEDIA_TYPE"},
        {Problem::missing_body, 400, "INVALID_ARGUMENT"},
        {Problem::unreadable_body, 400, "INVALID_ARGUMENT"},
        {Problem::missing_field, 400, "INVALID_ARGUMENT"},
        {Problem::bad_field, 400, "INVALID_ARGUMENT"},
        {Problem::both_fields, 400, "INVALID_ARGUMENT"},
        {Problem::unknown_field, 400, "INVALID_ARGUMENT"},
        {Problem::rate_limited, 429, "TOO_MANY_REQUESTS"},
        {Problem::unknown_path, 404, "NOT_FOUND"},
        {Problem::method_not_allowed, 405, "METHOD_NOT_ALLOWED"},
        {Problem::request_timeout, 408, "REQUEST_TIMEOUT"},
        {Problem::length_required, 411, "LENGTH_REQUIRED"},
        {Problem::body_too_large, 413, "PAYLOAD_TOO_LARGE"},
        {Problem::uri_too_long, 414, "URI_TOO_LONG"},
        {Problem::expectation_failed, 417, "EXPECTATION_FAILED"},
        {Problem::misdirected, 421, "MISDIRECTED_REQUEST"},
        {Problem::head_too_large, 431, "REQUEST_HEADER_FIELDS_TOO_LARGE"},
        {Problem::version_not_supported, 505, "HTTP_VERSION_NOT_SUPPORTED"},
        {Problem::overloaded, 503, "UNAVAILABLE"},
        {Problem::directory_unready, 503, "UNAVAILABLE"},
        {Problem::store_failed, 503, "UNAVAILABLE"},
        {Problem::number_unknown, 503, "UNAVAILABLE"},
        {Problem::sealed_value_broken, 503, "UNAVAILABLE"},
        {Problem::audit_failed, 503, "UNAVAILABLE"},
        {Problem::timeout, 504, "TIMEOUT"},
        {Problem::internal, 500, "INTERNAL"},
    };

    ASSERT_EQ(std::size(cases), kProblemCount);
    for (const auto& test : cases) {
        EXPECT_EQ(answer_to(table, test.problem).status, test.status) << name_of(test.problem);
        EXPECT_EQ(answer_to(table, test.problem).code, test.code) << name_of(test.problem);
    }
}

TEST(CamaraErrors, EachContractHasItsOwnWords) {
    const std::string denied = "Client does not have sufficient permissions to perform this action";
    const std::string expired =
        "Request not authenticated due to missing, invalid, or expired credentials";

    const std::string by_network =
        "Client must authenticate via the mobile network to use this service";

    const struct {
        ContractVersion contract;
        Problem problem;
        std::string message;
    } cases[]{
        {ContractVersion::v0, Problem::method_refused, by_network},
        {ContractVersion::v1,
         Problem::method_refused,
         "The subscription must be identified via the mobile network to use this servicet."},
        {ContractVersion::v2, Problem::method_refused, by_network},
        {ContractVersion::v0, Problem::expired_token, expired},
        {ContractVersion::v1, Problem::expired_token, expired + "."},
        {ContractVersion::v2,
         Problem::expired_token,
         expired + ". A new authentication is required."},
        {ContractVersion::v0, Problem::scope_missing, denied},
        {ContractVersion::v1, Problem::scope_missing, denied + "."},
        {ContractVersion::v2, Problem::scope_missing, denied + "."},
        {ContractVersion::v0, Problem::internal, "Server error"},
        {ContractVersion::v0, Problem::directory_unready, "Service unavailable"},
        {ContractVersion::v0, Problem::timeout, "Request timeout exceeded. Try later."},
        {ContractVersion::v2, Problem::internal, "Unknown server error. Typically a server bug."},
        {ContractVersion::v2, Problem::directory_unready, "Service Unavailable."},
        {ContractVersion::v2, Problem::timeout, "Request timeout exceeded."},
    };

    for (const auto& test : cases) {
        const auto& answer =
            answer_to(error_table(ErrorProfile::camara, test.contract), test.problem);
        EXPECT_EQ(
            answer.body,
            "{\"status\":" + std::to_string(answer.status) + ",\"code\":\"" + answer.code +
                "\",\"message\":\"" + test.message + "\"}"
        );
    }
    for (const auto contract : {ContractVersion::v0, ContractVersion::v1, ContractVersion::v2}) {
        const auto& table = error_table(ErrorProfile::camara, contract);
        EXPECT_NE(
            answer_to(table, Problem::bad_field)
                .body.find("Client specified an invalid argument, request body or query param"),
            std::string::npos
        );
    }
}

TEST(ErrorTables, EveryBodyIsJsonOfItsForm) {
    parser json;
    for (const auto profile : {ErrorProfile::orange, ErrorProfile::camara}) {
        for (const auto contract :
             {ContractVersion::v0, ContractVersion::v1, ContractVersion::v2}) {
            for (const auto& answer : error_table(profile, contract)) {
                element body;
                ASSERT_EQ(json.parse(answer.body).get(body), simdjson::SUCCESS);
                EXPECT_FALSE(body["message"].get_string().value().empty());
                if (profile == ErrorProfile::orange) {
                    EXPECT_EQ(std::to_string(body["code"].get_int64().value()), answer.code);
                    EXPECT_FALSE(body["description"].get_string().value().empty());
                } else {
                    EXPECT_EQ(body["status"].get_int64().value(), answer.status);
                    EXPECT_EQ(body["code"].get_string().value(), answer.code);
                }
            }
        }
    }
}

std::string field_of(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.fields) {
        if (key == name) {
            return value;
        }
    }
    return "";
}

TEST(ErrorResponse, ChallengesAsRfc6750Says) {
    const auto& table = error_table(ErrorProfile::camara, ContractVersion::v2);
    const auto challenge_of = [&table](Problem problem) {
        return field_of(error_response(table, problem), "WWW-Authenticate");
    };

    EXPECT_EQ(challenge_of(Problem::no_credentials), R"(Bearer realm="number-verification")");
    EXPECT_EQ(
        challenge_of(Problem::bad_token),
        R"(Bearer realm="number-verification", error="invalid_token")"
    );
    EXPECT_EQ(
        challenge_of(Problem::scope_missing),
        R"(Bearer realm="number-verification", error="insufficient_scope")"
    );
    EXPECT_EQ(challenge_of(Problem::bad_field), "");
}

TEST(ErrorResponse, SaysWhenToTryAgainIfThatHelps) {
    const auto& table = error_table(ErrorProfile::orange, ContractVersion::v0);
    for (std::size_t i = 0; i < kProblemCount; ++i) {
        const auto response = error_response(table, static_cast<Problem>(i));
        const bool passes =
            response.status == 429 || response.status == 503 || response.status == 504;
        EXPECT_EQ(field_of(response, "Retry-After"), passes ? "1" : "") << response.status;
        EXPECT_EQ(response.content_type, "application/json");
    }
}

TEST(GateRefusals, KeepTheirStatus) {
    using http::Refusal;
    const auto& table = error_table(ErrorProfile::camara, ContractVersion::v2);
    for (const auto refusal :
         {Refusal::malformed,
          Refusal::timeout,
          Refusal::length_required,
          Refusal::body_too_large,
          Refusal::uri_too_long,
          Refusal::expectation_failed,
          Refusal::misdirected,
          Refusal::head_too_large,
          Refusal::overloaded,
          Refusal::version_not_supported}) {
        EXPECT_EQ(answer_to(table, problem_of(refusal)).status, http::status_of(refusal));
    }
}

}  // namespace
}  // namespace numproof
