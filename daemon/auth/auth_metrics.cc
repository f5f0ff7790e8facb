// SPDX-License-Identifier: Apache-2.0
#include "daemon/auth/auth_metrics.h"

namespace numproof {
namespace {

Sample sample(std::string_view name, std::string_view help, const Counter& counter) {
    return {
        .kind = Sample::Kind::counter,
        .name = std::string{name},
        .help = std::string{help},
        .labels = {},
        .value = static_cast<double>(counter.value()),
        .histogram = nullptr,
    };
}

Sample with_error(Sample made, std::size_t error) {
    made.labels.emplace_back("error", name_of(static_cast<OAuthError>(error)));
    return made;
}

}  // namespace

void AuthMetrics::collect(std::vector<Sample>& samples) const {
    samples.push_back(
        sample("numproof_auth_codes_issued_total", "Authorization codes that were given.", codes_)
    );
    samples.push_back(
        sample("numproof_auth_tokens_issued_total", "Access tokens that were given.", tokens_)
    );
    samples.push_back(sample(
        "numproof_auth_tokens_revoked_total", "Tokens that their clients revoked.", revocations_
    ));
    for (std::size_t i = 0; i < kOAuthErrors; ++i) {
        samples.push_back(with_error(
            sample(
                "numproof_auth_codes_refused_total",
                "Authorization requests that got no code.",
                refused_codes_[i]
            ),
            i
        ));
    }
    for (std::size_t i = 0; i < kOAuthErrors; ++i) {
        samples.push_back(with_error(
            sample(
                "numproof_auth_tokens_refused_total",
                "Token requests that got no token.",
                refused_tokens_[i]
            ),
            i
        ));
    }
}

}  // namespace numproof
