// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/revocation.h"

#include "daemon/auth/oauth_request.h"
#include "daemon/domain/store_keys.h"
#include "daemon/telemetry/messages.h"
#include "daemon/token/grant_seal.h"

namespace numproof {

// One request on its way through; it lives in the frame of handle().
struct Revocation::Visit {
    const http::Request& request;
    const Form& form;
    const AuthenticatedClient& who;
    Deadline deadline;
    Decision decision;
};

Revocation::Revocation(const AuthParts& parts, const AuthServerSettings& settings)
    : parts_(parts), admission_(parts, settings, {url_of(settings, settings.revocation_path)}) {}

Task<http::Response> Revocation::handle(const http::Request& request, Deadline deadline) {
    auto admitted = admission_.admit(request);
    if (!admitted) {
        co_return std::move(admitted.error().answer);
    }
    Visit visit{
        .request = request,
        .form = admitted->form,
        .who = admitted->who,
        .deadline = deadline,
        .decision = std::move(admitted->decision),
    };
    auto done = co_await revoke(visit);
    co_return co_await conclude(visit, std::move(done));
}

Task<OAuthResult<void>> Revocation::revoke(Visit& visit) {
    const auto text = visit.form.find("token");
    if (!text) {
        co_return refuse(OAuthError::invalid_request, "token_missing");
    }
    auto marked = co_await mark_presented(parts_.grants, visit.who.assertion, visit.deadline);
    if (!marked) {
        co_return tl::unexpected(marked.error());
    }
    const auto token = parts_.codec.read_token(*text);
    if (!token) {
        visit.decision.reason = "unknown_token";
        co_return OAuthResult<void>{};
    }
    visit.decision.token = token->key.mac;
    const auto own = co_await is_own(visit, token->key);
    if (!own) {
        co_return tl::unexpected(own.error());
    }
    if (!*own) {
        visit.decision.reason = "unknown_token";
        co_return OAuthResult<void>{};
    }
    const auto revoked = co_await parts_.grants.revoke(token->key, visit.deadline);
    if (!revoked) {
        co_return not_now(name_of(revoked.error().code));
    }
    visit.decision.reason = "revoked_by_client";
    parts_.metrics.count_revocation();
    co_return OAuthResult<void>{};
}

Task<OAuthResult<bool>> Revocation::is_own(Visit& visit, GrantKey key) {
    auto basis = parts_.standing.basis();
    ClaimRequest look{
        .key = key,
        .mode = ClaimMode::judge_only,
        .scope = Scope::verify,
        .now = parts_.clock.wall_now(),
        .trusted_since = basis.trusted_since,
        .remember = parts_.remember,
        .incarnation = std::move(basis.incarnation),
    };
    const auto reply = co_await parts_.grants.claim(std::move(look), visit.deadline);
    if (!reply) {
        co_return not_now(name_of(reply.error().code));
    }
    if (!reply->grant) {
        co_return false;
    }
    const auto body = open_grant(parts_.vault, store_keys::token(key), *reply->grant);
    if (!body) {
        parts_.log.write(messages::stored_code_broken, {{"token", to_hex(as_view(key.mac))}});
        visit.decision.kind = AuditKind::integrity;
        co_return false;
    }
    co_return body->client_id == visit.who.client.id;
}

Task<http::Response> Revocation::conclude(Visit& visit, OAuthResult<void> done) {
    http::Response answer;
    answer.content_type.clear();
    visit.decision.result = AuditResult::refused;
    visit.decision.status = answer.status;
    if (!done) {
        answer = back_channel_fault(visit.request, done.error());
        decide_against(visit.decision, done.error(), answer.status);
    }
    const auto recorded = co_await parts_.audit.record(visit.decision, visit.deadline);
    co_return recorded ? std::move(answer) : fault_answer(kAuditFault);
}

}  // namespace numproof
