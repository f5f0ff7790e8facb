// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "daemon/ports/clock.h"
#include "daemon/ports/key_walk.h"
#include "daemon/ports/loop.h"
#include "daemon/ports/record_store.h"
#include "daemon/sessions/feed_records.h"
#include "daemon/telemetry/log.h"
#include "daemon/telemetry/metrics.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// How slowly leftovers are swept. `settle` is more than a failover takes back (IngestOptions::
/// failover_margin), so that no failover brings the generation back whose hashes have gone.
struct SweepPace {
    Milliseconds look_every{5000};
    Milliseconds settle{120'000};       ///< So long is a generation whole before it is swept for.
    Milliseconds pause{100};            ///< Between two pages.
    Milliseconds retry_after{600'000};  ///< After a page failed.
    Milliseconds step_within{500};
};

/// Removes what former generations left in the store: hashes of addresses, numbers and IMSIs have
/// no time to live (docs/decisions/0012), and nothing of another generation is ever read again
/// (docs/decisions/0013). One instance on one event loop.
class LeftoverSweep {
public:
    /// All of them outlive the sweep.
    struct Parts {
        KeyWalk& walk;
        RecordStore& store;
        const Clock& clock;
        Loop& loop;
        const Vault& vault;  ///< Opens the generation marker.
        Log& log;
        Counter& removed;
    };

    LeftoverSweep(Parts parts, SweepPace pace) : parts_(parts), pace_(pace) {}

    /// Sweeps once for each generation that this node sees whole while it `leads`; until stop() or
    /// the loop's end.
    [[nodiscard]] Task<void> run(std::function<bool()> leads);

    /// Ends run() within one interval.
    void stop() noexcept { stopping_ = true; }

private:
    [[nodiscard]] bool due(const GenerationRecord& generation);
    [[nodiscard]] Task<std::optional<GenerationRecord>> whole_generation();
    [[nodiscard]] Task<Result<void>> sweep(GenerationRecord generation);

    Parts parts_;
    SweepPace pace_;
    std::string seen_;     ///< The generation that was whole at the last look …
    MonoTime not_before_;  ///< … and when it may be swept for.
    std::string swept_;    ///< The generation that has been swept for.
    bool stopping_ = false;
};

}  // namespace numproof
