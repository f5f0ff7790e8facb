// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace numproof {

/// What the operator's books say of a number.
enum class SubscriberState : std::uint8_t { active, suspended, ported_out, deleted };

/// The name in session events: `active`, `suspended`, `ported_out`, `deleted`.
[[nodiscard]] std::string_view name_of(SubscriberState state) noexcept;

/// Rule R3: changes with every SIM swap, number change, port-out and suspension.
/// It is the time of the newest such event in epoch milliseconds, 0 before the first: the same
/// events give the same epoch in whatever order and however often they arrive.
using BindingEpoch = std::int64_t;

}  // namespace numproof
