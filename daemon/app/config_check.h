// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "daemon/app/foundation.h"

namespace numproof {

/// How far `--check-config` goes.
enum class Reach : std::uint8_t {
    files,    ///< What a start takes from this machine.
    servers,  ///< `--online`: also reaches Redis and Kafka as the daemon would.
};

/// Prints what is wrong, or that all is good, and gives the exit status.
[[nodiscard]] int check(Configuration configuration, KeyMaterial material, Reach reach);

}  // namespace numproof
