// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "daemon/auth/oauth_fault.h"
#include "daemon/telemetry/metrics.h"

namespace numproof {

/// What became of requests to the OAuth endpoints. Thread-safe; one for all event loops.
class AuthMetrics final : public MetricSource {
public:
    void count_code() noexcept { codes_.add(); }

    void count_token() noexcept { tokens_.add(); }

    void count_refused_code(OAuthError error) noexcept {
        refused_codes_[static_cast<std::size_t>(error)].add();
    }

    void count_refused_token(OAuthError error) noexcept {
        refused_tokens_[static_cast<std::size_t>(error)].add();
    }

    void count_revocation() noexcept { revocations_.add(); }

    void collect(std::vector<Sample>& samples) const override;

private:
    Counter codes_;
    Counter tokens_;
    Counter revocations_;
    std::array<Counter, kOAuthErrors> refused_codes_;
    std::array<Counter, kOAuthErrors> refused_tokens_;
};

}  // namespace numproof
