// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

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
    Bytes command = {};  ///< A command that does the same without Lua, which is sent instead.
};

/// What the stores of one loop need of Redis, whatever stands behind it: a command, a script, the
/// name of its life. Routing by key to the nodes of a Cluster belongs here; `standalone` has one
/// connection for all keys.
///
/// Errors: store_unavailable, queue_full, deadline_exceeded; error replies are store_unavailable
/// with Redis' word in the detail. Belongs to one loop and thread.
class RedisClient {
public:
    RedisClient(RedisEnvironment environment, RedisOptions options);

    /// As those of RedisConnection.
    void open() { connection_.open(); }

    void close() { connection_.close(); }

    /// Sends one command for the node of `key`.
    [[nodiscard]] Task<Result<RedisReply>> command(
        std::string key, Bytes octets, Deadline deadline
    );

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

    /// Whether the Redis that we are connected to knows `SET … NX GET` (7.0).
    [[nodiscard]] bool sets_and_tells() const;

    /// What the operator has to change before Redis may be used; nothing if there is nothing.
    [[nodiscard]] const std::optional<Error>& refusal() const { return connection_.refusal(); }

private:
    [[nodiscard]] RedisConnection& connection_for(std::string_view key);
    void send_script(RedisCall& call, const ScriptCall& script, Deadline deadline);
    void send_source(RedisCall& call, const ScriptCall& script, Deadline deadline);

    /// Runs a script that Redis does not know any more; `script` outlives the task.
    [[nodiscard]] Task<Result<RedisReply>> reload(const ScriptCall& script, Deadline deadline);

    RedisMetrics& metrics_;
    RedisConnection connection_;
    Bytes octets_;  // The command that is being made, so that not each one needs memory of its own.
};

}  // namespace numproof
