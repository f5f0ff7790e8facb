// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/auth/auth_test.h"

#include <simdjson.h>

#include "adapters/memory/memory_record_store.h"
#include "daemon/auth/client_secret.h"
#include "daemon/domain/store_keys.h"

namespace numproof {

std::string to_form(const Parameters& parameters) {
    std::string text;
    for (const auto& [name, value] : parameters) {
        text += text.empty() ? "" : "&";
        text += encode_query_text(name) + "=" + encode_query_text(value);
    }
    return text;
}

AuthTest::AuthTest() {
    add_clients();
    put_subscriber({.state = SubscriberState::active, .epoch = 7});
    numbers_.answer(Proof{proven_});
    standing_.live_as(store_.incarnation());
    AuthServerSettings settings;
    settings.issuer = "https://idp.example.com";
    endpoints_ = std::make_unique<AuthEndpoints>(parts(), std::move(settings));
}

AuthParts AuthTest::parts() {
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
        .per_subscriber = &limiter_,
        .clients = [this] { return clients_; },
        .signer =
            [this] {
                return std::shared_ptr<const TokenSigner>{&signer_, [](auto*) {}};
            },
    };
}

void AuthTest::add_clients() {
    Client app;
    app.id = "app";
    app.auth_methods = {
        ClientAuthMethod::client_secret_basic, ClientAuthMethod::client_secret_post};
    app.secret_hash = hash_client_secret(crypto_, "salt", ClientSecret{"s3cret"});
    app.redirect_uris = {std::string{kCallback}};
    app.scopes = ScopeSet{7};
    app.purposes = {std::string{kPurpose}, "dpv:ServiceProvision"};

    Client legacy = app;
    legacy.id = "legacy";
    legacy.pkce = Client::Pkce::optional;
    legacy.legacy_scopes = Client::LegacyScopes::accepted;
    legacy.redirect_uri_at_token = Client::RedirectAtToken::ignored;

    Client jwt = app;
    jwt.id = "jwt";
    jwt.auth_methods = {ClientAuthMethod::private_key_jwt};
    jwt.secret_hash.clear();
    jwt.keys = {{.kid = "", .jwk = "jwt-key"}};

    for (auto* const one : {&app, &legacy, &jwt}) {
        clients_->emplace(one->id, *one);
    }
}

Parameters AuthTest::good_request() {
    return {
        {"client_id", "app"},
        {"redirect_uri", std::string{kCallback}},
        {"response_type", "code"},
        {"scope", "openid " + std::string{kPurpose} + " number-verification:verify"},
        {"state", "af0if jsldkj/&="},
        {"nonce", "n-0S6_WzA2Mj"},
        {"code_challenge", std::string{kChallenge}},
        {"code_challenge_method", "S256"},
    };
}

Parameters AuthTest::good_exchange(const std::string& code) {
    return {
        {"grant_type", "authorization_code"},
        {"code", code},
        {"redirect_uri", std::string{kCallback}},
        {"code_verifier", std::string{kVerifier}},
        {"client_id", "app"},
        {"client_secret", "s3cret"},
    };
}

std::string AuthTest::assertion(const Parameters& changes, std::string_view key) {
    const auto now = epoch_ms(clock_.wall_now()) / 1000;
    Parameters claims{
        {"iss", R"("jwt")"},
        {"sub", R"("jwt")"},
        {"aud", R"("https://idp.example.com")"},
        {"jti", R"("j-1")"},
        {"iat", std::to_string(now)},
        {"exp", std::to_string(now + 60)},
    };
    for (const auto& [name, value] : changes) {
        claims[name] = value;
    }
    std::string json;
    for (const auto& [name, value] : claims) {
        if (!value.empty()) {
            json += (json.empty() ? "{\"" : ",\"") + name + "\":" + value;
        }
    }
    return fake_jws(json + "}", key);
}

http::Response AuthTest::authorize(const Parameters& parameters) {
    const auto query = to_form(parameters);
    http::Request request;
    request.method = http::Method::get;
    request.path = "/oauth2/authorize";
    request.query = query;
    return authorize_raw(request);
}

http::Response AuthTest::authorize_raw(const http::Request& request) {
    const SourceEndpoint source{.address = IpAddress::v4({10, 45, 0, 7}), .port = 4711};
    return run_now(endpoints_->authorize(request, source, deadline()));
}

http::Response AuthTest::token(const Parameters& parameters, std::vector<http::Field> fields) {
    const auto body = to_form(parameters);
    http::Request request;
    request.method = http::Method::post;
    request.path = "/oauth2/token";
    request.fields = std::move(fields);
    request.fields.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request.body = body;
    return run_now(endpoints_->token(request, deadline()));
}

http::Response AuthTest::revoke(const Parameters& parameters) {
    const auto body = to_form(parameters);
    http::Request request;
    request.method = http::Method::post;
    request.path = "/oauth2/revoke";
    request.fields.push_back({"content-type", "application/x-www-form-urlencoded; charset=utf-8"});
    request.body = body;
    return run_now(endpoints_->revoke(request, deadline()));
}

std::string AuthTest::new_code() {
    return redirect_of(authorize(good_request()))["code"];
}

ClaimOutcome AuthTest::claim(const std::string& text) {
    const auto presented = codec_.read_token(text);
    if (!presented) {
        return ClaimOutcome::unknown;
    }
    ClaimRequest request{
        .key = presented->key,
        .mode = ClaimMode::judge_only,
        .scope = Scope::verify,
        .now = clock_.wall_now(),
        .trusted_since = {},
        .remember = std::chrono::minutes{10},
        .incarnation = store_.incarnation(),
    };
    return run_now(memory_.claim(std::move(request), deadline())).value().outcome;
}

void AuthTest::put_subscriber(SubscriberHead head) {
    const auto key = store_keys::subscriber(proven_.subscriber);
    const auto before = store_.read({key}).front();
    Replacement replacement{
        .key = key,
        .expected = before ? before->revision : Bytes{},
        .record = {.revision = crypto_.random(8), .value = to_stored(head) + "rest"},
        .keep = std::chrono::hours{1},
    };
    ASSERT_TRUE(store_.replace({replacement}).front().replaced);
}

Parameters AuthTest::redirect_of(const http::Response& response) {
    Parameters found;
    for (const auto& [name, value] : response.fields) {
        if (name != "Location") {
            continue;
        }
        const auto mark = value.find('?');
        found["@"] = value.substr(0, mark);
        const auto form = Form::parse(std::string_view{value}.substr(mark + 1));
        for (const auto* const key :
             {"code", "error", "error_description", "state", "iss", "from"}) {
            if (const auto text = form->find(key)) {
                found[key] = *text;
            }
        }
    }
    return found;
}

std::string AuthTest::error_of(const http::Response& response) {
    auto redirect = redirect_of(response);
    return redirect["error"] + " " + redirect["error_description"];
}

std::string AuthTest::fault_of(const http::Response& response) {
    return member(response.body, "error") + " " + member(response.body, "error_description");
}

std::string AuthTest::member(std::string_view json, std::string_view name) {
    simdjson::dom::parser parser;
    std::string_view text;
    const auto found = parser.parse(json.data(), json.size())[name].get(text);
    return found == simdjson::SUCCESS ? std::string{text} : "<none>";
}

}  // namespace numproof
