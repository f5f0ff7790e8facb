// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/app/foundation.h"

namespace numproof {

/// `--check-config --online`: reaches Redis and Kafka as the daemon would, prints what is wrong,
/// and gives the exit status.
[[nodiscard]] int check_online(Configuration configuration, KeyMaterial material);

}  // namespace numproof
