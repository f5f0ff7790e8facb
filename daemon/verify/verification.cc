// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/verification.h"

#include <string_view>
#include <utility>

#include "daemon/base/failpoint.h"
#include "daemon/domain/correlator.h"
#include "daemon/domain/store_keys.h"
#include "daemon/telemetry/messages.h"
#include "daemon/token/grant_seal.h"
#include "daemon/verify/bearer.h"
#include "daemon/verify/trace_parent.h"

namespace numproof {
namespace {

Scope scope_of(Operation operation) noexcept {
    return operation == Operation::device_phone_number ? Scope::device_phone_number : Scope::verify;
}

/// What a failure of the store means to the caller; whether the token is used is not known then.
Problem problem_of(const Error& error) noexcept {
    if (error.code == ErrorCode::deadline_exceeded) {
        return Problem::timeout;
    }
    return error.code == ErrorCode::queue_full ? Problem::overloaded : Problem::store_failed;
}

AuditResult result_of(Problem problem, int status) noexcept {
    if (problem == Problem::directory_unready || problem == Problem::number_unknown) {
        return AuditResult::unknown;
    }
    return status < 500 ? AuditResult::refused : AuditResult::error;
}

AuditResult result_of(Verdict verdict) noexcept {
    return verdict == Verdict::match ? AuditResult::match : AuditResult::mismatch;
}

/// Only digits and a `+` can be in a number, so nothing needs to be escaped.
std::string body_of(AuditResult result, const Msisdn& number) {
    if (result == AuditResult::shared) {
        return R"({"devicePhoneNumber":")" + std::string{number.reveal()} + R"("})";
    }
    return result == AuditResult::match ? R"({"devicePhoneNumberVerified":true})"
                                        : R"({"devicePhoneNumberVerified":false})";
}

std::string seconds_of(Milliseconds wait) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count());
}

void set_retry_after(http::Response& response, Milliseconds wait) {
    for (auto& [name, value] : response.fields) {
        if (name == "Retry-After") {
            value = seconds_of(wait);
        }
    }
}

}  // namespace

Verification::Verification(
    Shared shared,
    ApiFace face,
    Operation operation,
    const http::Request& request,
    Deadline deadline
)
    : parts_(shared.parts),
      clients_by_tag_(shared.clients_by_tag),
      reader_(shared.reader),
      face_(face),
      request_(request),
      deadline_(deadline) {
    decision_.operation = operation;
    decision_.contract = face.contract.name;
    decision_.scope = name_of(scope_of(operation));
    decision_.began = parts_.clock.mono_now();
    const auto trace = request.field("traceparent");
    if (trace && is_good_trace_parent(*trace)) {
        decision_.trace_parent = *trace;
    }
}

Task<http::Response> Verification::answer() {
    if (!read_correlator()) {
        co_return turn_away(Problem::bad_correlator);
    }
    const auto token = read_token();
    if (!token) {
        co_return turn_away(token.error());
    }
    know_token(*token);
    if (basis_.standing != Standing::usable) {
        co_return turn_away_unready(basis_.standing);
    }
    OrProblem<Asked> asked = read_asked();
    if (const auto wait = over_rate()) {
        http::Response response = turn_away(Problem::rate_limited);
        set_retry_after(response, *wait);
        co_return response;
    }
    if (!parts_.audit.accepts()) {
        co_return turn_away(Problem::audit_failed);
    }
    auto reply = co_await claim(asked ? ClaimMode::claim : ClaimMode::judge_only);
    if (!reply) {
        co_return turn_away(problem_of(reply.error()));
    }
    NP_FAILPOINT("api.after_claim");
    if (reply->outcome == ClaimOutcome::unknown || !reply->grant) {
        co_return co_await answer_unknown_token();
    }
    describe_grant(reply->grant->header);
    const std::string place = store_keys::token(token_.key);
    auto body = open_grant(parts_.vault, place, *reply->grant);
    if (!body) {
        co_return co_await answer_broken_seal();
    }
    Resolved resolved{
        .outcome = outcome_now(reply->outcome, reply->grant->header, *body),
        .body = std::move(*body)};
    co_return co_await answer_resolved(std::move(resolved), std::move(asked));
}

// A token of a former generation names a record that no event reaches any more.
ClaimOutcome Verification::outcome_now(
    ClaimOutcome outcome, const GrantHeader& header, const GrantBody& body
) const {
    const bool judged_by_record = outcome == ClaimOutcome::claimed ||
                                  outcome == ClaimOutcome::subscriber_missing ||
                                  outcome == ClaimOutcome::subscriber_changed;
    const bool reached = header.subscriber == parts_.vault.subscriber_id(body.msisdn);
    return judged_by_record && !reached ? ClaimOutcome::predates_failover : outcome;
}

bool Verification::read_correlator() {
    const auto value = request_.field("x-correlator");
    if (!value) {
        return true;
    }
    if (request_.count("x-correlator") != 1 || !is_good_correlator(*value)) {
        return false;
    }
    decision_.correlation_id = *value;
    return true;
}

OrProblem<PresentedToken> Verification::read_token() const {
    const auto bearer = read_bearer(request_);
    if (!bearer) {
        return tl::unexpected(bearer.error());
    }
    auto token = parts_.codec.read_token(bearer->reveal());
    if (!token) {
        return tl::unexpected(Problem::bad_token);
    }
    return std::move(*token);
}

void Verification::know_token(const PresentedToken& token) {
    token_ = token;
    decision_.token = token.key.mac;
    basis_ = parts_.standing.basis();
    decision_.watermark_age = basis_.watermark_age;
    clients_ = parts_.clients();
    client_ = clients_by_tag_.find(clients_, token.client_tag);
    if (client_ != nullptr) {
        decision_.client_id = client_->id;
    }
}

