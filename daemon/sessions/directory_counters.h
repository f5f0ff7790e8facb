// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "daemon/domain/proof.h"
#include "daemon/telemetry/metrics.h"

namespace numproof {

/// What happens in the directory. Thread-safe: all loops share one.
class DirectoryCounters final : public MetricSource {
public:
    Counter integrity_failures;  ///< R11: stored values that did not open or decode.
    Counter proven;              ///< Look-ups that named a number.
    Counter failed;              ///< Look-ups that the store or the standing did not allow.

    /// Counts a look-up that proved nobody.
    void count(Unproven reason) noexcept { unproven_.at(static_cast<std::size_t>(reason)).add(); }

    [[nodiscard]] std::uint64_t value(Unproven reason) const noexcept {
        return unproven_.at(static_cast<std::size_t>(reason)).value();
    }

    void collect(std::vector<Sample>& samples) const override;

private:
    static constexpr std::size_t kReasons =
        static_cast<std::size_t>(Unproven::subscriber_inactive) + 1;

    std::array<Counter, kReasons> unproven_;
};

}  // namespace numproof
