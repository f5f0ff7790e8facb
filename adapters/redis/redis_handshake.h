// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/redis/redis_options.h"
#include "adapters/redis/redis_reply.h"
#include "adapters/redis/redis_scripts.h"
#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace numproof {

/// The Redis process behind a connection, once it is known to be one that we may trust.
struct RedisPeer {
    std::string incarnation;  ///< `run id/promotion~evictions`. Of a Cluster's replica: empty.
    RedisScriptDigests scripts;
    bool sets_and_tells = false;  ///< Knows `SET … NX GET`: since 7.0.
};

/// The value of `name` in what INFO answered; empty if it is not there.
[[nodiscard]] std::string_view info_field(std::string_view info, std::string_view name);

/// The life of the Redis that wrote `info` (INFO or INFO replication), if it is a primary. It
/// changes with every promotion; together with `run_id` it names one life of a store.
[[nodiscard]] Result<std::string> promotion_of(std::string_view info);

/// What is said on a connection before anything else: sign in, look at whom we are talking to,
/// load our scripts. Pure: the connection carries the octets.
class RedisHandshake {
public:
    explicit RedisHandshake(const RedisOptions& options) noexcept : options_(options) {}

    /// All that has to be sent, at once.
    [[nodiscard]] Bytes greeting() const;

    /// Takes one reply to the greeting; the server when it was the last one.
    /// `invalid_configuration`: the operator must change something at Redis or in our settings.
    /// `store_unavailable`: it may serve us later (it loads its data, it is a replica).
    [[nodiscard]] Result<std::optional<RedisPeer>> take(const RedisReply& reply);

private:
    [[nodiscard]] bool signs_in() const noexcept { return !options_.password.empty(); }

    [[nodiscard]] Result<void> take_info(const RedisReply& reply);

    const RedisOptions& options_;
    RedisPeer server_;
    std::size_t taken_ = 0;
};

}  // namespace numproof
