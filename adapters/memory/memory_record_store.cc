// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/memory_record_store.h"

namespace numproof {

Task<Result<std::vector<std::optional<Record>>>> MemoryRecordStore::read(
    std::vector<std::string> keys, Deadline deadline
) {
    if (deadline.passed(shared_.clock().mono_now())) {
        co_return fail(ErrorCode::deadline_exceeded, "read");
    }
    co_return shared_.read(keys);
}

Task<Result<std::vector<ReplaceOutcome>>> MemoryRecordStore::replace(
    std::vector<Replacement> replacements, Deadline deadline
) {
    if (deadline.passed(shared_.clock().mono_now())) {
        co_return fail(ErrorCode::deadline_exceeded, "replace");
    }
    co_return shared_.replace(replacements);
}

Task<Result<std::string>> MemoryRecordStore::incarnation(Deadline deadline) {
    if (deadline.passed(shared_.clock().mono_now())) {
        co_return fail(ErrorCode::deadline_exceeded, "incarnation");
    }
    co_return shared_.incarnation();
}

}  // namespace numproof
