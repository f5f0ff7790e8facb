// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/verify_metrics.h"

#include <string_view>

namespace numproof {
namespace {

constexpr std::array<std::string_view, 10> kClaims{
    "unknown",
    "used",
    "revoked",
    "expired",
    "predates_failover",
    "scope_missing",
    "method_refused",
    "subscriber_missing",
    "subscriber_changed",
    "claimed"};

Sample counted(
    std::string_view name, std::string_view help, std::string_view result, double value
) {
    return Sample{
        .kind = Sample::Kind::counter,
        .name = std::string{name},
        .help = std::string{help},
        .labels = {{"result", std::string{result}}},
        .value = value,
        .histogram = nullptr};
}

}  // namespace

void VerifyMetrics::collect(std::vector<Sample>& samples) const {
    constexpr std::string_view kResultsName = "numproof_verify_results_total";
    constexpr std::string_view kResultsHelp = "Requests to the API by what came of them.";
    constexpr std::string_view kClaimsName = "numproof_token_claims_total";
    constexpr std::string_view kClaimsHelp = "Tokens that were judged, by what was found.";
    for (std::size_t i = 0; i < results_.size(); ++i) {
        const auto result = static_cast<AuditResult>(i);
        if (result != AuditResult::issued) {
            const auto value = static_cast<double>(results_[i].value());
            samples.push_back(counted(kResultsName, kResultsHelp, name_of(result), value));
        }
    }
    for (std::size_t i = 0; i < claims_.size(); ++i) {
        const auto value = static_cast<double>(claims_[i].value());
        samples.push_back(counted(kClaimsName, kClaimsHelp, kClaims[i], value));
    }
    const auto failed = static_cast<double>(failed_claims_.value());
    samples.push_back(counted(kClaimsName, kClaimsHelp, "failed", failed));
}

}  // namespace numproof
