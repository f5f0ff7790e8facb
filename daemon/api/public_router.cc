// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/public_router.h"

#include <string>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/base/json_writer.h"
#include "daemon/domain/correlator.h"

namespace numproof {
namespace {

ApiFace face_for(const RouteTable::Route& route) {
    return route.mount != nullptr ? face_of(*route.mount) : default_face();
}

bool is_oauth(const RouteTable::Route& route) noexcept {
    return route.endpoint != Endpoint::none && route.mount == nullptr;
}

/// RFC 6749 section 5.2 has no names for what is wrong below OAuth: these two come closest.
std::string oauth_code_of(int status) {
    return status >= 500 ? "temporarily_unavailable" : "invalid_request";
}

http::Response oauth_error(int status) {
    JsonWriter body;
    body.begin_object().key("error").text(oauth_code_of(status)).end_object();
    http::Response response{
        .status = status, .content_type = "application/json", .fields = {}, .body = body.take()};
    if (status == 503) {
        response.fields.emplace_back("Retry-After", "1");
    }
    return response;
}

http::Response error_for(const RouteTable::Route& route, Problem problem) {
    http::Response response = error_response(face_for(route).errors, problem);
    return is_oauth(route) ? oauth_error(response.status) : response;
}

void echo_correlator(const http::Request& request, http::Response& response) {
    const auto value = request.field("x-correlator");
    if (value && !value->empty() && request.count("x-correlator") == 1 &&
        is_good_correlator(*value)) {
        response.fields.emplace_back("x-correlator", *value);
    }
}

http::Response options_of(Endpoint endpoint, const http::Request& request) {
    http::Response response{.status = 204, .content_type = {}, .fields = {}, .body = {}};
    response.fields.emplace_back("Allow", allow_of(endpoint));
    echo_correlator(request, response);
    return response;
}

}  // namespace

PublicRouter::PublicRouter(PublicParts parts) : parts_(std::move(parts)) {}

Task<http::Response> PublicRouter::handle(const http::Request& request, Deadline deadline) {
    const MonoTime began = parts_.clock.mono_now();
    const Route route = parts_.routes.find(request.path);
    auto response = answer_at_once(route, request);
    if (!response) {
        response = co_await hand_on(route, request, deadline);
    }
    parts_.metrics.count(route.endpoint, response->status, parts_.clock.mono_now() - began);
    co_return std::move(*response);
}

std::optional<http::Response> PublicRouter::answer_at_once(
    const Route& route, const http::Request& request
) {
    if (route.endpoint == Endpoint::none) {
        return unknown_path(route, request);
    }
    if (request.method == http::Method::options) {
        return options_of(route.endpoint, request);
    }
    if (!accepts(route.endpoint, request.method)) {
        return wrong_method(route, request);
    }
    return std::nullopt;
}

Task<http::Response> PublicRouter::hand_on(
    const Route& route, const http::Request& request, Deadline deadline
) {
    if (route.mount == nullptr) {
        NP_CHECK(parts_.oauth != nullptr);
        return hand_on_oauth(route.endpoint, request, deadline);
    }
    NP_CHECK(parts_.verifier != nullptr);
    const Operation operation = audited_as(route.endpoint).value_or(Operation::verify);
    return parts_.verifier->answer(face_of(*route.mount), operation, request, deadline);
}

Task<http::Response> PublicRouter::hand_on_oauth(
    Endpoint endpoint, const http::Request& request, Deadline deadline
) {
    switch (endpoint) {
        case Endpoint::authorize:
            return parts_.oauth->authorize(request, parts_.source_of(request), deadline);
        case Endpoint::token:
            return parts_.oauth->token(request, deadline);
        case Endpoint::revoke:
            return parts_.oauth->revoke(request, deadline);
        case Endpoint::jwks:
            return parts_.oauth->jwks(request, deadline);
        case Endpoint::openid_configuration:
            return parts_.oauth->openid_configuration(request, deadline);
        case Endpoint::oauth_metadata:
        case Endpoint::verify:
        case Endpoint::device_phone_number:
        case Endpoint::none:
            break;
    }
    NP_CHECK(endpoint == Endpoint::oauth_metadata);
    return parts_.oauth->oauth_metadata(request, deadline);
}

http::Response PublicRouter::unknown_path(const Route& route, const http::Request& request) const {
    http::Response response = error_for(route, Problem::unknown_path);
    echo_correlator(request, response);
    return response;
}

http::Response PublicRouter::wrong_method(const Route& route, const http::Request& request) {
    http::Response response = error_for(route, Problem::method_not_allowed);
    note(route, Problem::method_not_allowed, response);
    response.fields.emplace_back("Allow", allow_of(route.endpoint));
    echo_correlator(request, response);
    return response;
}

http::Response PublicRouter::refuse(http::Refusal refusal, std::string_view path) const {
    const Route route = parts_.routes.find(path);
    const Problem problem = problem_of(refusal);
    http::Response response = error_for(route, problem);
    note(route, problem, response);
    parts_.metrics.count_refusal(route.endpoint, response.status);
    return response;
}

bool PublicRouter::draining() const noexcept {
    return parts_.draining.load(std::memory_order_relaxed);
}

void PublicRouter::note(const Route& route, Problem problem, const http::Response& response) const {
    const auto operation = audited_as(route.endpoint);
    if (!operation) {
        return;
    }
    Decision decision;
    decision.kind =
        is_oauth(route) ? AuditKind::authorization_denied : AuditKind::verification_denied;
    decision.operation = *operation;
    decision.result = response.status < 500 ? AuditResult::refused : AuditResult::error;
    decision.contract = route.mount != nullptr ? contract_of(route.mount->contract).name
                                               : std::string_view{"oauth"};
    decision.status = response.status;
    decision.code = is_oauth(route) ? oauth_code_of(response.status)
                                    : answer_to(face_for(route).errors, problem).code;
    decision.reason = name_of(problem);
    decision.began = parts_.clock.mono_now();
    parts_.audit.note_refusal(std::move(decision));
}

}  // namespace numproof
