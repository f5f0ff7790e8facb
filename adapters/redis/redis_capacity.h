// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/redis/redis_reply.h"
#include "daemon/base/result.h"

namespace numproof {

/// Whether a Redis keeps what it is given, as INFO says. Pure. redis.io: "Key eviction".

/// Fails with invalid_configuration and words for the operator if the Redis that wrote `info`
/// (INFO, or INFO memory) may evict.
[[nodiscard]] Result<void> judge_eviction(std::string_view info);

/// True if it has more than `maxmemory` says (INFO memory): it refuses writes until it has less.
[[nodiscard]] bool is_full(std::string_view info);

/// How many keys it has thrown away since it started (INFO, or INFO stats), as the end of the name
/// of a life: `~12`, nothing if there are none. Whoever threw something away is another store.
[[nodiscard]] std::string evictions_of(std::string_view info);

/// True if `incarnation` (RedisPeer) is the life of a Redis that says of itself now that it was
/// promoted as `promotion` says.
[[nodiscard]] bool is_promotion_of(std::string_view incarnation, std::string_view promotion);

/// Fails with store_unavailable if `memory` and `stats` (INFO memory, INFO stats) say that this is
/// not the Redis any more that was let in as `incarnation`: it may evict, or has evicted since.
/// What could not be asked says nothing.
[[nodiscard]] Result<void> judge_keeping(
    const Result<RedisReply>& memory, const Result<RedisReply>& stats, std::string_view incarnation
);

}  // namespace numproof
