// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/config_node.h"
#include "daemon/config/mistake.h"
#include "daemon/domain/client.h"

namespace numproof {

/// Judges what `clients.yaml` says: a list of clients.
[[nodiscard]] Checked<ClientRegistry> read_clients(const ConfigNode& written);

}  // namespace numproof
