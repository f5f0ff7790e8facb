// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "daemon/ports/grant_store.h"

namespace numproof {

/// Whether a subscriber still is who the grant was given for (rule R3).
enum class SubscriberCheck : std::uint8_t { same, missing, changed };

/// Compares `grant` with what stands of its subscriber now.
[[nodiscard]] SubscriberCheck check_subscriber(
    const GrantHeader& grant, const std::optional<SubscriberHead>& subscriber
) noexcept;

/// Judges a grant in the order of ClaimOutcome. Pure.
[[nodiscard]] ClaimOutcome judge_claim(
    const ClaimRequest& request,
    const GrantHeader& grant,
    const std::optional<SubscriberHead>& subscriber
) noexcept;

}  // namespace numproof
