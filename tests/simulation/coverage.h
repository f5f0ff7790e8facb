// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace numproof::sim {

/// What has to have happened in a run of some length, or it showed nothing.
inline constexpr std::array<std::string_view, 39> kMustHappen{
    "true",
    "false",
    "verify refused",
    "proven",
    "unavailable",
    "off_network",
    "conflict",
    "port_unknown",
    "non_3gpp_access",
    "number_unknown",
    "binding_outdated",
    "gateway_restarted",
    "interims_missing",
    "integrity_failure",
    "subscriber_inactive",
    "dual stack",
    "address reused without a stop",
    "handover",
    "addresses changed",
    "clash",
    "session name reused",
    "books changed",
    "gateway restart",
    "state of a session",
    "start sent again",
    "late event",
    "duplicate",
    "behind a proxy",
    "forged address",
    "code replayed",
    "two nodes at once",
    "failover",
    "store comes back empty",
    "partition stalls",
    "wall clock set",
    "rebalance",
    "offsets lost",
    "records exchanged",
    "subscriber record evicted"};

/// What of that is missing, and shares of answers that are too small to trust the rest.
[[nodiscard]] inline std::vector<std::string> missing_coverage(
    const std::map<std::string, std::uint64_t>& counts
) {
    const auto count = [&](std::string_view what) {
        const auto found = counts.find(std::string{what});
        return found == counts.end() ? 0 : found->second;
    };
    std::vector<std::string> missing;
    for (const auto what : kMustHappen) {
        if (count(what) == 0) {
            missing.push_back(std::string{what} + ": never");
        }
    }
    const auto answers = count("proven") + count("off_network") + count("unavailable");
    const auto at_least = [&](std::string_view what, std::uint64_t percent) {
        if (count(what) * 100 < answers * percent) {
            missing.push_back(std::string{what} + ": too seldom");
        }
    };
    at_least("proven", 25);
    at_least("certain holder", 3);
    at_least("true", 5);
    at_least("false", 2);
    return missing;
}

}  // namespace numproof::sim
