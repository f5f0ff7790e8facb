// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "adapters/spool/segment_index.h"
#include "daemon/app/foundation.h"
#include "daemon/ports/directory_standing.h"

namespace numproof {

/// What `numproofctl status` is told.
struct StatusReport {
    const Foundation& foundation;
    std::vector<std::string> troubles;  ///< Why it is not ready; empty: ready.
    DirectoryBasis basis;
    Backlog backlog;
    std::size_t connections = 0;
    Milliseconds up{};
};

/// One JSON object.
[[nodiscard]] std::string to_json(const StatusReport& report);

/// One line for `systemctl status`.
[[nodiscard]] std::string to_line(const StatusReport& report);

/// The clients without their secrets, as a JSON array.
[[nodiscard]] std::string clients_json(const ClientRegistry& clients);

}  // namespace numproof
