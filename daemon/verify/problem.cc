// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/problem.h"

namespace numproof {
namespace {

constexpr std::array<std::string_view, kProblemCount> kNames{
    "malformed_http",
    "bad_correlator",
    "no_credentials",
    "bad_token",
    "used_token",
    "revoked_token",
    "token_of_another_life",
    "expired_token",
    "binding_changed",
    "client_gone",
    "scope_missing",
    "method_refused",
    "no_binding",
    "media_type",
    "missing_body",
    "unreadable_body",
    "missing_field",
    "bad_field",
    "both_fields",
    "unknown_field",
    "rate_limited",
    "unknown_path",
    "method_not_allowed",
    "request_timeout",
    "length_required",
    "body_too_large",
    "uri_too_long",
    "expectation_failed",
    "misdirected",
    "head_too_large",
    "version_not_supported",
    "overloaded",
    "directory_unready",
    "store_failed",
    "number_unknown",
    "sealed_value_broken",
    "audit_failed",
    "timeout",
    "internal"};
static_assert(!kNames.back().empty(), "every problem has a name");

/// RFC 6750 section 3.1: no error code when no credentials were given.
std::string challenge_of(int status, Problem problem) {
    std::string challenge = R"(Bearer realm="number-verification")";
    if (problem != Problem::no_credentials) {
        challenge +=
            status == 401 ? R"(, error="invalid_token")" : R"(, error="insufficient_scope")";
    }
    return challenge;
}

}  // namespace

std::string_view name_of(Problem problem) noexcept {
    return kNames[static_cast<std::size_t>(problem)];
}

http::Response error_response(const ErrorTable& table, Problem problem) {
    const ErrorAnswer& answer = answer_to(table, problem);
    http::Response response{
        .status = answer.status,
        .content_type = "application/json",
        .fields = {},
        .body = answer.body};
    if (answer.status == 401 || answer.status == 403) {
        response.fields.emplace_back("WWW-Authenticate", challenge_of(answer.status, problem));
    }
    if (answer.status == 429 || answer.status == 503 || answer.status == 504) {
        response.fields.emplace_back("Retry-After", "1");
    }
    return response;
}

}  // namespace numproof
