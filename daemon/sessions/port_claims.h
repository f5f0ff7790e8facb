// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/domain/address.h"
#include "daemon/domain/pseudonym.h"

namespace numproof {

/// Which sessions claim which ports of one address. Adding and asking take log n steps each.
/// A Fenwick tree over the first ports of the claims. Keeps pointers to the sessions it is given.
class PortClaims {
public:
    /// `lows`: the first ports of all claims that will be added, in any order.
    explicit PortClaims(std::vector<std::uint16_t> lows);

    void add(const SessionId& session, const PortRange& ports);

    /// How many sessions other than `than` have a claim that overlaps `ports`; 2 stands for more.
    [[nodiscard]] std::size_t others_overlapping(const SessionId& than, const PortRange& ports);

    /// Likewise, a claim that covers all of `ports`.
    [[nodiscard]] std::size_t others_covering(const SessionId& than, const PortRange& ports);

    /// How many nodes of the tree were looked at.
    [[nodiscard]] std::size_t steps() const noexcept { return steps_; }

private:
    struct Claim {
        const SessionId* session = nullptr;
        std::uint16_t high = 0;
    };

    /// The three sessions whose claims reach highest, in no order: enough to find two others than
    /// any one of them.
    using Highest = std::array<Claim, 3>;

    static void note(Highest& highest, Claim claim);
    [[nodiscard]] std::size_t others(
        const SessionId& than, std::uint16_t low_max, std::uint16_t high_min
    );

    std::vector<std::uint16_t> lows_;  ///< Sorted, each once.
    std::vector<Highest> nodes_;       ///< From 1 on; a node sums up the lows that end there.
    std::size_t steps_ = 0;
};

}  // namespace numproof
