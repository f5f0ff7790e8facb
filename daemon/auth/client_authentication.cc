// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/client_authentication.h"

#include <algorithm>

#include "daemon/auth/client_assertion.h"
#include "daemon/auth/client_secret.h"

namespace numproof {
namespace {

const Client* find_client(const ClientRegistry& clients, std::string_view id) {
    const auto found = clients.find(id);
    return found == clients.end() ? nullptr : &found->second;
}

bool may_use(const Client* client, ClientAuthMethod method) {
    return client != nullptr &&
           std::ranges::find(client->auth_methods, method) != client->auth_methods.end();
}

std::vector<PublicJwk> keys_of(const Client& client) {
    std::vector<PublicJwk> keys;
    for (const auto& key : client.keys) {
        keys.push_back({.kid = key.kid, .json = key.jwk});
    }
    return keys;
}

tl::unexpected<OAuthFault> not_this_client(std::string_view reason) {
    return refuse(OAuthError::invalid_client, reason);
}

}  // namespace

OAuthResult<AuthenticatedClient> ClientAuthenticator::authenticate(
    const http::Request& request, const Form& form, const ClientsAtEndpoint& at
) const {
    const auto credentials = read_client_credentials(request, form);
    if (!credentials) {
        return tl::unexpected(credentials.error());
    }
    return std::visit(
        [this, &at](const auto& presented) { return check(presented, at); }, *credentials
    );
}

OAuthResult<AuthenticatedClient> ClientAuthenticator::check(
    const SecretCredentials& presented, const ClientsAtEndpoint& at
) const {
    const auto* const client = find_client(at.clients, presented.client_id);
    // Also for a client that does not exist, so that the time tells nothing.
    const bool matches = matches_client_secret(
        vault_.crypto(), client == nullptr ? "" : client->secret_hash, presented.secret
    );
    if (!matches || !may_use(client, presented.method)) {
        return not_this_client("client_authentication_failed");
    }
    return AuthenticatedClient{.client = *client, .assertion = std::nullopt};
}

OAuthResult<AuthenticatedClient> ClientAuthenticator::check(
    const AssertionCredentials& presented, const ClientsAtEndpoint& at
) const {
    const auto subject = claimed_subject(presented.assertion);
    if (!subject) {
        return not_this_client("assertion_malformed");
    }
    if (!presented.client_id.empty() && presented.client_id != *subject) {
        return not_this_client("assertion_of_another_client");
    }
    const auto* const client = find_client(at.clients, *subject);
    if (!may_use(client, ClientAuthMethod::private_key_jwt)) {
        return not_this_client("client_authentication_failed");
    }
    const auto claims = opener_.open(presented.assertion, keys_of(*client));
    if (!claims) {
        return not_this_client("assertion_not_verified");
    }
    const AssertionExpectation expected{
        .client_id = client->id, .audiences = at.audiences, .now = clock_.wall_now()};
    const auto checked = check_assertion(*claims, expected);
    if (!checked) {
        return tl::unexpected(checked.error());
    }
    return AuthenticatedClient{
        .client = *client, .assertion = use_of(client->id, checked->jti, checked->not_after)};
}

AssertionUse ClientAuthenticator::use_of(
    std::string_view client_id, std::string_view jti, WallTime not_after
) const {
    std::string both{client_id};
    both.push_back('\0');
    both += jti;
    return {
        .name = to_base64url(as_view(vault_.name("client assertion", both))),
        .keep = not_after - clock_.wall_now() + Milliseconds{1},
    };
}

Task<OAuthResult<void>> mark_presented(
    GrantStore& grants, std::optional<AssertionUse> use, Deadline deadline
) {
    if (!use) {
        co_return OAuthResult<void>{};
    }
    const auto first = co_await grants.first_use(std::move(use->name), use->keep, deadline);
    if (!first) {
        co_return not_now(name_of(first.error().code));
    }
    if (!*first) {
        co_return not_this_client("assertion_presented_before");
    }
    co_return OAuthResult<void>{};
}

http::Response back_channel_fault(const http::Request& request, const OAuthFault& fault) {
    auto response = fault_answer(fault);
    if (fault.error == OAuthError::invalid_client && request.count("authorization") > 0) {
        response.fields.emplace_back("WWW-Authenticate", R"(Basic realm="numproof")");
    }
    return response;
}

}  // namespace numproof
