// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "daemon/base/time.h"
#include "daemon/sessions/address_record.h"

namespace numproof {

class PortClaims;

/// Rule R5 within one address record: an entry is overtaken by another session's entry at the same
/// prefix whose ports overlap and that began more than `skew` later, ended or not. One public
/// address may have a thousand port blocks, and is asked for with every sign-in behind it: all of
/// this takes n log n steps. Keeps a reference to the record; `skew` is not negative.
class Overtaking {
public:
    /// One verdict for each entry, in the order of the record.
    using Verdicts = std::vector<bool>;

    Overtaking(const AddressRecord& record, Milliseconds skew);

    /// Some entry overtook it.
    [[nodiscard]] Verdicts overtaken();

    /// Two sessions overtook it, each with an entry that covers all of its ports.
    [[nodiscard]] Verdicts covered_by_two();

    /// Tombstones past their time, what those overtook, and so on down the chain.
    [[nodiscard]] Verdicts forgotten(WallTime now);

    /// How much was looked at so far.
    [[nodiscard]] std::size_t steps() const noexcept { return steps_; }

private:
    using Judge = std::function<bool(PortClaims& newer, const AddressEntry& entry)>;
    enum class Newer { all, judged_true };

    /// Asks for each entry, from the newest to the oldest of its prefix, with all that began more
    /// than the skew later, or those of them for which the answer was true.
    [[nodiscard]] Verdicts sweep(Newer counted, const Judge& judge);
    void sweep_prefix(
        std::size_t first, std::size_t last, Newer counted, const Judge& judge, Verdicts& verdicts
    );

    const AddressRecord& record_;
    Milliseconds skew_;
    std::vector<std::size_t> order_;  ///< By prefix; within one the newest first.
    std::size_t steps_ = 0;
};

}  // namespace numproof
