// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/redis/redis_cluster.h"
#include "adapters/redis/redis_connection.h"
#include "adapters/redis/redis_options.h"
#include "adapters/redis/redis_reply.h"
#include "adapters/redis/redis_scripts.h"
#include "daemon/base/bytes.h"
#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"

namespace numproof {

/// A script with what it works on. All keys are in one shard.
struct ScriptCall {
    RedisScript script = RedisScript::replace;
    std::vector<std::string> keys;
    std::vector<Bytes> arguments;
    Bytes command = {};     ///< A command that does the same without Lua, which is sent instead.
    std::string life = {};  ///< If not empty: only in this life of the store.
    /// As RedisRequest::may_lack.
    bool (*may_lack)(const RedisReply& reply) = nullptr;
};

/// What the stores of one loop need of Redis, whatever stands behind it: a command, a script, the
/// name of its life. `standalone` has one connection for all keys; for a Cluster RedisCluster finds
/// the node of each key.
///
/// Errors: store_unavailable, queue_full, deadline_exceeded; error replies are store_unavailable
/// with Redis' word in the detail. Belongs to one loop and thread.
class RedisClient {
public:
    RedisClient(RedisEnvironment environment, RedisOptions options);

    /// As those of RedisConnection.
    void open();
    void close();

    /// Sends one command for the node of `key`.
    [[nodiscard]] Task<Result<RedisReply>> command(
        std::string key, Bytes octets, Deadline deadline
    );

    /// Sends one command that names no key to one of the nodes(), by its place among them.
    [[nodiscard]] Task<Result<RedisReply>> command_at(
        std::size_t node, Bytes octets, Deadline deadline
    );

    /// How many primaries share the keys now.
    [[nodiscard]] std::size_t nodes() const;

    /// Runs one script.
    [[nodiscard]] Task<Result<RedisReply>> run(ScriptCall call, Deadline deadline);

    /// Runs scripts that do not depend on each other, all on their way at once. If one fails, the
    /// others may or may not have run. queue_full: none has.
    [[nodiscard]] Task<Result<std::vector<RedisReply>>> run_all(
        std::vector<ScriptCall> calls, Deadline deadline
    );

    /// Asks Redis whether it is still the one that we met, and names its life.
    [[nodiscard]] Task<Result<std::string>> incarnation(Deadline deadline);

    /// The life that we are connected to now, without asking; nullopt without a connection.
    [[nodiscard]] std::optional<std::string> present_incarnation() const;

    /// Whether keys lie on several nodes: then a command may name one key only.
    [[nodiscard]] bool spreads_keys() const noexcept { return cluster_.has_value(); }

    /// Whether every Redis that we are connected to knows `SET … NX GET` (7.0).
    [[nodiscard]] bool sets_and_tells() const;

    /// What the operator has to change before Redis may be used; nothing if there is nothing.
    [[nodiscard]] const std::optional<Error>& refusal() const;

private:
    [[nodiscard]] const RedisPeer* any_peer() const;
    void send_script(RedisCall& call, const ScriptCall& script, Deadline deadline);
    void format(const ScriptCall& script);
    void format_source(const ScriptCall& script);
    [[nodiscard]] RedisRequest request_of(const ScriptCall& script);
    [[nodiscard]] Task<Result<std::vector<RedisReply>>> run_all_on_cluster(
        std::vector<ScriptCall> scripts, Deadline deadline
    );

    /// Runs a script that Redis does not know any more; `script` outlives the task.
    [[nodiscard]] Task<Result<RedisReply>> reload(const ScriptCall& script, Deadline deadline);

    RedisMetrics& metrics_;
    std::optional<RedisConnection> connection_;  // One of the two is there.
    std::optional<RedisCluster> cluster_;
    Bytes octets_;  // The command that is being made, so that not each one needs memory of its own.
};

}  // namespace numproof
