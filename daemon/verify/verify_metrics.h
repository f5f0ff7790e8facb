// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "daemon/audit/audit_trail.h"
#include "daemon/ports/grant_store.h"
#include "daemon/telemetry/metrics.h"

namespace numproof {

/// What became of requests to the API and of the claims that they made. Thread-safe; one for all
/// event loops.
class VerifyMetrics final : public MetricSource {
public:
    /// One request was answered.
    void count_result(AuditResult result) noexcept {
        results_[static_cast<std::size_t>(result)].add();
    }

    /// One claim was judged.
    void count_claim(ClaimOutcome outcome) noexcept {
        claims_[static_cast<std::size_t>(outcome)].add();
    }

    /// One claim got no answer from the store.
    void count_failed_claim() noexcept { failed_claims_.add(); }

    void collect(std::vector<Sample>& samples) const override;

private:
    std::array<Counter, static_cast<std::size_t>(AuditResult::error) + 1> results_;
    std::array<Counter, static_cast<std::size_t>(ClaimOutcome::claimed) + 1> claims_;
    Counter failed_claims_;
};

}  // namespace numproof
