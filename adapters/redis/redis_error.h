// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "adapters/redis/redis_reply.h"
#include "daemon/base/result.h"

namespace numproof {

/// The word that an error reply begins with (`LOADING`, `READONLY`, `ERR` …), or that Redis wraps
/// when a script fails; `ERR` if there is none. The rest of an error may quote what we sent.
[[nodiscard]] std::string_view word_of(const RedisReply& error) noexcept;

/// True if Redis does not know the script of an EVALSHA.
[[nodiscard]] bool is_noscript(const RedisReply& reply) noexcept;

/// True if `reply` says that this Redis will not serve us on this connection any more: it became
/// a replica, wants us to sign in again, or has taken a permission from our user.
[[nodiscard]] bool ends_connection(const RedisReply& reply) noexcept;

/// Turns an error reply into store_unavailable with Redis' word in the detail.
[[nodiscard]] Result<RedisReply> refuse_errors(Result<RedisReply> reply);

/// What we say about a reply that has another form than it must have.
[[nodiscard]] tl::unexpected<Error> unexpected_reply(std::string_view to);

}  // namespace numproof
