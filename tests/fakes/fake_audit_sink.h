// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "daemon/ports/audit_sink.h"

namespace numproof {

/// Keeps delivered audit events in memory. Thread-safe, so that a test can look on.
class FakeAuditSink final : public AuditSink {
public:
    [[nodiscard]] Result<void> deliver(std::span<const AuditRecord> records, Deadline) override {
        const std::lock_guard lock{mutex_};
        ++attempts_;
        largest_ = std::max(largest_, records.size());
        if (failure_) {
            // As a broker may: half of it arrived.
            const auto half = records.first(records.size() / 2);
            records_.insert(records_.end(), half.begin(), half.end());
            return fail(*failure_, "the fake was told to fail");
        }
        records_.insert(records_.end(), records.begin(), records.end());
        return {};
    }

    void fail_with(ErrorCode code) {
        const std::lock_guard lock{mutex_};
        failure_ = code;
    }

    void work() {
        const std::lock_guard lock{mutex_};
        failure_.reset();
    }

    [[nodiscard]] std::vector<AuditRecord> records() const {
        const std::lock_guard lock{mutex_};
        return records_;
    }

    [[nodiscard]] std::size_t count() const {
        const std::lock_guard lock{mutex_};
        return records_.size();
    }

    [[nodiscard]] int attempts() const {
        const std::lock_guard lock{mutex_};
        return attempts_;
    }

    /// Records of the largest delivery.
    [[nodiscard]] std::size_t largest() const {
        const std::lock_guard lock{mutex_};
        return largest_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<AuditRecord> records_;
    std::optional<ErrorCode> failure_;
    int attempts_ = 0;
    std::size_t largest_ = 0;
};

}  // namespace numproof
