// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "adapters/redis/redis_client.h"
#include "daemon/ports/key_walk.h"

namespace numproof {

/// A walk by SCAN: on a Cluster over one primary after the other. What is to be forgotten expires a
/// second later, so that Redis removes it in its own time.
class RedisKeyWalk final : public KeyWalk {
public:
    /// `client` outlives this and belongs to the same loop.
    explicit RedisKeyWalk(RedisClient& client) noexcept : client_(client) {}

    [[nodiscard]] Task<Result<Page>> look(std::string from, Deadline deadline) override;

    [[nodiscard]] Task<Result<void>> forget(
        std::vector<std::string> names, std::string life, Deadline deadline
    ) override;

private:
    RedisClient& client_;
};

}  // namespace numproof
