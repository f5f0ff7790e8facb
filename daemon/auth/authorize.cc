// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/authorize.h"

#include "daemon/auth/oauth_request.h"
#include "daemon/domain/store_keys.h"
#include "daemon/token/grant_seal.h"

namespace numproof {
namespace {

std::string_view known_client(const Form& form, const ClientRegistry& clients) {
    const auto found = clients.find(form.find("client_id").value_or(""));
    return found == clients.end() ? std::string_view{} : std::string_view{found->first};
}

void append_parameter(std::string& url, std::string_view name, std::string_view value) {
    url += url.find('?') == std::string::npos ? '?' : '&';
    url += name;
    url += '=';
    url += encode_query_text(value);
}

}  // namespace

// One request on its way through; it lives in the frame of handle().
struct Authorize::Visit {
    const Form& form;
    const AuthorizeTarget& target;
    std::optional<SourceEndpoint> source;
    Deadline deadline;
    Decision decision;
};

Task<http::Response> Authorize::handle(
    const http::Request& request, std::optional<SourceEndpoint> source, Deadline deadline
) {
    auto decision = begin_decision(Operation::authorize, request, parts_.clock);
    const auto form =
        request.method == http::Method::post ? read_body_form(request) : read_query_form(request);
    if (!form) {
        co_return co_await refuse_here(std::move(decision), form.error(), deadline);
    }
    const auto clients = parts_.clients();
    decision.client_id = known_client(*form, *clients);
    const auto target = read_target(*form, *clients);
    if (!target) {
        co_return co_await refuse_here(std::move(decision), target.error(), deadline);
    }
    Visit visit{
        .form = *form,
        .target = *target,
        .source = source,
        .deadline = deadline,
        .decision = std::move(decision),
    };
    auto code = co_await sign_in(visit);
    co_return co_await conclude(visit, std::move(code));
}

Task<http::Response> Authorize::refuse_here(
    Decision decision, OAuthFault fault, Deadline deadline
) {
    auto answer = fault_answer(fault);
    decide_against(decision, fault, answer.status);
    parts_.metrics.count_refused_code(fault.error);
    if (decision.client_id.empty()) {
        parts_.audit.note_refusal(std::move(decision));
        co_return answer;
    }
    const auto recorded = co_await parts_.audit.record(decision, deadline);
    if (!recorded) {
        co_return fault_answer(kAuditFault);
    }
    co_return answer;
}

Task<OAuthResult<std::string>> Authorize::sign_in(Visit& visit) {
    auto request = read_authorize_request(visit.form, visit.target.client);
    if (!request) {
        co_return tl::unexpected(request.error());
    }
    visit.decision.purpose = request->scope.purpose;
    visit.decision.scope = request->scope.text;
    const auto basis = parts_.standing.basis();
    visit.decision.watermark_age = basis.watermark_age;
    if (basis.standing != Standing::usable) {
        co_return not_now(name_of(basis.standing));
    }
    auto proven = co_await prove(visit);
    if (!proven) {
        co_return tl::unexpected(proven.error());
    }
    if (is_over_limit(proven->subscriber)) {
        co_return refuse(OAuthError::temporarily_unavailable, "rate_limited");
    }
    co_return co_await keep_code(visit, std::move(*request), std::move(*proven));
}

Task<OAuthResult<Proven>> Authorize::prove(Visit& visit) {
    if (!visit.source) {
        co_return tl::unexpected(OAuthFault{
            .error = settings_.off_network_error,
            .reason = "source_unknown",
            .result = AuditResult::unknown,
        });
    }
    auto proof = co_await parts_.numbers.prove(*visit.source, visit.deadline);
    if (!proof) {
        co_return not_now(name_of(proof.error().code));
    }
    if (const auto* const unproven = std::get_if<Unproven>(&*proof)) {
        if (*unproven == Unproven::integrity_failure) {
            visit.decision.kind = AuditKind::integrity;
        }
        co_return tl::unexpected(fault_of(*unproven));
    }
    auto& proven = std::get<Proven>(*proof);
    visit.decision.subscriber = proven.subscriber;
    visit.decision.method = AuthMethod::network;
    visit.decision.epoch = proven.epoch;
    visit.decision.session = proven.session;
    co_return std::move(proven);
}

OAuthFault Authorize::fault_of(Unproven reason) const {
    if (reason == Unproven::subscriber_inactive) {
        return {.error = OAuthError::access_denied, .reason = name_of(reason)};
    }
    return {
        .error = settings_.off_network_error,
        .reason = name_of(reason),
        .result = AuditResult::unknown,
    };
}

bool Authorize::is_over_limit(const SubscriberId& subscriber) const {
    return parts_.per_subscriber != nullptr &&
           parts_.per_subscriber->refuse(subscriber.to_text(), parts_.clock.mono_now());
}

Task<OAuthResult<std::string>> Authorize::keep_code(
    Visit& visit, AuthorizeRequest request, Proven proven
) {
    const auto now = parts_.clock.wall_now();
    auto minted = parts_.codec.mint_code(Shard::of(proven.subscriber));
    visit.decision.token = minted.key.mac;
    const GrantHeader header{
        .state = GrantState::fresh,
        .issued_at = now,
        .not_after = now + kCodeLife,
        .scopes = request.scope.scopes,
        .method = AuthMethod::network,
        .subscriber = proven.subscriber,
        .epoch = proven.epoch,
    };
    const GrantBody body{
        .msisdn = std::move(proven.msisdn),
        .client_id = visit.target.client.id,
        .purpose = std::move(request.scope.purpose),
        .scope_text = std::move(request.scope.text),
        .session = proven.session,
        .auth_time = now,
        .redirect_uri = std::string{visit.target.redirect_uri},
        .code_challenge = std::move(request.code_challenge),
        .nonce = std::move(request.nonce),
    };
    KeepRequest keep{
        .key = minted.key,
        .grant = seal_grant(parts_.vault, store_keys::code(minted.key), header, body),
        .now = now,
        .remember = parts_.remember,
    };
    const auto kept = co_await parts_.grants.keep_code(std::move(keep), visit.deadline);
    if (!kept) {
        co_return not_now(name_of(kept.error().code));
    }
    co_return std::move(minted.text);
}

Task<http::Response> Authorize::conclude(Visit& visit, OAuthResult<std::string> code) {
    constexpr int kFound = 302;
    if (code) {
        visit.decision.kind = AuditKind::token_issued;
        visit.decision.result = AuditResult::issued;
        visit.decision.status = kFound;
    } else {
        decide_against(visit.decision, code.error(), kFound);
    }
    const auto recorded = co_await parts_.audit.record(visit.decision, visit.deadline);
    if (!recorded) {
        code = tl::unexpected(kAuditFault);
    }
    if (code) {
        parts_.metrics.count_code();
    } else {
        parts_.metrics.count_refused_code(code.error().error);
    }
    co_return redirect(visit.target, code);
}

http::Response Authorize::redirect(
    const AuthorizeTarget& target, const OAuthResult<std::string>& code
) const {
    std::string url{target.redirect_uri};
    if (code) {
        append_parameter(url, "code", *code);
    } else {
        append_parameter(url, "error", name_of(code.error().error));
        append_parameter(url, "error_description", code.error().reason);
    }
    if (!target.state.empty()) {
        append_parameter(url, "state", target.state);
    }
    append_parameter(url, "iss", settings_.issuer);
    http::Response response;
    response.status = 302;
    response.content_type.clear();
    response.fields.emplace_back("Location", std::move(url));
    return response;
}

}  // namespace numproof
