// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/base/secret.h"
#include "daemon/base/time.h"

struct event_base;

namespace numproof {

class Clock;
class Log;
class RedisMetrics;
class RedisTls;

/// The password of our Redis user.
using RedisPassword = Secret<struct RedisPasswordTag>;

/// How Redis is set up.
enum class RedisMode : std::uint8_t {
    standalone,  ///< One primary has all keys.
    sentinel,    ///< One primary has all keys, and sentinels know which it is.
    cluster      ///< Redis Cluster: the keys are spread over several primaries.
};

/// What is said to sentinels.
struct SentinelOptions {
    std::string master_name;  ///< What they call our primary.
    std::string username;     ///< Empty: the default user.
    RedisPassword password;   ///< Empty: no AUTH.
};

/// How Redis is reached.
struct RedisOptions {
    RedisMode mode = RedisMode::standalone;

    /// `host:port`, tried in turn until one is a primary that serves us; of the sentinels where
    /// there are some. A host is an IPv4 address, an IPv6 address in brackets, or a name: names
    /// are looked up anew, by DNS and /etc/hosts and without blocking the loop, each time that a
    /// connection is made. `unix:/path` is a socket of this machine, which never speaks TLS.
    std::vector<std::string> addresses;
    SentinelOptions sentinel;             ///< Only for RedisMode::sentinel.
    std::string username;                 ///< Empty: the default user.
    RedisPassword password;               ///< Empty: no AUTH.
    std::shared_ptr<const RedisTls> tls;  ///< nullptr: none. Sentinels speak it too.
    Milliseconds deadline{100};           ///< For one command, if its caller gives it no less.
    Milliseconds connect_deadline{1000};  ///< Until connected, signed in and checked.
    std::size_t queue_max = 4096;         ///< Commands that wait or are under way, per connection.
};

/// What a connection lives in. All of it outlives the connection.
struct RedisEnvironment {
    event_base& base;
    const Clock& clock;
    Log& log;
    RedisMetrics& metrics;
};

}  // namespace numproof
