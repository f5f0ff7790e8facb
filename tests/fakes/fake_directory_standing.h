// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "daemon/ports/directory_standing.h"

namespace numproof {

/// A directory that stands as it is told to.
class FakeDirectoryStanding final : public DirectoryStanding {
public:
    FakeDirectoryStanding() {
        basis_.standing = Standing::usable;
        basis_.watermark_age = Milliseconds{214};
        basis_.incarnation = "life-1";
    }

    [[nodiscard]] DirectoryBasis basis() const override { return basis_; }

    [[nodiscard]] Task<Result<Standing>> confirm(Deadline) override {
        ++confirmed_;
        if (failure_) {
            co_return fail(*failure_, "the fake was told to fail");
        }
        co_return confirmed_as_.value_or(basis_.standing);
    }

    /// basis() names `incarnation` as the store's life.
    void live_as(std::string incarnation) { basis_.incarnation = std::move(incarnation); }

    /// basis() trusts grants from `instant` on.
    void trust_since(WallTime instant) { basis_.trusted_since = instant; }

    /// basis() and confirm() say `standing`.
    void stand(Standing standing) { basis_.standing = standing; }

    /// confirm() says something else than basis().
    void confirm_as(Standing standing) { confirmed_as_ = standing; }

    /// confirm() fails.
    void fail_with(ErrorCode code) { failure_ = code; }

    /// How often confirm() was asked.
    [[nodiscard]] int confirmed() const noexcept { return confirmed_; }

private:
    DirectoryBasis basis_;
    std::optional<Standing> confirmed_as_;
    std::optional<ErrorCode> failure_;
    int confirmed_ = 0;
};

}  // namespace numproof
