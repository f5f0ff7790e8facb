// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/ports/record_store.h"
#include "tests/fakes/store_faults.h"

namespace numproof {

/// Another record store that fails as `faults` say. Both outlive this.
class FaultyRecordStore final : public RecordStore {
public:
    FaultyRecordStore(RecordStore& inner, StoreFaults& faults) : inner_(inner), faults_(faults) {}

    [[nodiscard]] Task<Result<std::vector<std::optional<Record>>>> read(
        std::vector<std::string> keys, Deadline deadline
    ) override {
        return run_faulty(faults_.draw(), inner_.read(std::move(keys), deadline));
    }

    [[nodiscard]] Task<Result<std::vector<ReplaceOutcome>>> replace(
        std::vector<Replacement> replacements, Deadline deadline
    ) override {
        const auto fault = faults_.draw();
        if (fault == StoreFault::half_happened) {
            replacements.resize(replacements.size() / 2);
        }
        return run_faulty(fault, inner_.replace(std::move(replacements), deadline));
    }

    [[nodiscard]] Task<Result<std::string>> incarnation(Deadline deadline) override {
        return run_faulty(faults_.draw(), inner_.incarnation(deadline));
    }

private:
    RecordStore& inner_;
    StoreFaults& faults_;
};

}  // namespace numproof
