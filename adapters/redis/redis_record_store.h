// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "adapters/redis/redis_client.h"
#include "daemon/ports/record_store.h"

namespace numproof {

/// Records in Redis, each under a key of its own or in a field of a hash (store_keys::field_of).
/// To read: one MGET for the keys (on a Cluster one for each), one HMGET for each hash. To replace:
/// a script for each record, or SET and HSETNX for those that must not be there yet. All pipelined.
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
    /// Says in `outcomes` what stands where the fields of `occupied` were to be made.
    [[nodiscard]] Task<Result<void>> show(
        const std::vector<Replacement>& replacements,
        const std::vector<std::size_t>& occupied,
        std::vector<ReplaceOutcome>& outcomes,
        Deadline deadline
    );

    RedisClient& client_;
};

}  // namespace numproof
