// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/auth/oauth_stand.h"

#include "daemon/auth/client_secret.h"
#include "daemon/domain/store_keys.h"
#include "daemon/domain/subscriber_head.h"
#include "tests/fakes/run_task.h"

namespace numproof {
namespace {

ClientRegistry make_clients() {
    const OpensslCrypto crypto;
    Client app;
    app.id = "app";
    app.auth_methods = {
        ClientAuthMethod::client_secret_basic, ClientAuthMethod::client_secret_post};
    app.secret_hash = hash_client_secret(crypto, "salt", ClientSecret{"s3cret"});
    app.redirect_uris = {"https://app.example/cb", "https://app.example/q?x=1", "net.app:/cb"};
    app.scopes = ScopeSet{7};
    app.purposes = {"dpv:FraudPreventionAndDetection", "dpv:ServiceProvision"};

    Client legacy = app;
    legacy.id = "legacy";
    legacy.pkce = Client::Pkce::optional;
    legacy.legacy_scopes = Client::LegacyScopes::accepted;
    legacy.redirect_uri_at_token = Client::RedirectAtToken::ignored;
    legacy.default_purpose = app.purposes.front();

    Client jwt = app;
    jwt.id = "jwt";
    jwt.auth_methods = {ClientAuthMethod::private_key_jwt};
    jwt.secret_hash.clear();
    jwt.keys = {{.kid = "", .jwk = "jwt-key"}};

    return {{app.id, app}, {legacy.id, legacy}, {jwt.id, jwt}};
}

ClientSnapshot snapshot() {
    static const auto only = std::make_shared<const ClientRegistry>(make_clients());
    return only;
}

http::Request form_request(std::string_view form, std::string_view authorization) {
    http::Request request;
    request.method = http::Method::post;
    request.fields.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    if (!authorization.empty()) {
        request.fields.push_back({"Authorization", authorization});
    }
    request.body = form;
    return request;
}

}  // namespace

const ClientRegistry& oauth_clients() {
    return *snapshot();
}

OauthStand::OauthStand() {
    const auto number = Msisdn::parse("+34600000001").value();
    numbers_.answer(Proof{Proven{
        .msisdn = number,
        .subscriber = vault_.subscriber_id(number),
        .epoch = 7,
        .session = vault_.session_id({.source = "smf", .session = "1"})}});
    put_subscriber(vault_.subscriber_id(number));
    standing_.live_as(store_.incarnation());
    AuthServerSettings settings;
    settings.issuer = "https://idp.example.com";
    endpoints_ = std::make_unique<AuthEndpoints>(parts(), std::move(settings));
}

void OauthStand::put_subscriber(const SubscriberId& subscriber) {
    const SubscriberHead head{.state = SubscriberState::active, .epoch = 7};
    Replacement replacement{
        .key = store_keys::subscriber(subscriber),
        .expected = {},
        .record = {.revision = crypto_.random(8), .value = to_stored(head) + "rest"},
        .keep = std::chrono::hours{1},
    };
    NP_CHECK(store_.replace({replacement}).front().replaced);
}

AuthParts OauthStand::parts() {
    const auto signer = std::shared_ptr<const TokenSigner>{&signer_, [](auto*) {}};
    return AuthParts{
        .codec = codec_,
        .vault = vault_,
        .numbers = numbers_,
        .standing = standing_,
        .grants = grants_,
        .audit = audit_,
        .opener = opener_,
        .clock = clock_,
        .metrics = metrics_,
        .log = log_,
        .per_subscriber = nullptr,
        .clients = snapshot,
        .signer = [signer] { return signer; },
    };
}

Deadline OauthStand::deadline() const {
    return Deadline::after(clock_.mono_now(), std::chrono::seconds{2});
}

http::Response OauthStand::authorize(http::Method method, std::string_view parameters) {
    auto request = form_request(parameters, {});
    request.method = method;
    if (method == http::Method::get) {
        request.fields.clear();
        request.body = {};
        request.query = parameters;
    }
    const SourceEndpoint source{.address = IpAddress::v4({10, 45, 0, 7}), .port = 4711};
    return run_now(endpoints_->authorize(request, source, deadline()));
}

http::Response OauthStand::token(std::string_view form, std::string_view authorization) {
    return run_now(endpoints_->token(form_request(form, authorization), deadline()));
}

http::Response OauthStand::revoke(std::string_view form, std::string_view authorization) {
    return run_now(endpoints_->revoke(form_request(form, authorization), deadline()));
}

std::string OauthStand::new_code() {
    const auto answer = authorize(
        http::Method::get,
        "client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_type=code&scope=openid+"
        "dpv%3AServiceProvision+number-verification%3Averify&code_challenge_method=S256&"
        "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
    for (const auto& [name, value] : answer.fields) {
        if (const auto at = value.find("code="); at != std::string::npos) {
            return value.substr(at + 5, value.find('&', at) - at - 5);
        }
    }
    NP_CHECK(false);
}

}  // namespace numproof
