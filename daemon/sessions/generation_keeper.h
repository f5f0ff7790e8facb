// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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
/// keeps the partitions' watermark records. The vault that it is given names and seals by that
/// directory from then on. One instance belongs to one event loop.
class GenerationKeeper {
public:
    /// All of them outlive the keeper.
    struct Parts {
        RecordStore& store;
        const Clock& clock;
        Vault& vault;
    };

    explicit GenerationKeeper(Parts parts) noexcept : parts_(parts), seal_(parts.vault) {}

    /// What to do about a marker whose key this node does not have.
    enum class Strange : std::uint8_t { leave, replace };

    /// The generation that stands in the store, which the vault adopts. Where there is none, or the
    /// one named `lost`, a new one is begun. One that is sealed with a key that we lack:
    /// key_missing with the key's name, or replaced likewise. The marker is sealed anew with our
    /// current key when we meet it for the first time.
    [[nodiscard]] Task<Result<GenerationRecord>> agree(
        std::string lost, Strange strange, Deadline deadline
    );

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
    [[nodiscard]] NewRecord make(const GenerationRecord& generation) const;
    [[nodiscard]] GenerationRecord begin() const;

    Parts parts_;
    RecordSeal seal_;
    bool met_ = false;
};

}  // namespace numproof
