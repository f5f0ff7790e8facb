// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/authorize_request.h"

#include <algorithm>

#include "daemon/auth/pkce.h"

namespace numproof {
namespace {

constexpr std::size_t kStateMax = 512;
constexpr std::size_t kNonceMax = 255;

OAuthResult<void> check_form(const Form& form) {
    if (form.has_repeats()) {
        return refuse(OAuthError::invalid_request, "parameter_repeated");
    }
    if (form.find("state").value_or("").size() > kStateMax) {
        return refuse(OAuthError::invalid_request, "state_too_long");
    }
    if (form.find("request")) {
        return refuse(OAuthError::request_not_supported, "request_object");
    }
    if (form.find("request_uri")) {
        return refuse(OAuthError::request_uri_not_supported, "request_uri");
    }
    return {};
}

OAuthResult<void> check_response(const Form& form) {
    const auto type = form.find("response_type");
    if (!type) {
        return refuse(OAuthError::invalid_request, "response_type_missing");
    }
    if (*type != "code") {
        return refuse(OAuthError::unsupported_response_type, "response_type");
    }
    if (form.find("response_mode").value_or("query") != "query") {
        return refuse(OAuthError::invalid_request, "response_mode");
    }
    return {};
}

OAuthResult<std::string> read_challenge(const Form& form, const Client& client) {
    const auto challenge = form.find("code_challenge");
    const auto method = form.find("code_challenge_method");
    if (!challenge && (method || client.pkce == Client::Pkce::required)) {
        return refuse(OAuthError::invalid_request, "pkce_missing");
    }
    if (!challenge) {
        return std::string{};
    }
    // Without a method the challenge would be `plain`, which shows the verifier to everybody.
    if (method != "S256") {
        return refuse(OAuthError::invalid_request, "pkce_method");
    }
    if (!is_pkce_challenge(*challenge)) {
        return refuse(OAuthError::invalid_request, "pkce_challenge");
    }
    return std::string{*challenge};
}

OAuthResult<std::string> read_nonce(const Form& form) {
    const auto nonce = form.find("nonce").value_or("");
    if (nonce.size() > kNonceMax) {
        return refuse(OAuthError::invalid_request, "nonce_too_long");
    }
    return std::string{nonce};
}

std::string_view returnable_state(const Form& form) {
    const auto state = form.find("state").value_or("");
    return form.repeats("state") || state.size() > kStateMax ? std::string_view{} : state;
}

}  // namespace

OAuthResult<AuthorizeTarget> read_target(const Form& form, const ClientRegistry& clients) {
    const auto id = form.find("client_id");
    if (!id || form.repeats("client_id")) {
        return refuse(OAuthError::invalid_request, "client_id");
    }
    const auto found = clients.find(*id);
    if (found == clients.end()) {
        return refuse(OAuthError::invalid_request, "unknown_client");
    }
    const auto& client = found->second;
    const auto uri = form.find("redirect_uri");
    if (!uri || form.repeats("redirect_uri") ||
        std::ranges::find(client.redirect_uris, *uri) == client.redirect_uris.end()) {
        return refuse(OAuthError::invalid_request, "redirect_uri");
    }
    return AuthorizeTarget{.client = client, .redirect_uri = *uri, .state = returnable_state(form)};
}

OAuthResult<AuthorizeRequest> read_authorize_request(const Form& form, const Client& client) {
    auto good = check_form(form);
    if (good) {
        good = check_response(form);
    }
    if (!good) {
        return tl::unexpected(good.error());
    }
    auto challenge = read_challenge(form, client);
    if (!challenge) {
        return tl::unexpected(challenge.error());
    }
    auto nonce = read_nonce(form);
    if (!nonce) {
        return tl::unexpected(nonce.error());
    }
    auto scope = read_scope(form.find("scope").value_or(""), client);
    if (!scope) {
        return tl::unexpected(scope.error());
    }
    return AuthorizeRequest{
        .scope = std::move(*scope),
        .code_challenge = std::move(*challenge),
        .nonce = std::move(*nonce),
    };
}

}  // namespace numproof