OrProblem<Verification::Asked> Verification::read_asked() {
    if (decision_.operation == Operation::device_phone_number) {
        return Asked{};
    }
    const auto plus = client_ != nullptr ? client_->number_plus_sign : Client::PlusSign::required;
    const auto asked = reader_.read(request_, plus);
    if (!asked) {
        return tl::unexpected(asked.error());
    }
    return Asked{*asked};
}

std::optional<Milliseconds> Verification::over_rate() const {
    const auto own = client_ != nullptr ? client_->rate : std::nullopt;
    const auto limit = own ? own : parts_.per_client;
    if (!limit) {
        return std::nullopt;
    }
    return parts_.limiter.refuse(token_.client_tag, *limit, parts_.clock.mono_now());
}

Task<Result<ClaimReply>> Verification::claim(ClaimMode mode) {
    ClaimRequest request{
        .key = token_.key,
        .mode = mode,
        .scope = scope_of(decision_.operation),
        .now = parts_.clock.wall_now(),
        .trusted_since = basis_.trusted_since,
        .remember = parts_.remember,
        .incarnation = basis_.incarnation};
    auto reply = co_await parts_.grants.claim(std::move(request), deadline_);
    if (reply) {
        parts_.metrics.count_claim(reply->outcome);
    } else {
        parts_.metrics.count_failed_claim();
    }
    co_return reply;
}

/// Rule R10: an emptied store knows no token either; only a whole one may say "no such token".
Task<http::Response> Verification::answer_unknown_token() {
    const auto standing = co_await parts_.standing.confirm(deadline_);
    if (!standing) {
        co_return turn_away(problem_of(standing.error()));
    }
    co_return *standing == Standing::usable ? turn_away(Problem::bad_token)
                                            : turn_away_unready(*standing);
}

Task<http::Response> Verification::answer_resolved(Resolved resolved, OrProblem<Asked> asked) {
    decision_.client_id = resolved.body.client_id;
    decision_.purpose = resolved.body.purpose;
    decision_.session = resolved.body.session;
    if (!clients_ || !clients_->contains(resolved.body.client_id)) {
        co_return co_await deny(Problem::client_gone);
    }
    if (!asked) {
        co_return co_await deny(problem_of_flawed(resolved.outcome, asked.error()));
    }
    const auto result = judge(resolved, *asked);
    if (!result) {
        co_return co_await deny(result.error());
    }
    std::string body = body_of(*result, resolved.body.msisdn);
    co_return co_await give(*result, std::move(body));
}

OrProblem<AuditResult> Verification::judge(const Resolved& resolved, const Asked& asked) const {
    if (!asked) {
        if (const auto problem = numproof::problem_of(resolved.outcome)) {
            return tl::unexpected(*problem);
        }
        return AuditResult::shared;
    }
    const auto verdict = decide(
        parts_.vault.crypto(), face_.contract, resolved.outcome, resolved.body.msisdn, *asked
    );
    if (!verdict) {
        return tl::unexpected(verdict.error());
    }
    return result_of(*verdict);
}

Task<http::Response> Verification::answer_broken_seal() {
    parts_.log.write(messages::sealed_grant_broken, {{"token", to_hex(as_view(token_.key.mac))}});
    describe_failure(Problem::sealed_value_broken);
    decision_.kind = AuditKind::integrity;
    return record(error_response(face_.errors, Problem::sealed_value_broken));
}

Task<http::Response> Verification::give(AuditResult result, std::string body) {
    http::Response response{
        .status = 200, .content_type = "application/json", .fields = {}, .body = std::move(body)};
    decision_.kind = AuditKind::verification_answered;
    decision_.result = result;
    decision_.status = response.status;
    return record(std::move(response));
}

Task<http::Response> Verification::deny(Problem problem) {
    describe_failure(problem);
    return record(error_response(face_.errors, problem));
}

Task<http::Response> Verification::record(http::Response response) {
    const auto durable = co_await parts_.audit.record(decision_, deadline_);
    if (!durable) {
        parts_.metrics.count_result(AuditResult::error);
        co_return stamped(error_response(face_.errors, Problem::audit_failed));
    }
    NP_FAILPOINT("api.before_answer");
    parts_.metrics.count_result(decision_.result);
    co_return stamped(std::move(response));
}

http::Response Verification::turn_away(Problem problem) {
    describe_failure(problem);
    parts_.audit.note_refusal(decision_);
    parts_.metrics.count_result(decision_.result);
    return stamped(error_response(face_.errors, problem));
}

http::Response Verification::turn_away_unready(Standing standing) {
    reason_ = name_of(standing);
    return turn_away(Problem::directory_unready);
}

void Verification::describe_grant(const GrantHeader& header) {
    decision_.subscriber = header.subscriber;
    decision_.method = header.method;
    decision_.epoch = header.epoch;
}

void Verification::describe_failure(Problem problem) {
    const ErrorAnswer& error = answer_to(face_.errors, problem);
    decision_.kind = AuditKind::verification_denied;
    decision_.result = result_of(problem, error.status);
    decision_.status = error.status;
    decision_.code = error.code;
    decision_.reason = reason_.empty() ? name_of(problem) : reason_;
}

http::Response Verification::stamped(http::Response response) const {
    if (!decision_.correlation_id.empty()) {
        response.fields.emplace_back("x-correlator", decision_.correlation_id);
    }
    return response;
}

}  // namespace numproof
