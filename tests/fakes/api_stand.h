// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/api/public_router.h"
#include "daemon/domain/store_keys.h"
#include "daemon/token/grant_seal.h"
#include "tests/fakes/fake_audit_log.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_directory_standing.h"
#include "tests/fakes/memory_log.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scripted_claims.h"

namespace numproof {

/// An authorization server that says which of its endpoints was called.
class NamedOauthEndpoints final : public OauthEndpoints {
public:
    [[nodiscard]] Task<http::Response> authorize(
        const http::Request&, std::optional<SourceEndpoint> source, Deadline
    ) override {
        return named("authorize from " + (source ? source->address.to_text() : "nowhere"));
    }

    [[nodiscard]] Task<http::Response> token(const http::Request&, Deadline) override {
        return named("token");
    }

    [[nodiscard]] Task<http::Response> revoke(const http::Request&, Deadline) override {
        return named("revoke");
    }

    [[nodiscard]] Task<http::Response> jwks(const http::Request&, Deadline) override {
        return named("jwks");
    }

    [[nodiscard]] Task<http::Response> openid_configuration(const http::Request&, Deadline)
        override {
        return named("openid_configuration");
    }

    [[nodiscard]] Task<http::Response> oauth_metadata(const http::Request&, Deadline) override {
        return named("oauth_metadata");
    }

private:
    static Task<http::Response> named(std::string name) {
        http::Response response;
        response.body = std::move(name);
        co_return response;
    }
};

/// A request in the making; the text that it refers to lives in it.
struct Call {
    std::string method = "POST";
    std::string path;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
    std::string query;

    [[nodiscard]] Call with(std::string name, std::string value) const {
        Call changed = *this;
        changed.fields.emplace_back(std::move(name), std::move(value));
        return changed;
    }

    [[nodiscard]] Call with_body(std::string text) const {
        Call changed = *this;
        changed.body = std::move(text);
        return changed;
    }
};

/// The API as one event loop has it, on fakes for everything outside: mounts `/v0` (Orange),
/// `/v1`, `/v2`, and `/camara0` (contract v0 with CAMARA's errors), `/orange2` (the reverse).
/// Clients: `app`, and `legacy` that leaves out the `+`.
class ApiStand {
public:
    static constexpr std::string_view kNumber = "+34600000001";
    static constexpr std::string_view kOther = "+34600000002";

    explicit ApiStand(std::optional<RateLimit> per_client = std::nullopt)
        : verifier_(VerifyParts{
              .codec = codec,
              .vault = vault,
              .grants = claims,
              .standing = standing,
              .audit = trail_,
              .clock = clock,
              .limiter = limiter_,
              .metrics = verify_metrics,
              .log = log,
              .clients = [this] { return clients; },
              .per_client = per_client}) {}

    /// A token of `client` for the first number, that a claim finds as `outcome`.
    std::string token(
        ClaimOutcome outcome = ClaimOutcome::claimed, std::string_view client = "app"
    ) {
        const auto minted = codec.mint_token(Shard::of(subscriber()), client);
        const auto place = store_keys::token(minted.key);
        claims.put(minted.key, seal_grant(vault, place, header(), body(client)), outcome);
        return minted.text;
    }

    /// A token whose sealed part was changed in the store.
    std::string broken_token() {
        const auto minted = codec.mint_token(Shard::of(subscriber()), "app");
        auto grant = seal_grant(vault, "elsewhere", header(), body("app"));
        claims.put(minted.key, std::move(grant), ClaimOutcome::claimed);
        return minted.text;
    }

    /// A token in the right form that the store does not know.
    std::string unknown_token() { return codec.mint_token(Shard::of(subscriber()), "app").text; }

