// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "adapters/memory/memory_store.h"
#include "daemon/ports/record_store.h"

namespace numproof {

/// One loop's view of the records of a MemoryStore. It never has to wait.
class MemoryRecordStore final : public RecordStore {
public:
    /// `shared` outlives this view.
    explicit MemoryRecordStore(MemoryStore& shared) noexcept : shared_(shared) {}

    [[nodiscard]] Task<Result<std::vector<std::optional<Record>>>> read(
        std::vector<std::string> keys, Deadline deadline
    ) override;

    [[nodiscard]] Task<Result<std::vector<ReplaceOutcome>>> replace(
        std::vector<Replacement> replacements, Deadline deadline
    ) override;

    [[nodiscard]] Task<Result<std::string>> incarnation(Deadline deadline) override;

private:
    MemoryStore& shared_;
};

}  // namespace numproof
