// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "daemon/base/time.h"
#include "daemon/domain/msisdn.h"
#include "daemon/domain/pseudonym.h"
#include "daemon/domain/subscriber.h"

namespace numproof {

/// An address proved who is behind it.
struct Proven {
    Msisdn msisdn;
    SubscriberId subscriber;
    BindingEpoch epoch = 0;
    SessionId session;
};

/// Why an address proves nobody. All of these are "unknown", none is "no" (rule R1).
enum class Unproven : std::uint8_t {
    off_network,         ///< No live session holds the address.
    outside_domains,     ///< The address belongs to no routing domain of ours.
    conflict,            ///< Two sessions claim it (rule R5).
    port_unknown,        ///< Shared address without a port, or a port in no block (rule R6).
    non_3gpp_access,     ///< The session is on Wi-Fi or another access that proves nothing.
    number_unknown,      ///< The session has no number, or its IMSI none.
    binding_outdated,    ///< It began before a SIM swap, number change … (rule R3).
    gateway_restarted,   ///< Its gateway restarted after it began (rule R7).
    interims_missing,    ///< No interim update for too long (rule R9).
    integrity_failure,   ///< A stored value did not open (rule R11).
    subscriber_inactive  ///< Suspended, ported out or deleted: `access_denied`.
};

/// Stable words for `reason`: they stand in audit events and in `error_description`.
[[nodiscard]] std::string_view name_of(Unproven reason) noexcept;

/// What an address says about who is behind it.
using Proof = std::variant<Proven, Unproven>;

}  // namespace numproof
