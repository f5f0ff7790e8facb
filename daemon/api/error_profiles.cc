// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/error_profiles.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "daemon/base/check.h"
#include "daemon/base/json_writer.h"

namespace numproof {
namespace {

/// An error as CAMARA's documents have it, in the words of each contract.
struct CamaraError {
    int status = 0;
    std::string_view code;
    std::array<std::string_view, 3> messages;  // By ContractVersion.
};

/// Commonalities have one text for all contracts.
constexpr CamaraError common(int status, std::string_view code, std::string_view message) {
    return {status, code, {message, message, message}};
}

constexpr std::string_view kInvalid =
    "Client specified an invalid argument, request body or query param";
constexpr std::string_view kByNetwork =
    "Client must authenticate via the mobile network to use this service";

constexpr CamaraError kInvalidArgument = common(400, "INVALID_ARGUMENT", kInvalid);
constexpr CamaraError kUnauthenticated{
    401,
    "UNAUTHENTICATED",
    {"Request not authenticated due to missing, invalid, or expired credentials",
     "Request not authenticated due to missing, invalid, or expired credentials.",
     "Request not authenticated due to missing, invalid, or expired credentials. A new "
     "authentication is required."}};
constexpr CamaraError kPermissionDenied{
    403,
    "PERMISSION_DENIED",
    {"Client does not have sufficient permissions to perform this action",
     "Client does not have sufficient permissions to perform this action.",
     "Client does not have sufficient permissions to perform this action."}};
// CAMARA's test of release 1.1.0 compares this text, its last word included; the document of that
// release has the other one, but as an example only.
constexpr std::string_view kByNetworkV1 =
    "The subscription must be identified via the mobile network to use this servicet.";
constexpr CamaraError kNotByNetwork{
    403,
    "NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK",
    {kByNetwork, kByNetworkV1, kByNetwork}};
constexpr CamaraError kNotFound = common(404, "NOT_FOUND", "The specified resource is not found.");
constexpr CamaraError kMethodNotAllowed = common(
    405,
    "METHOD_NOT_ALLOWED",
    "The requested method is not allowed/supported on the target resource."
);
constexpr CamaraError kRequestTimeout =
    common(408, "REQUEST_TIMEOUT", "The request did not arrive in time.");
constexpr CamaraError kLengthRequired =
    common(411, "LENGTH_REQUIRED", "The request has a body without a length.");
constexpr CamaraError kTooLarge =
    common(413, "PAYLOAD_TOO_LARGE", "The request body is too large.");
constexpr CamaraError kUriTooLong = common(414, "URI_TOO_LONG", "The request target is too long.");
constexpr CamaraError kMediaType = common(
    415,
    "UNSUPPORTED_MEDIA_TYPE",
    "The server refuses to accept the request because the payload format is in an unsupported "
    "format."
);
constexpr CamaraError kExpectation =
    common(417, "EXPECTATION_FAILED", "The expectation of the request cannot be met.");
constexpr CamaraError kMisdirected =
    common(421, "MISDIRECTED_REQUEST", "The request is meant for another server.");
constexpr CamaraError kTooMany = common(429, "TOO_MANY_REQUESTS", "Rate limit reached.");
constexpr CamaraError kHeadTooLarge = common(
    431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "The header fields of the request are too large."
);
constexpr CamaraError kInternal{
    500,
    "INTERNAL",
    {"Server error",
     "Unknown server error. Typically a server bug.",
     "Unknown server error. Typically a server bug."}};
constexpr CamaraError kUnavailable{
    503, "UNAVAILABLE", {"Service unavailable", "Service Unavailable.", "Service Unavailable."}};
constexpr CamaraError kTimeout{
    504,
    "TIMEOUT",
    {"Request timeout exceeded. Try later.",
     "Request timeout exceeded.",
     "Request timeout exceeded."}};
constexpr CamaraError kVersion =
    common(505, "HTTP_VERSION_NOT_SUPPORTED", "The version of HTTP is not supported.");

/// The one table: what each problem is called under each profile. Orange's status is the same as
/// CAMARA's; its page has no pair for some of them, then the number alone chooses the text.
struct Row {
    Problem problem;
    const CamaraError& camara;
    int orange;
};

constexpr std::array<Row, kProblemCount> kRows{{
    {Problem::malformed_http, kInvalidArgument, 26},
    {Problem::bad_correlator, kInvalidArgument, 26},
    {Problem::no_credentials, kUnauthenticated, 40},
    {Problem::bad_token, kUnauthenticated, 41},
    {Problem::used_token, kUnauthenticated, 41},
    {Problem::revoked_token, kUnauthenticated, 41},
    {Problem::token_of_another_life, kUnauthenticated, 41},
    {Problem::expired_token, kUnauthenticated, 42},
    {Problem::binding_changed, kUnauthenticated, 41},
    {Problem::client_gone, kUnauthenticated, 41},
    {Problem::scope_missing, kPermissionDenied, 50},
    {Problem::method_refused, kNotByNetwork, 50},
    {Problem::no_binding, kNotByNetwork, 50},
    {Problem::media_type, kMediaType, 68},
    {Problem::missing_body, kInvalidArgument, 21},
    {Problem::unreadable_body, kInvalidArgument, 22},
    {Problem::missing_field, kInvalidArgument, 23},
    {Problem::bad_field, kInvalidArgument, 24},
    {Problem::both_fields, kInvalidArgument, 24},
    {Problem::unknown_field, kInvalidArgument, 24},
    {Problem::rate_limited, kTooMany, 53},
    {Problem::unknown_path, kNotFound, 60},
    {Problem::method_not_allowed, kMethodNotAllowed, 61},
    {Problem::request_timeout, kRequestTimeout, 63},
    {Problem::length_required, kLengthRequired, 64},
    {Problem::body_too_large, kTooLarge, 66},
    {Problem::uri_too_long, kUriTooLong, 67},
    {Problem::expectation_failed, kExpectation, 26},
    {Problem::misdirected, kMisdirected, 26},
    {Problem::head_too_large, kHeadTooLarge, 26},
    {Problem::version_not_supported, kVersion, 26},
    {Problem::overloaded, kUnavailable, 6},
    {Problem::directory_unready, kUnavailable, 5},
    {Problem::store_failed, kUnavailable, 5},
    {Problem::number_unknown, kUnavailable, 5},
    {Problem::sealed_value_broken, kUnavailable, 5},
    {Problem::audit_failed, kUnavailable, 5},
    {Problem::timeout, kTimeout, 6},
    {Problem::internal, kInternal, 1},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (kRows[i].problem != static_cast<Problem>(i)) {
            return false;
        }
    }
    return true;
}

static_assert(in_order(), "each problem has its row, at its place");

/// The pair of `status` and `code`, or else the first row with that code.
const OrangeError& orange_text(int status, int code) {
    const auto rows = orange_errors();
    const auto exact = std::ranges::find_if(rows, [status, code](const OrangeError& row) {
        return row.status == status && row.code == code;
    });
    if (exact != rows.end()) {
        return *exact;
    }
    const auto first = std::ranges::find(rows, code, &OrangeError::code);
    NP_CHECK(first != rows.end());
    return *first;
}

ErrorAnswer orange_answer(const Row& row) {
    const OrangeError& text = orange_text(row.camara.status, row.orange);
    JsonWriter body;
    body.begin_object().key("code").number(text.code).key("message").text(text.message);
    body.key("description").text(text.description).end_object();
    return ErrorAnswer{
        .status = row.camara.status, .code = std::to_string(text.code), .body = body.take()};
}

ErrorAnswer camara_answer(const Row& row, ContractVersion contract) {
    const CamaraError& error = row.camara;
    JsonWriter body;
    body.begin_object().key("status").number(error.status).key("code").text(error.code);
    body.key("message").text(error.messages[static_cast<std::size_t>(contract)]).end_object();
    return ErrorAnswer{
        .status = error.status, .code = std::string{error.code}, .body = body.take()};
}

ErrorTable made_table(ErrorProfile profile, ContractVersion contract) {
    ErrorTable table;
    std::ranges::transform(kRows, table.begin(), [profile, contract](const Row& row) {
        return profile == ErrorProfile::orange ? orange_answer(row) : camara_answer(row, contract);
    });
    return table;
}

}  // namespace

const ErrorTable& error_table(ErrorProfile profile, ContractVersion contract) {
    static const ErrorTable orange = made_table(ErrorProfile::orange, ContractVersion::v0);
    static const std::array<ErrorTable, 3> camara{
        made_table(ErrorProfile::camara, ContractVersion::v0),
        made_table(ErrorProfile::camara, ContractVersion::v1),
        made_table(ErrorProfile::camara, ContractVersion::v2)};
    return profile == ErrorProfile::orange ? orange : camara[static_cast<std::size_t>(contract)];
}

Problem problem_of(http::Refusal refusal) noexcept {
    switch (refusal) {
        case http::Refusal::malformed:
            return Problem::malformed_http;
        case http::Refusal::timeout:
            return Problem::request_timeout;
        case http::Refusal::length_required:
            return Problem::length_required;
        case http::Refusal::body_too_large:
            return Problem::body_too_large;
        case http::Refusal::uri_too_long:
            return Problem::uri_too_long;
        case http::Refusal::expectation_failed:
            return Problem::expectation_failed;
        case http::Refusal::misdirected:
            return Problem::misdirected;
        case http::Refusal::head_too_large:
            return Problem::head_too_large;
        case http::Refusal::overloaded:
            return Problem::overloaded;
        case http::Refusal::version_not_supported:
            return Problem::version_not_supported;
    }
    return Problem::malformed_http;
}

}  // namespace numproof
