// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/base/time.h"

namespace numproof {

/// A record of the sessions topic: key and value.
struct SandboxRecord {
    std::string key;
    std::string value;
};

/// The made-up subscribers of the sandbox as `native` session events that begin at `now`:
/// the same events that a packet core would send. Which address is who stands in README.md.
[[nodiscard]] std::vector<SandboxRecord> sandbox_sessions(WallTime now);

/// "Everything up to `now` has been sent."
[[nodiscard]] SandboxRecord sandbox_heartbeat(WallTime now);

}  // namespace numproof
