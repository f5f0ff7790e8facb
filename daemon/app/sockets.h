// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "adapters/evhtp/listening_socket.h"
#include "daemon/config/settings.h"
#include "daemon/telemetry/log.h"

namespace numproof {

/// What the daemon listens on, bound before anything else starts.
struct BoundSockets {
    std::vector<std::vector<ListeningSocket>> workers;  ///< One list for each worker.
    std::vector<ListeningSocket> admin;
};

/// How strict binding is.
enum class BindMode : std::uint8_t {
    strict,  ///< Every socket or none.
    sandbox  ///< The admin socket and IPv6 may be missing: a warning.
};

/// Binds what `settings` name, writes ports that the system chose back into them, and derives the
/// issuer from the first listener if it is empty.
[[nodiscard]] Result<BoundSockets> bind_sockets(Settings& settings, BindMode mode, Log& log);

}  // namespace numproof
