// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/spool/segment_index.h"
#include "daemon/app/foundation.h"
#include "daemon/ports/directory_standing.h"
#include "daemon/sessions/rebuild_meter.h"

namespace numproof {

/// What `numproofctl status` is told.
struct StatusReport {
    const Foundation& foundation;
    std::optional<std::string> reload_refusal;  ///< Why the last reload was refused, by lines.
    std::vector<std::string> troubles;          ///< Why it is not ready; empty: ready.
    DirectoryBasis basis;
    std::optional<RebuildProgress> rebuild;  ///< While this node builds the directory.
    Backlog backlog;
    std::size_t connections = 0;
    Milliseconds up{};
};

/// The age of the oldest watermark; nothing while a partition was never heard of, which counts
/// from 1970.
[[nodiscard]] std::optional<Milliseconds> known_age(const DirectoryBasis& basis);

/// One JSON object.
[[nodiscard]] std::string to_json(const StatusReport& report);

/// One line for `systemctl status`.
[[nodiscard]] std::string to_line(const StatusReport& report);

/// The names of the directory keys of `ring`, which one seals what is new, and which one the
/// directory's marker is sealed with, whether it is in the ring or not, and the `mark` of the
/// directory's names; as JSON.
[[nodiscard]] std::string keys_json(
    const KeyRing& ring, std::string_view marker_key, std::string_view mark
);

/// The clients without their secrets, as a JSON array.
[[nodiscard]] std::string clients_json(const ClientRegistry& clients);

}  // namespace numproof
