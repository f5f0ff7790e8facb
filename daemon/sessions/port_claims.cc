// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/port_claims.h"

#include <algorithm>

namespace numproof {
namespace {

constexpr std::size_t lowest_bit(std::size_t number) noexcept {
    return number & (~number + 1);
}

}  // namespace

PortClaims::PortClaims(std::vector<std::uint16_t> lows) : lows_(std::move(lows)) {
    std::ranges::sort(lows_);
    const auto again = std::ranges::unique(lows_);
    lows_.erase(again.begin(), again.end());
    nodes_.resize(lows_.size() + 1);
}

void PortClaims::add(const SessionId& session, const PortRange& ports) {
    const auto low = std::ranges::lower_bound(lows_, ports.low);
    for (auto at = static_cast<std::size_t>(low - lows_.begin()) + 1; at < nodes_.size();
         at += lowest_bit(at)) {
        note(nodes_[at], {.session = &session, .high = ports.high});
        ++steps_;
    }
}

void PortClaims::note(Highest& highest, Claim claim) {
    const auto same = std::ranges::find_if(highest, [&](const Claim& one) {
        return one.session != nullptr && *one.session == *claim.session;
    });
    if (same != highest.end()) {
        same->high = std::max(same->high, claim.high);
        return;
    }
    // An empty place is lower than any claim.
    auto& lowest = *std::ranges::min_element(highest, {}, [](const Claim& one) {
        return one.session == nullptr ? -1 : static_cast<int>(one.high);
    });
    if (lowest.session == nullptr || lowest.high < claim.high) {
        lowest = claim;
    }
}

std::size_t PortClaims::others_overlapping(const SessionId& than, const PortRange& ports) {
    return others(than, ports.high, ports.low);
}

std::size_t PortClaims::others_covering(const SessionId& than, const PortRange& ports) {
    return others(than, ports.low, ports.high);
}

// Of the claims that begin at `low_max` or below, those that reach `high_min`.
std::size_t PortClaims::others(
    const SessionId& than, std::uint16_t low_max, std::uint16_t high_min
) {
    const SessionId* found = nullptr;
    const auto end = std::ranges::upper_bound(lows_, low_max);
    for (auto at = static_cast<std::size_t>(end - lows_.begin()); at > 0; at -= lowest_bit(at)) {
        ++steps_;
        for (const auto& claim : nodes_[at]) {
            if (claim.session == nullptr || claim.high < high_min || *claim.session == than) {
                continue;
            }
            if (found != nullptr && *found != *claim.session) {
                return 2;
            }
            found = claim.session;
        }
    }
    return found == nullptr ? 0 : 1;
}

}  // namespace numproof
