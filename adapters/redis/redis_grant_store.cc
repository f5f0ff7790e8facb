// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_grant_store.h"

#include <algorithm>
#include <utility>

#include "adapters/redis/redis_command.h"
#include "adapters/redis/redis_decode.h"
#include "adapters/redis/redis_value.h"
#include "daemon/domain/store_keys.h"

namespace numproof {
namespace {

/// Redis wants a positive number of milliseconds.
std::string keep_text(Milliseconds keep) {
    return std::to_string(std::max(Milliseconds{1}, keep).count());
}

std::string keep_text(const KeepRequest& request) {
    return keep_text(request.grant.header.not_after - request.now + request.remember);
}

/// The texts in a list, moved there: an initializer list would copy them.
template <typename... Texts>
std::vector<Bytes> list_of(Texts... texts) {
    std::vector<Bytes> list;
    list.reserve(sizeof...(texts));
    (list.push_back(std::move(texts)), ...);
    return list;
}

/// A claim that found no subscriber (ClaimOutcome::subscriber_missing).
bool lacks_subscriber(const RedisReply& reply) {
    constexpr std::int64_t kMissing = 7;
    return !reply.items.empty() && reply.items.front().integer == kMissing;
}

/// A replayed code whose token was to be revoked.
bool lacks_token(const RedisReply& reply) {
    constexpr std::int64_t kReplayed = 2;
    return !reply.items.empty() && reply.items.front().integer == kReplayed;
}

ScriptCall issue_script(const IssueRequest& request) {
    ScriptCall script{
        .script = RedisScript::issue,
        .keys = list_of(store_keys::code(request.code), store_keys::token(request.token.key)),
        .arguments = list_of(
            to_stored(request.token.grant, request.token.remember),
            keep_text(request.token),
            to_base64url(as_view(request.token.key.mac))
        )};
    script.life = request.incarnation;
    return script;
}

ScriptCall claim_script(const ClaimRequest& request) {
    ScriptCall script{
        .script = RedisScript::claim,
        .keys = list_of(store_keys::token(request.key)),
        .arguments = list_of(
            std::to_string(static_cast<unsigned>(request.scope)),
            std::to_string(epoch_ms(request.now)),
            std::to_string(epoch_ms(request.trusted_since)),
            std::to_string(request.remember.count())
        )};
    script.life = request.incarnation;
    script.may_lack = lacks_subscriber;
    if (request.mode == ClaimMode::judge_only) {
        script.arguments.pop_back();
    }
    return script;
}

}  // namespace

Task<Result<void>> RedisGrantStore::keep_code(KeepRequest request, Deadline deadline) {
    const auto name = store_keys::code(request.key);
    const auto stored = to_stored(request.grant, request.remember);
    auto octets = format_command({"SET", name, stored, "PX", keep_text(request)});
    auto reply = co_await client_.command(name, std::move(octets), deadline);
    if (!reply) {
        co_return pass_on(reply);
    }
    co_return decode_set(*reply);
}

// Nothing is sent to another life, and what was sent does not wait for one to begin.
Result<void> RedisGrantStore::judged_here(const std::string& incarnation) const {
    if (client_.present_incarnation() != incarnation) {
        return fail(ErrorCode::store_unavailable, "judged on another incarnation of Redis");
    }
    return {};
}

Task<Result<RedeemReply>> RedisGrantStore::redeem(RedeemRequest request, Deadline deadline) {
    if (auto here = judged_here(request.incarnation); !here) {
        co_return pass_on(here);
    }
    ScriptCall script{
        .script = RedisScript::redeem, .keys = {store_keys::code(request.code)}, .arguments = {}};
    script.life = request.incarnation;
    script.may_lack = lacks_token;
    auto reply = co_await client_.run(std::move(script), deadline);
    if (!reply) {
        co_return pass_on(reply);
    }
    co_return decode_redeem(std::move(*reply));
}

Task<Result<IssueOutcome>> RedisGrantStore::issue(IssueRequest request, Deadline deadline) {
    if (auto here = judged_here(request.incarnation); !here) {
        co_return pass_on(here);
    }
    auto reply = co_await client_.run(issue_script(request), deadline);
    if (!reply) {
        co_return pass_on(reply);
    }
    co_return decode_issue(*reply);
}

Task<Result<ClaimReply>> RedisGrantStore::claim(ClaimRequest request, Deadline deadline) {
    if (auto here = judged_here(request.incarnation); !here) {
        co_return pass_on(here);
    }
    auto reply = co_await client_.run(claim_script(request), deadline);
    if (!reply) {
        co_return pass_on(reply);
    }
    co_return decode_claim(std::move(*reply));
}

Task<Result<std::optional<StoredGrant>>> RedisGrantStore::revoke(GrantKey key, Deadline deadline) {
    ScriptCall script{
        .script = RedisScript::revoke, .keys = {store_keys::token(key)}, .arguments = {}};
    auto reply = co_await client_.run(std::move(script), deadline);
    if (!reply) {
        co_return pass_on(reply);
    }
    co_return decode_revoke(std::move(*reply));
}

Task<Result<bool>> RedisGrantStore::first_use(
    std::string name, Milliseconds keep, Deadline deadline
) {
    const auto key = store_keys::first_use(name);
    auto octets = format_command({"SET", key, "1", "NX", "PX", keep_text(keep)});
    auto reply = co_await client_.command(key, std::move(octets), deadline);
    if (!reply) {
        co_return pass_on(reply);
    }
    co_return decode_set_if_absent(*reply);
}

}  // namespace numproof
