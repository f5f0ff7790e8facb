// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "adapters/redis/redis_reply.h"
#include "daemon/base/result.h"
#include "daemon/ports/grant_store.h"
#include "daemon/ports/record_store.h"

namespace numproof {

// What the replies of Redis mean for the stores. A reply of another form is store_unavailable:
// whatever it is, it is no answer.

/// MGET or HMGET of `count` things.
[[nodiscard]] Result<std::vector<std::optional<Record>>> decode_records(
    const RedisReply& reply, std::size_t count
);

/// RedisScript::replace, ::replace_field, or `SET … NX GET` in their stead.
[[nodiscard]] Result<ReplaceOutcome> decode_replace(const RedisReply& reply);

/// HSETNX: true if there was nothing.
[[nodiscard]] Result<bool> decode_field_set(const RedisReply& reply);

/// RedisScript::redeem.
[[nodiscard]] Result<RedeemReply> decode_redeem(RedisReply reply);

/// RedisScript::issue.
[[nodiscard]] Result<IssueOutcome> decode_issue(const RedisReply& reply);

/// RedisScript::claim.
[[nodiscard]] Result<ClaimReply> decode_claim(RedisReply reply);

/// RedisScript::revoke.
[[nodiscard]] Result<std::optional<StoredGrant>> decode_revoke(RedisReply reply);

/// SET without conditions.
[[nodiscard]] Result<void> decode_set(const RedisReply& reply);

/// SET NX: true if there was nothing.
[[nodiscard]] Result<bool> decode_set_if_absent(const RedisReply& reply);

}  // namespace numproof
