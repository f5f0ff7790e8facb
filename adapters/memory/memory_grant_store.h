// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "adapters/memory/memory_store.h"
#include "daemon/ports/grant_store.h"

namespace numproof {

/// One loop's view of the grants of a MemoryStore. It never has to wait.
class MemoryGrantStore final : public GrantStore {
public:
    /// `shared` outlives this view.
    explicit MemoryGrantStore(MemoryStore& shared) noexcept : shared_(shared) {}

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
    [[nodiscard]] Result<void> in_time(Deadline deadline) const;
    [[nodiscard]] Result<void> judged_here(const std::string& incarnation, Deadline deadline) const;

    MemoryStore& shared_;
};

}  // namespace numproof
