// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "daemon/ports/grant_store.h"
#include "tests/fakes/store_faults.h"

namespace numproof {

/// Another grant store that fails as `faults` say. Both outlive this.
class FaultyGrantStore final : public GrantStore {
public:
    FaultyGrantStore(GrantStore& inner, StoreFaults& faults) : inner_(inner), faults_(faults) {}

    [[nodiscard]] Task<Result<void>> keep_code(KeepRequest request, Deadline deadline) override {
        return run_faulty(faults_.draw(), inner_.keep_code(std::move(request), deadline));
    }

    [[nodiscard]] Task<Result<RedeemReply>> redeem(RedeemRequest request, Deadline deadline)
        override {
        return run_faulty(faults_.draw(), inner_.redeem(std::move(request), deadline));
    }

    [[nodiscard]] Task<Result<IssueOutcome>> issue(IssueRequest request, Deadline deadline)
        override {
        return run_faulty(faults_.draw(), inner_.issue(std::move(request), deadline));
    }

    [[nodiscard]] Task<Result<ClaimReply>> claim(ClaimRequest request, Deadline deadline) override {
        return run_faulty(faults_.draw(), inner_.claim(std::move(request), deadline));
    }

    [[nodiscard]] Task<Result<std::optional<StoredGrant>>> revoke(GrantKey key, Deadline deadline)
        override {
        return run_faulty(faults_.draw(), inner_.revoke(std::move(key), deadline));
    }

    [[nodiscard]] Task<Result<bool>> first_use(
        std::string name, Milliseconds keep, Deadline deadline
    ) override {
        return run_faulty(faults_.draw(), inner_.first_use(std::move(name), keep, deadline));
    }

private:
    GrantStore& inner_;
    StoreFaults& faults_;
};

}  // namespace numproof
