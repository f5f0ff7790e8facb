// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/base/json_writer.h"
#include "daemon/config/settings.h"
#include "daemon/ports/directory_standing.h"
#include "daemon/sessions/ingest.h"
#include "daemon/sessions/standing_watch.h"

namespace numproof {

/// What `numproofctl feed status` is told.
struct FeedReport {
    const Settings& settings;
    WallTime now;
    Standing standing = Standing::starting;
    std::optional<IngestProgress> own;                  ///< What this node reads, if it does.
    std::vector<StandingWatch::FeedPartition> known{};  ///< All partitions, by their watermarks.
};

/// One JSON object: the directory's standing, a rebuild, and each partition. Those of other nodes
/// have what their reader left in the store: no end of the topic and no lag.
[[nodiscard]] std::string to_json(const FeedReport& report);

/// The progress of a rebuild as one JSON value; `null`: none runs on this node.
void write_rebuild(JsonWriter& json, const std::optional<RebuildProgress>& rebuild);

/// The same in a line for people: `43 % of 100000 records, 21000 a second, about 3 s left`.
[[nodiscard]] std::string to_line(const RebuildProgress& rebuild);

}  // namespace numproof
