// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/base/time.h"
#include "daemon/domain/address.h"
#include "daemon/domain/msisdn.h"
#include "daemon/domain/subscriber.h"

namespace numproof {

/// Over what a session reaches the network. Only `three_gpp` proves a number.
enum class Access : std::uint8_t { three_gpp, non_three_gpp };

/// One address or prefix that a session holds, with its port block.
struct HeldAddress {
    std::string domain;  ///< Routing domain.
    IpPrefix prefix;     ///< IPv4: always /32.
    PortRange ports;     ///< IPv6: always the whole range.

    auto operator<=>(const HeldAddress&) const = default;
};

/// Names a session: unique within its gateway.
struct SessionName {
    std::string source;
    std::string session;

    auto operator<=>(const SessionName&) const = default;
};

/// `bind` and `rebind`: a session holds addresses from `time` on.
struct SessionBind {
    enum class Extent : std::uint8_t {
        whole,  ///< `bind`: what is not named is released.
        change  ///< `rebind`: named is added, `removed` goes, the rest stays.
    };

    WallTime time;
    Extent extent = Extent::whole;
    SessionName name;
    std::optional<Msisdn> msisdn;
    std::optional<Imsi> imsi;
    Access access = Access::three_gpp;
    std::optional<std::chrono::seconds> interim_interval;
    std::vector<HeldAddress> held;
    std::vector<HeldAddress> removed;  ///< `ports` is not looked at.
};

/// `refresh`: the session is still there (rule R9).
struct SessionRefresh {
    WallTime time;
    SessionName name;
};

/// `release`: the whole session has ended.
struct SessionRelease {
    WallTime time;
    SessionName name;
    std::vector<HeldAddress> held;  ///< What the event names; may be empty.
};

/// `reset`: the gateway restarted, all its sessions are gone (rule R7).
struct GatewayReset {
    WallTime time;
    std::string source;
};

/// `subscriber`: what the operator's books say (rule R3).
struct SubscriberChange {
    WallTime time;
    Imsi imsi;
    Msisdn msisdn;
    SubscriberState state = SubscriberState::active;
    bool sim_changed = false;
};

/// `heartbeat`: all events up to `time` are in this partition (rule R8).
struct Heartbeat {
    WallTime time;
    std::string source;
};

/// What one record of a feed says.
using SessionEvent = std::
    variant<SessionBind, SessionRefresh, SessionRelease, GatewayReset, SubscriberChange, Heartbeat>;

}  // namespace numproof
