// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/base/check.h"
#include "daemon/ports/grant_store.h"

namespace numproof {

/// A grant store that only claims, and finds what it was told to find. A grant that is `claimed`
/// is `used` from then on.
class ScriptedClaims final : public GrantStore {
public:
    /// A claim of `key` finds `grant` and `outcome`.
    void put(GrantKey key, StoredGrant grant, ClaimOutcome outcome) {
        kept_.push_back({.key = key, .grant = std::move(grant), .outcome = outcome});
    }

    /// From now on every claim fails with `code`.
    void fail_with(ErrorCode code) { failure_ = code; }

    /// Every claim that was asked for, in order.
    [[nodiscard]] const std::vector<ClaimRequest>& asked() const noexcept { return asked_; }

    /// How many grants were used up.
    [[nodiscard]] int used_up() const noexcept { return used_up_; }

    [[nodiscard]] Task<Result<ClaimReply>> claim(ClaimRequest request, Deadline) override {
        asked_.push_back(request);
        if (failure_) {
            co_return fail(*failure_, "the fake was told to fail");
        }
        for (auto& kept : kept_) {
            if (kept.key == request.key) {
                co_return reply_of(kept, request.mode);
            }
        }
        co_return ClaimReply{};
    }

    [[nodiscard]] Task<Result<void>> keep_code(KeepRequest, Deadline) override {
        abort_on_bug("ScriptedClaims only claims", __FILE__, __LINE__);
    }

    [[nodiscard]] Task<Result<RedeemReply>> redeem(RedeemRequest, Deadline) override {
        abort_on_bug("ScriptedClaims only claims", __FILE__, __LINE__);
    }

    [[nodiscard]] Task<Result<IssueOutcome>> issue(IssueRequest, Deadline) override {
        abort_on_bug("ScriptedClaims only claims", __FILE__, __LINE__);
    }

    [[nodiscard]] Task<Result<std::optional<StoredGrant>>> revoke(GrantKey, Deadline) override {
        abort_on_bug("ScriptedClaims only claims", __FILE__, __LINE__);
    }

    [[nodiscard]] Task<Result<bool>> first_use(std::string, Milliseconds, Deadline) override {
        abort_on_bug("ScriptedClaims only claims", __FILE__, __LINE__);
    }

private:
    struct Kept {
        GrantKey key;
        StoredGrant grant;
        ClaimOutcome outcome;
    };

    ClaimReply reply_of(Kept& kept, ClaimMode mode) {
        ClaimReply reply{.outcome = kept.outcome, .grant = kept.grant, .subscriber = {}};
        if (kept.outcome == ClaimOutcome::claimed && mode == ClaimMode::claim) {
            kept.outcome = ClaimOutcome::used;
            ++used_up_;
        }
        return reply;
    }

    std::vector<Kept> kept_;
    std::vector<ClaimRequest> asked_;
    std::optional<ErrorCode> failure_;
    int used_up_ = 0;
};

}  // namespace numproof