    static Call verify_call(std::string mount, const std::string& token) {
        Call call;
        call.path = std::move(mount) + "/verify";
        call.fields = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + token}};
        call.body = R"({"phoneNumber":"+34600000001"})";
        return call;
    }

    static Call share_call(std::string mount, const std::string& token) {
        Call call;
        call.method = "GET";
        call.path = std::move(mount) + "/device-phone-number";
        call.fields = {{"Authorization", "Bearer " + token}};
        return call;
    }

    http::Response send(const Call& call) {
        http::Request request;
        request.method = method_of(call.method);
        request.method_name = call.method;
        request.path = call.path;
        request.query = call.query;
        request.body = call.body;
        for (const auto& [name, value] : call.fields) {
            request.fields.push_back({name, value});
        }
        const Deadline deadline = Deadline::after(clock.mono_now(), std::chrono::seconds{2});
        return run_now(router.handle(request, deadline));
    }

    /// The value of the answer's field, `(none)` without it, `(several)` if it is there twice.
    static std::string field(const http::Response& response, std::string_view name) {
        std::string found = "(none)";
        for (const auto& [key, value] : response.fields) {
            if (http::equal_ignoring_case(key, name)) {
                found = found == "(none)" ? value : "(several)";
            }
        }
        return found;
    }

    OpensslCrypto crypto;
    Vault vault{crypto, {name_key(crypto, SecretKey{std::string(32, 'k')})}};
    TokenCodec codec{vault};
    FakeClock clock;
    FakeAuditLog audit;
    FakeDirectoryStanding standing;
    ScriptedClaims claims;
    MemoryLog log;
    VerifyMetrics verify_metrics;
    HttpMetrics http_metrics;
    std::atomic<bool> draining{false};
    ClientSnapshot clients = made_clients();
    NamedOauthEndpoints oauth;

    /// When the grants of token() were issued, and by what.
    [[nodiscard]] SubscriberId subscriber() const {
        return vault.subscriber_id(Msisdn::parse(kNumber).value());
    }

private:
    static http::Method method_of(std::string_view name) {
        return name == "GET"       ? http::Method::get
               : name == "HEAD"    ? http::Method::head
               : name == "POST"    ? http::Method::post
               : name == "OPTIONS" ? http::Method::options
                                   : http::Method::other;
    }

    /// As behind a hop that says where a request comes from, or says nothing.
    static std::optional<SourceEndpoint> source_of(const http::Request& request) {
        return request.field("x-lost") ? std::nullopt : std::optional{request.peer};
    }

    static ClientSnapshot made_clients() {
        ClientRegistry registry;
        registry["app"].id = "app";
        registry["legacy"].id = "legacy";
        registry["legacy"].number_plus_sign = Client::PlusSign::optional;
        registry["slow"].id = "slow";
        registry["slow"].rate = RateLimit{.rate = 0.1, .burst = 1};
        return std::make_shared<const ClientRegistry>(std::move(registry));
    }

    static Offer made_offer() {
        const auto mount = [](std::string prefix, ContractVersion contract, ErrorProfile errors) {
            return Mount{.prefix = std::move(prefix), .contract = contract, .errors = errors};
        };
        Offer offer;
        offer.mounts = {
            mount("/v0", ContractVersion::v0, ErrorProfile::orange),
            mount("/v1", ContractVersion::v1, ErrorProfile::camara),
            mount("/v2", ContractVersion::v2, ErrorProfile::camara),
            mount("/camara0", ContractVersion::v0, ErrorProfile::camara),
            mount("/orange2", ContractVersion::v2, ErrorProfile::orange)};
        offer.oauth = Offer::Oauth::present;
        offer.authorize_paths = {"/oauth2/authorize", "/v0/authorize"};
        offer.token_paths = {"/oauth2/token"};
        return offer;
    }

    [[nodiscard]] GrantHeader header() const {
        GrantHeader made;
        made.issued_at = clock.wall_now();
        made.not_after = clock.wall_now() + std::chrono::minutes{2};
        made.scopes.add(Scope::verify);
        made.scopes.add(Scope::device_phone_number);
        made.subscriber = subscriber();
        made.epoch = 7;
        return made;
    }

    [[nodiscard]] GrantBody body(std::string_view client) const {
        return GrantBody{
            .msisdn = Msisdn::parse(kNumber).value(),
            .client_id = std::string{client},
            .purpose = "dpv:FraudPreventionAndDetection",
            .scope_text = "openid number-verification:verify",
            .session = vault.session_id({.source = "smf", .session = "1"}),
            .auth_time = clock.wall_now(),
            .redirect_uri = {},
            .code_challenge = {},
            .nonce = {}};
    }

    KeyRing audit_keys_{name_key(crypto, SecretKey{std::string(32, 'a')})};
    AuditTrail trail_{
        crypto,
        audit_keys_,
        clock,
        audit,
        AuditOrigin{.version = "0.1.0", .config_hash = "c0ffee"},
        SpoolFailurePolicy::deny};
    RateLimiter limiter_{RateLimit{.rate = 1, .burst = 1}, 1000};
    Verifier verifier_;
    RouteTable routes_{made_offer()};

public:
    PublicRouter router{PublicParts{
        .routes = routes_,
        .verifier = &verifier_,
        .oauth = &oauth,
        .audit = trail_,
        .metrics = http_metrics,
        .clock = clock,
        .draining = draining,
        .source_of = [](const http::Request& request) { return source_of(request); }}};
};

}  // namespace numproof
