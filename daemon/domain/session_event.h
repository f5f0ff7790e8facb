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
    IpPrefix prefix;     ///< IPv4: /32; shorter only for a route to a network behind a device.
    PortRange ports;     ///< The whole range but for IPv4 addresses that several devices share.

    auto operator<=>(const HeldAddress&) const = default;
};

/// Names a session: unique within its gateway.
struct SessionName {
    std::string source;
    std::string session;

    auto operator<=>(const SessionName&) const = default;
};

/// `bind` and `rebind`: a session holds addresses from `time` on. Or it held them already, and a
/// gateway says so once more.
struct SessionBind {
    enum class Extent : std::uint8_t {
        whole,     ///< `bind`: what is not named is released.
        change,    ///< `rebind`: named is added, `removed` goes, the rest stays.
        statement  ///< An interim update: keeps the session, and heals one whose `bind` was never
                   ///< heard. What is held keeps its beginning; nothing that ended begins anew.
    };

    WallTime time;
    Extent extent = Extent::whole;
    bool may_be_late = false;  ///< Out of order (RADIUS, a replay): void if older than the end.
    SessionName name;
    std::optional<Msisdn> msisdn;
    std::optional<Imsi> imsi;
    Access access = Access::three_gpp;
    bool says_access = true;  ///< False: the event does not say; what was known of it stays.
    bool says_domain =
        true;  ///< False: `domain` is a guess; that of the session's addresses counts.
    std::optional<std::chrono::seconds> interim_interval;
    std::optional<WallTime> began;  ///< Of a `statement`: when the session began, if it says so.
    std::vector<HeldAddress> held;
    std::vector<HeldAddress> removed;   ///< `ports` is not looked at.
    std::vector<HeldAddress> returned;  ///< Port blocks that go while others of their address stay.
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
