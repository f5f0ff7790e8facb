// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/token_endpoint.h"

#include "daemon/auth/id_token.h"
#include "daemon/auth/oauth_request.h"
#include "daemon/auth/pkce.h"
#include "daemon/base/json_writer.h"
#include "daemon/domain/store_keys.h"
#include "daemon/telemetry/messages.h"
#include "daemon/token/grant_seal.h"

namespace numproof {
namespace {

OAuthResult<void> check_form(const Form& form) {
    const auto grant_type = form.find("grant_type");
    if (!grant_type) {
        return refuse(OAuthError::invalid_request, "grant_type_missing");
    }
    if (*grant_type != "authorization_code") {
        return refuse(OAuthError::unsupported_grant_type, "grant_type");
    }
    if (!form.find("code")) {
        return refuse(OAuthError::invalid_request, "code_missing");
    }
    return {};
}

OAuthResult<void> check_redirect_uri(
    const Client& client, std::string_view asked_for, std::optional<std::string_view> presented
) {
    const bool required = client.redirect_uri_at_token == Client::RedirectAtToken::exact;
    const bool ignored = client.redirect_uri_at_token == Client::RedirectAtToken::ignored;
    if (!ignored && (presented ? *presented != asked_for : required)) {
        return refuse(OAuthError::invalid_grant, "redirect_uri");
    }
    return {};
}

std::string token_answer(
    std::string_view token, Milliseconds life, std::string_view scope, std::string_view id_token
) {
    JsonWriter json;
    json.begin_object();
    json.key("access_token").text(token);
    json.key("token_type").text("Bearer");
    json.key("expires_in").number(std::chrono::floor<std::chrono::seconds>(life).count());
    json.key("scope").text(scope);
    if (!id_token.empty()) {
        json.key("id_token").text(id_token);
    }
    json.end_object();
    return json.take();
}

}  // namespace

// One request on its way through; it lives in the frame of handle().
struct TokenEndpoint::Visit {
    const http::Request& request;
    const Form& form;
    const AuthenticatedClient& who;
    Deadline deadline;
    Decision decision;
    DirectoryBasis basis{};
};

struct TokenEndpoint::Code {
    GrantKey key;
    GrantHeader header;
    GrantBody body;
};

TokenEndpoint::TokenEndpoint(const AuthParts& parts, const AuthServerSettings& settings)
    : parts_(parts), settings_(settings), admission_(parts, settings, {}) {}

Task<http::Response> TokenEndpoint::handle(const http::Request& request, Deadline deadline) {
    auto admitted = admission_.admit(request);
    if (!admitted) {
        parts_.metrics.count_refused_token(admitted.error().fault.error);
        co_return std::move(admitted.error().answer);
    }
    Visit visit{
        .request = request,
        .form = admitted->form,
        .who = admitted->who,
        .deadline = deadline,
        .decision = std::move(admitted->decision),
    };
    auto body = co_await exchange(visit);
    co_return co_await conclude(visit, std::move(body));
}

Task<OAuthResult<std::string>> TokenEndpoint::exchange(Visit& visit) {
    if (const auto good = check_form(visit.form); !good) {
        co_return tl::unexpected(good.error());
    }
    visit.basis = parts_.standing.basis();
    visit.decision.watermark_age = visit.basis.watermark_age;
    if (visit.basis.standing != Standing::usable) {
        co_return not_now(name_of(visit.basis.standing));
    }
    if (!parts_.audit.accepts()) {
        co_return not_now("audit_unavailable");
    }
    auto marked = co_await mark_presented(parts_.grants, visit.who.assertion, visit.deadline);
    if (!marked) {
        co_return tl::unexpected(marked.error());
    }
    const auto key = parts_.codec.read_code(*visit.form.find("code"));
    if (!key) {
        co_return refuse(OAuthError::invalid_grant, "unknown_code");
    }
    auto code = co_await redeem(visit, *key);
    if (!code) {
        co_return tl::unexpected(code.error());
    }
    if (const auto good = check(visit, *code); !good) {
        co_return tl::unexpected(good.error());
    }
    co_return co_await issue(visit, std::move(*code));
}

Task<OAuthResult<TokenEndpoint::Code>> TokenEndpoint::redeem(Visit& visit, GrantKey key) {
    visit.decision.token = key.mac;
    // Where the store has another life, the code may be fresh again.
    RedeemRequest request{.code = key, .incarnation = visit.basis.incarnation};
    const auto reply = co_await parts_.grants.redeem(std::move(request), visit.deadline);
    if (!reply) {
        co_return not_now(name_of(reply.error().code));
    }
    if (reply->outcome == RedeemOutcome::unknown || !reply->code) {
        co_return co_await not_there(visit.deadline);
    }
    if (reply->outcome == RedeemOutcome::replayed) {
        co_return refuse(OAuthError::invalid_grant, "code_presented_before");
    }
    co_return open(visit, key, *reply->code);
}

// An emptied store knows no code either: only a directory that is whole may say "unknown".
Task<OAuthResult<TokenEndpoint::Code>> TokenEndpoint::not_there(Deadline deadline) {
    const auto standing = co_await parts_.standing.confirm(deadline);
    if (!standing) {
        co_return not_now(name_of(standing.error().code));
    }
    if (*standing != Standing::usable) {
        co_return not_now(name_of(*standing));
    }
    co_return refuse(OAuthError::invalid_grant, "unknown_code");
}

OAuthResult<TokenEndpoint::Code> TokenEndpoint::open(
    Visit& visit, GrantKey key, const StoredGrant& stored
) {
    auto body = open_grant(parts_.vault, store_keys::code(key), stored);
    if (!body) {
        parts_.log.write(messages::stored_code_broken, {{"code", to_hex(as_view(key.mac))}});
        visit.decision.kind = AuditKind::integrity;
        return refuse(OAuthError::invalid_grant, "integrity_failure");
    }
    visit.decision.subscriber = stored.header.subscriber;
    visit.decision.method = stored.header.method;
    visit.decision.epoch = stored.header.epoch;
    visit.decision.session = body->session;
    visit.decision.purpose = body->purpose;
    visit.decision.scope = body->scope_text;
    return Code{.key = key, .header = stored.header, .body = std::move(*body)};
}

OAuthResult<void> TokenEndpoint::check(const Visit& visit, const Code& code) const {
    const auto& client = visit.who.client;
    if (code.body.client_id != client.id) {
        return refuse(OAuthError::invalid_grant, "code_of_another_client");
    }
    if (code.header.not_after <= parts_.clock.wall_now()) {
        return refuse(OAuthError::invalid_grant, "code_expired");
    }
    if (code.header.issued_at < visit.basis.trusted_since) {
        return refuse(OAuthError::invalid_grant, "code_predates_failover");
    }
    if (code.header.subscriber != parts_.vault.subscriber_id(code.body.msisdn)) {
        return refuse(OAuthError::invalid_grant, "code_of_another_generation");
    }
    auto good = check_redirect_uri(client, code.body.redirect_uri, visit.form.find("redirect_uri"));
    if (good) {
        const auto verifier = visit.form.find("code_verifier");
        good = check_pkce(parts_.vault.crypto(), code.body.code_challenge, verifier);
    }
    return good;
}

Task<OAuthResult<std::string>> TokenEndpoint::issue(Visit& visit, Code code) {
    auto id_token = sign_id_token(code);
    if (!id_token) {
        co_return tl::unexpected(id_token.error());
    }
    const auto now = parts_.clock.wall_now();
    const auto minted = parts_.codec.mint_token(code.key.shard, visit.who.client.id);
    auto header = code.header;
    header.state = GrantState::fresh;
    header.issued_at = now;
    header.not_after = now + settings_.token_life;
    auto body = std::move(code.body);
    body.redirect_uri.clear();
    body.code_challenge.clear();
    body.nonce.clear();
    KeepRequest keep{
        .key = minted.key,
        .grant = seal_grant(parts_.vault, store_keys::token(minted.key), header, body),
        .now = now,
        .remember = parts_.remember,
    };
    IssueRequest request{
        .code = code.key, .token = std::move(keep), .incarnation = visit.basis.incarnation};
    visit.decision.token = minted.key.mac;
    const auto outcome = co_await parts_.grants.issue(std::move(request), visit.deadline);
    if (!outcome) {
        co_return not_now(name_of(outcome.error().code));
    }
    switch (*outcome) {
        case IssueOutcome::issued:
            co_return token_answer(minted.text, settings_.token_life, body.scope_text, *id_token);
        case IssueOutcome::code_replayed:
            co_return refuse(OAuthError::invalid_grant, "code_presented_before");
        case IssueOutcome::subscriber_changed:
            co_return refuse(OAuthError::invalid_grant, "subscriber_changed");
        case IssueOutcome::subscriber_missing:
            break;
    }
    co_return not_now("subscriber_missing");
}

OAuthResult<std::string> TokenEndpoint::sign_id_token(const Code& code) const {
    if (!code.header.scopes.has(Scope::openid)) {
        return std::string{};
    }
    const auto subject = pairwise_subject(parts_.vault, code.body.client_id, code.body.msisdn);
    const IdTokenParties parties{.issuer = settings_.issuer, .subject = subject};
    auto id_token =
        parts_.signer()->sign(id_token_claims(parties, code.body, parts_.clock.wall_now()));
    if (!id_token) {
        parts_.log.write(messages::id_token_not_signed, {{"error", id_token.error().detail}});
        return not_now("signing_failed");
    }
    return std::move(*id_token);
}

Task<http::Response> TokenEndpoint::conclude(Visit& visit, OAuthResult<std::string> body) {
    http::Response answer;
    if (body) {
        answer.fields.emplace_back("Pragma", "no-cache");
        answer.body = std::move(*body);
        visit.decision.kind = AuditKind::token_issued;
        visit.decision.result = AuditResult::issued;
        visit.decision.status = answer.status;
    } else {
        answer = back_channel_fault(visit.request, body.error());
        decide_against(visit.decision, body.error(), answer.status);
    }
    const auto recorded = co_await parts_.audit.record(visit.decision, visit.deadline);
    if (!recorded) {
        parts_.metrics.count_refused_token(kAuditFault.error);
        co_return fault_answer(kAuditFault);
    }
    if (body) {
        parts_.metrics.count_token();
    } else {
        parts_.metrics.count_refused_token(body.error().error);
    }
    co_return answer;
}

}  // namespace numproof
