// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "adapters/redis/redis_client.h"
#include "daemon/ports/record_store.h"

namespace numproof {

/// Records in Redis: one MGET to read, or a GET for each on a Cluster; to replace, a script for
/// each record, or a plain SET for one that must not be there yet, all of them pipelined.
class RedisRecordStore final : public RecordStore {
public:
    /// `client` outlives this store and belongs to the same loop.
    explicit RedisRecordStore(RedisClient& client) noexcept : client_(client) {}

    [[nodiscard]] Task<Result<std::vector<std::optional<Record>>>> read(
        std::vector<std::string> keys, Deadline deadline
    ) override;

    [[nodiscard]] Task<Result<std::vector<ReplaceOutcome>>> replace(
        std::vector<Replacement> replacements, Deadline deadline
    ) override;

    [[nodiscard]] Task<Result<std::string>> incarnation(Deadline deadline) override;

private:
    RedisClient& client_;
};

}  // namespace numproof
