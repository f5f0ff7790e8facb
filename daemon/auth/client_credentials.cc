// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/client_credentials.h"

#include "daemon/base/bytes.h"

namespace numproof {
namespace {

constexpr std::string_view kAssertionType =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr std::string_view kBasic = "basic";

tl::unexpected<OAuthFault> bad_credentials(std::string_view reason) {
    return refuse(OAuthError::invalid_client, reason);
}

OAuthResult<ClientCredentials> read_basic(std::string_view field, const Form& form) {
    const auto blank = field.find(' ');
    if (blank == std::string_view::npos ||
        !http::equal_ignoring_case(field.substr(0, blank), kBasic)) {
        return bad_credentials("authorization_scheme");
    }
    const auto decoded = parse_base64(field.substr(blank + 1));
    const auto colon = decoded ? decoded->find(':') : std::string::npos;
    if (colon == std::string::npos) {
        return bad_credentials("authorization_malformed");
    }
    auto id = decode_form_text(std::string_view{*decoded}.substr(0, colon));
    auto secret = decode_form_text(std::string_view{*decoded}.substr(colon + 1));
    if (!id || !secret) {
        return bad_credentials("authorization_malformed");
    }
    if (form.find("client_id").value_or(*id) != *id) {
        return refuse(OAuthError::invalid_request, "client_id_differs");
    }
    return SecretCredentials{
        .method = ClientAuthMethod::client_secret_basic,
        .client_id = std::move(*id),
        .secret = ClientSecret{std::move(*secret)},
    };
}

OAuthResult<ClientCredentials> read_post(const Form& form) {
    const auto id = form.find("client_id");
    if (!id) {
        return bad_credentials("client_id_missing");
    }
    return SecretCredentials{
        .method = ClientAuthMethod::client_secret_post,
        .client_id = std::string{*id},
        .secret = ClientSecret{std::string{*form.find("client_secret")}},
    };
}

OAuthResult<ClientCredentials> read_assertion(const Form& form) {
    if (form.find("client_assertion_type") != kAssertionType) {
        return bad_credentials("assertion_type");
    }
    return AssertionCredentials{
        .client_id = std::string{form.find("client_id").value_or("")},
        .assertion = std::string{*form.find("client_assertion")},
    };
}

}  // namespace

OAuthResult<ClientCredentials> read_client_credentials(
    const http::Request& request, const Form& form
) {
    const auto headers = request.count("authorization");
    const bool has_secret = form.find("client_secret").has_value();
    const bool has_assertion = form.find("client_assertion").has_value();
    if (headers + std::size_t{has_secret} + std::size_t{has_assertion} > 1) {
        return refuse(OAuthError::invalid_request, "more_than_one_client_authentication");
    }
    if (headers == 1) {
        return read_basic(*request.field("authorization"), form);
    }
    if (has_secret) {
        return read_post(form);
    }
    return has_assertion ? read_assertion(form) : bad_credentials("no_client_authentication");
}

}  // namespace numproof
