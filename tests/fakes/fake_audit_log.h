// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/ports/audit_log.h"

namespace numproof {

/// Keeps audit entries in memory.
class FakeAuditLog final : public AuditLog {
public:
    [[nodiscard]] Task<Result<void>> append(AuditEntry entry, Deadline) override {
        ++asked_;
        if (holding_) {
            auto& held = held_.emplace_back();
            co_await held;
        }
        if (failure_) {
            co_return fail(*failure_, "the fake was told to fail");
        }
        entries_.push_back(std::move(entry));
        co_return Result<void>{};
    }

    /// From now on every append fails with `code` (spool_full, io_failure, …).
    void fail_with(ErrorCode code) { failure_ = code; }

    /// From now on appends succeed.
    void work() { failure_.reset(); }

    /// From now on appends wait for release().
    void hold() { holding_ = true; }

    /// Ends the waiting, oldest first.
    void release() {
        holding_ = false;
        auto waiting = std::exchange(held_, {});
        for (auto& one : waiting) {
            one.complete(true);
        }
    }

    /// What was made durable, in order.
    [[nodiscard]] const std::vector<AuditEntry>& entries() const noexcept { return entries_; }

    /// How many appends were asked for, whatever came of them.
    [[nodiscard]] std::uint64_t asked() const noexcept { return asked_; }

private:
    std::vector<AuditEntry> entries_;
    std::list<Pending<bool>> held_;
    std::optional<ErrorCode> failure_;
    bool holding_ = false;
    std::uint64_t asked_ = 0;
};

}  // namespace numproof
