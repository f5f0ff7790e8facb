// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/memory_grant_store.h"

namespace numproof {

Result<void> MemoryGrantStore::in_time(Deadline deadline) const {
    if (deadline.passed(shared_.clock().mono_now())) {
        return fail(ErrorCode::deadline_exceeded, "grant store in memory");
    }
    return {};
}

Result<void> MemoryGrantStore::judged_here(const std::string& incarnation, Deadline deadline)
    const {
    auto admitted = in_time(deadline);
    if (admitted && incarnation != shared_.incarnation()) {
        return fail(ErrorCode::store_unavailable, "judged on another incarnation");
    }
    return admitted;
}

Task<Result<void>> MemoryGrantStore::keep_code(KeepRequest request, Deadline deadline) {
    auto admitted = in_time(deadline);
    if (admitted) {
        shared_.keep_code(request);
    }
    co_return admitted;
}

Task<Result<RedeemReply>> MemoryGrantStore::redeem(RedeemRequest request, Deadline deadline) {
    if (auto admitted = judged_here(request.incarnation, deadline); !admitted) {
        co_return pass_on(admitted);
    }
    co_return shared_.redeem(request.code);
}

Task<Result<IssueOutcome>> MemoryGrantStore::issue(IssueRequest request, Deadline deadline) {
    if (auto admitted = judged_here(request.incarnation, deadline); !admitted) {
        co_return pass_on(admitted);
    }
    co_return shared_.issue(request);
}

Task<Result<ClaimReply>> MemoryGrantStore::claim(ClaimRequest request, Deadline deadline) {
    if (auto admitted = judged_here(request.incarnation, deadline); !admitted) {
        co_return pass_on(admitted);
    }
    co_return shared_.claim(request);
}

Task<Result<std::optional<StoredGrant>>> MemoryGrantStore::revoke(GrantKey key, Deadline deadline) {
    if (auto admitted = in_time(deadline); !admitted) {
        co_return pass_on(admitted);
    }
    co_return shared_.revoke(key);
}

Task<Result<bool>> MemoryGrantStore::first_use(
    std::string name, Milliseconds keep, Deadline deadline
) {
    if (auto admitted = in_time(deadline); !admitted) {
        co_return pass_on(admitted);
    }
    co_return shared_.first_use(name, keep);
}

}  // namespace numproof
