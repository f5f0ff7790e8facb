// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "adapters/evhtp/listening_socket.h"
#include "daemon/app/inherited_sockets.h"
#include "daemon/config/settings.h"
#include "daemon/telemetry/log.h"

namespace numproof {

/// A socket of a public listener.
struct PublicSocket {
    ListeningSocket socket;
    std::size_t listener;  ///< Its place in `http.listen`.
};

/// What the daemon listens on, bound before anything else starts.
struct BoundSockets {
    std::vector<std::vector<PublicSocket>> workers;  ///< One list for each worker.
    std::vector<ListeningSocket> admin;
    bool kept = false;  ///< The service manager holds public ones over a restart.
};

/// How strict binding is.
enum class BindMode : std::uint8_t {
    strict,  ///< Every socket or none.
    sandbox  ///< The admin socket and IPv6 may be missing: a warning.
};

/// Takes what `settings` name out of `inherited` and binds the rest, writes ports that the system
/// chose back into them, and derives the issuer from the first listener if it is empty. An
/// inherited socket that no setting names is `invalid_configuration`: who connects to it would wait
/// for ever.
[[nodiscard]] Result<BoundSockets> bind_sockets(
    Settings& settings, InheritedSockets inherited, BindMode mode, Log& log
);

}  // namespace numproof
