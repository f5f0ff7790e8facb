// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/record_store.h"
#include "daemon/sessions/feed_records.h"
#include "daemon/sessions/record_changes.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// Agrees with the other nodes, through the store, on which directory is built (rule R10), and
/// keeps the partitions' watermark records. One instance belongs to one event loop.
class GenerationKeeper {
public:
    /// All of them outlive the keeper.
    struct Parts {
        RecordStore& store;
        const Clock& clock;
        const Vault& vault;
    };

    explicit GenerationKeeper(Parts parts) noexcept : parts_(parts), seal_(parts.vault) {}

    /// The generation that stands in the store. Where there is none, none that opens with our key,
    /// or the one named `lost`, a new one is begun.
    [[nodiscard]] Task<Result<GenerationRecord>> agree(std::string lost, Deadline deadline);

    /// Declares the directory whole and made of `partitions`, if all of their watermark records
    /// carry `generation` and this life of the store. A directory that is whole already is only
    /// told of its partitions. True if it is whole now.
    [[nodiscard]] Task<Result<bool>> complete(
        GenerationRecord generation,
        std::map<std::string, std::int32_t> partitions,
        std::string incarnation,
        Deadline deadline
    );

    /// The watermark records of `partitions`, in that order; nullopt where none can be read.
    [[nodiscard]] Task<Result<std::vector<std::optional<WatermarkRecord>>>> read(
        std::vector<TopicPartition> partitions, Deadline deadline
    );

    /// Writes watermark records. Within one generation and life of the store they only advance.
    [[nodiscard]] Task<Result<void>> advance(
        std::map<TopicPartition, WatermarkRecord> records, Deadline deadline
    );

private:
    [[nodiscard]] std::optional<GenerationRecord> open(const std::optional<Record>& record) const;
    [[nodiscard]] NewRecord make(const GenerationRecord& generation) const;

    Parts parts_;
    RecordSeal seal_;
};

}  // namespace numproof
