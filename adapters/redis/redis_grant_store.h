// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "adapters/redis/redis_client.h"
#include "daemon/ports/grant_store.h"

namespace numproof {

/// Codes and tokens in Redis: each call is one script or command, one round trip.
class RedisGrantStore final : public GrantStore {
public:
    /// `client` outlives this store and belongs to the same loop.
    explicit RedisGrantStore(RedisClient& client) noexcept : client_(client) {}

    [[nodiscard]] Task<Result<void>> keep_code(KeepRequest request, Deadline deadline) override;
    [[nodiscard]] Task<Result<RedeemReply>> redeem(RedeemRequest request, Deadline deadline)
        override;
    [[nodiscard]] Task<Result<IssueOutcome>> issue(IssueRequest request, Deadline deadline)
        override;
    [[nodiscard]] Task<Result<ClaimReply>> claim(ClaimRequest request, Deadline deadline) override;
    [[nodiscard]] Task<Result<std::optional<StoredGrant>>> revoke(GrantKey key, Deadline deadline)
        override;
    [[nodiscard]] Task<Result<bool>> first_use(
        std::string name, Milliseconds keep, Deadline deadline
    ) override;

private:
    [[nodiscard]] Result<void> judged_here(const std::string& incarnation) const;

    RedisClient& client_;
};

}  // namespace numproof
