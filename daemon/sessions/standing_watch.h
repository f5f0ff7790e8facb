// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/ports/clock.h"
#include "daemon/ports/directory_standing.h"
#include "daemon/ports/loop.h"
#include "daemon/ports/record_store.h"
#include "daemon/sessions/clock_guard.h"
#include "daemon/sessions/feed_records.h"
#include "daemon/sessions/record_changes.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// When the directory may not be used any more.
struct StandingLimits {
    Milliseconds max_staleness{5000};  ///< R8.
    Milliseconds future_max{5000};     ///< A watermark further ahead of our clock is not fresh.
    Milliseconds silence_max{1000};    ///< A store that has not answered for so long is away.
    Milliseconds refresh_every{200};
    Milliseconds refresh_within{500};
};

/// Keeps what a loop knows of the directory's standing fresh: generation marker, watermarks and
/// the store's life. One instance belongs to one event loop.
class StandingWatch final : public DirectoryStanding {
public:
    /// All of them outlive the watch.
    struct Parts {
        RecordStore& store;
        const Clock& clock;
        Loop& loop;
        Vault& vault;  ///< Adopts each generation that is whole.
    };

    StandingWatch(Parts parts, StandingLimits limits);

    [[nodiscard]] DirectoryBasis basis() const override;

    [[nodiscard]] Task<Result<Standing>> confirm(Deadline deadline) override;

    /// A partition that the directory is made of, and what its reader wrote last.
    struct FeedPartition {
        TopicPartition at;
        std::optional<WatermarkRecord>
            record;  ///< Nothing: not of this directory and store's life.
    };

    /// The partition that was heard of longest ago, or never; nothing while there are none.
    [[nodiscard]] std::optional<TopicPartition> most_silent() const;

    /// All of them, as they were read last; empty while the directory is not whole.
    [[nodiscard]] std::vector<FeedPartition> partitions() const;

    /// Why the marker does not open here, if a key is missing: the operator has to add it.
    [[nodiscard]] std::string missing_key() const;

    /// The name of the key that the generation marker is sealed with; empty: not known.
    [[nodiscard]] std::string marker_key() const;

    /// Asks the store now. Fails like the store does; then what was known grows older.
    [[nodiscard]] Task<Result<void>> refresh(Deadline deadline);

    /// Refreshes until stop() or the loop's end.
    [[nodiscard]] Task<void> run();

    /// Ends run() within one interval.
    void stop() noexcept { stopping_ = true; }

private:
    /// What the store said, all of it in one of its lives.
    struct Seen {
        MonoTime at;
        std::string incarnation;
        bool whole = false;
        std::string missing_key;  ///< Not empty: the marker is sealed with a key that we lack.
        std::string marker_key;   ///< The name of the key that the marker is sealed with.
        std::vector<FeedPartition> partitions;
        WallTime trusted_since;
    };

    [[nodiscard]] Task<Result<std::vector<FeedPartition>>> read_partitions(
        GenerationRecord generation, std::string incarnation, Deadline deadline
    );
    [[nodiscard]] Task<Result<WallTime>> keep_life(
        std::string incarnation, bool marked, Deadline deadline
    );
    [[nodiscard]] Standing judge(WallTime wall, MonoTime mono) const;
    [[nodiscard]] std::optional<WallTime> oldest_watermark(WallTime wall) const;

    Parts parts_;
    StandingLimits limits_;
    RecordSeal seal_;
    ClockGuard guard_;
    std::optional<Seen> seen_;
    bool stopping_ = false;
};

}  // namespace numproof
