// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/oauth_request.h"

#include "daemon/domain/correlator.h"

namespace numproof {
namespace {

bool has_form_body(const http::Request& request) {
    auto type = request.field("content-type").value_or("");
    type = type.substr(0, type.find(';'));
    while (type.ends_with(' ')) {
        type.remove_suffix(1);
    }
    return http::equal_ignoring_case(type, "application/x-www-form-urlencoded");
}

OAuthResult<Form> parse(std::string_view text) {
    auto form = Form::parse(text);
    if (!form) {
        return refuse(OAuthError::invalid_request, "form_malformed");
    }
    return std::move(*form);
}

}  // namespace

OAuthResult<Form> read_body_form(const http::Request& request) {
    if (!has_form_body(request)) {
        return refuse(OAuthError::invalid_request, "media_type");
    }
    return parse(request.body);
}

OAuthResult<Form> read_query_form(const http::Request& request) {
    return parse(request.query);
}

std::string_view correlator_of(const http::Request& request) noexcept {
    const auto value = request.field("x-correlator").value_or("");
    return request.count("x-correlator") == 1 && is_good_correlator(value) ? value
                                                                           : std::string_view{};
}

Decision begin_decision(Operation operation, const http::Request& request, const Clock& clock) {
    Decision decision;
    decision.kind = AuditKind::authorization_denied;
    decision.operation = operation;
    decision.contract = "oauth";
    decision.began = clock.mono_now();
    decision.correlation_id = correlator_of(request);
    return decision;
}

void decide_against(Decision& decision, const OAuthFault& fault, int status) {
    decision.result = fault.result;
    decision.status = status;
    decision.code = name_of(fault.error);
    decision.reason = fault.reason;
}

}  // namespace numproof
