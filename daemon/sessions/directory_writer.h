// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"
#include "daemon/domain/event_position.h"
#include "daemon/domain/session_event.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/record_store.h"
#include "daemon/sessions/directory_counters.h"
#include "daemon/sessions/directory_rules.h"
#include "daemon/sessions/record_changes.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// An event and its place in the feed.
struct PlacedEvent {
    SessionEvent event;
    EventPosition at;
};

/// Brings session events into the directory's records. Every step is idempotent and commutes with
/// those of other partitions: replays, crashes and racing writers converge.
/// One instance belongs to one event loop.
class DirectoryWriter {
public:
    /// All of them outlive the writer.
    struct Parts {
        RecordStore& store;
        const Clock& clock;
        const Vault& vault;
        DirectoryCounters& counters;
    };

    DirectoryWriter(Parts parts, DirectoryRules rules);

    /// Applies `events`, those of one partition in its order; same result as one by one. Returns
    /// when the store has acknowledged every write, or fails like the store does: then some may
    /// have been made, and the whole batch has to be applied again. Heartbeats change nothing.
    [[nodiscard]] Task<Result<void>> apply(
        std::vector<PlacedEvent> events, ApplyContext context, Deadline deadline
    );

private:
    Parts parts_;
    DirectoryRules rules_;
};

}  // namespace numproof
