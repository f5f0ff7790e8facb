// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/oauth_fault.h"

#include "daemon/base/json_writer.h"

namespace numproof {
namespace {

int status_of(OAuthError error) noexcept {
    if (error == OAuthError::temporarily_unavailable) {
        return 503;
    }
    return error == OAuthError::invalid_client ? 401 : 400;
}

}  // namespace

std::string_view name_of(OAuthError error) noexcept {
    switch (error) {
        case OAuthError::invalid_request:
            return "invalid_request";
        case OAuthError::invalid_client:
            return "invalid_client";
        case OAuthError::invalid_grant:
            return "invalid_grant";
        case OAuthError::invalid_scope:
            return "invalid_scope";
        case OAuthError::unsupported_grant_type:
            return "unsupported_grant_type";
        case OAuthError::unsupported_response_type:
            return "unsupported_response_type";
        case OAuthError::request_not_supported:
            return "request_not_supported";
        case OAuthError::request_uri_not_supported:
            return "request_uri_not_supported";
        case OAuthError::access_denied:
            return "access_denied";
        case OAuthError::login_required:
            return "login_required";
        case OAuthError::temporarily_unavailable:
            return "temporarily_unavailable";
    }
    return "";
}

http::Response fault_answer(const OAuthFault& fault) {
    http::Response response;
    response.status = status_of(fault.error);
    if (response.status == 503) {
        response.fields.emplace_back("Retry-After", "1");
    }
    JsonWriter json;
    json.begin_object();
    json.key("error").text(name_of(fault.error));
    json.key("error_description").text(fault.reason);
    json.end_object();
    response.body = json.take();
    return response;
}

}  // namespace numproof
