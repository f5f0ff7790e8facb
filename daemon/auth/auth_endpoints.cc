// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/auth_endpoints.h"

#include "daemon/auth/metadata.h"
#include "daemon/auth/oauth_request.h"

namespace numproof {
namespace {

using http::Method;

constexpr OAuthFault kWrongMethod{
    .error = OAuthError::invalid_request, .reason = "method_not_allowed"};

http::Response not_allowed(std::string_view allowed) {
    auto answer = fault_answer(kWrongMethod);
    answer.status = 405;
    answer.fields.emplace_back("Allow", allowed);
    return answer;
}

http::Response with_correlator(const http::Request& request, http::Response answer) {
    if (const auto correlator = correlator_of(request); !correlator.empty()) {
        answer.fields.emplace_back("x-correlator", correlator);
    }
    return answer;
}

}  // namespace

AuthEndpoints::AuthEndpoints(AuthParts parts, AuthServerSettings settings)
    : parts_(std::move(parts)),
      settings_(std::move(settings)),
      metadata_(server_metadata(settings_)),
      authorize_(parts_, settings_),
      token_(parts_, settings_),
      revocation_(parts_, settings_) {}

Task<http::Response> AuthEndpoints::authorize(
    const http::Request& request, std::optional<SourceEndpoint> source, Deadline deadline
) {
    if (request.method != Method::get && request.method != Method::post) {
        co_return wrong_method(request, Operation::authorize, "GET, POST");
    }
    auto answer = co_await authorize_.handle(request, source, deadline);
    co_return with_correlator(request, std::move(answer));
}

Task<http::Response> AuthEndpoints::token(const http::Request& request, Deadline deadline) {
    if (request.method != Method::post) {
        co_return wrong_method(request, Operation::token, "POST");
    }
    auto answer = co_await token_.handle(request, deadline);
    co_return with_correlator(request, std::move(answer));
}

Task<http::Response> AuthEndpoints::revoke(const http::Request& request, Deadline deadline) {
    if (request.method != Method::post) {
        co_return wrong_method(request, Operation::token, "POST");
    }
    auto answer = co_await revocation_.handle(request, deadline);
    co_return with_correlator(request, std::move(answer));
}

http::Response AuthEndpoints::jwks(const http::Request& request) const {
    return document(request, parts_.signer()->jwks());
}

http::Response AuthEndpoints::openid_configuration(const http::Request& request) const {
    return document(request, metadata_);
}

http::Response AuthEndpoints::oauth_metadata(const http::Request& request) const {
    return document(request, metadata_);
}

http::Response AuthEndpoints::wrong_method(
    const http::Request& request, Operation operation, std::string_view allowed
) {
    auto answer = not_allowed(allowed);
    auto decision = begin_decision(operation, request, parts_.clock);
    decide_against(decision, kWrongMethod, answer.status);
    parts_.audit.note_refusal(std::move(decision));
    return with_correlator(request, std::move(answer));
}

http::Response AuthEndpoints::document(const http::Request& request, std::string json) {
    if (request.method != Method::get && request.method != Method::head) {
        return with_correlator(request, not_allowed("GET, HEAD"));
    }
    http::Response answer;
    answer.body = std::move(json);
    return with_correlator(request, std::move(answer));
}

}  // namespace numproof
