// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"
#include "daemon/base/time.h"

namespace numproof {

/// A stored value and its revision: 8 random octets that change with every write.
struct Record {
    Bytes revision;
    Bytes value;

    bool operator==(const Record&) const = default;
};

/// A write that happens only if the record is still the one that was read.
struct Replacement {
    std::string key;
    Bytes expected;     ///< Revision that was read; empty: there must be no record.
    Record record;      ///< What to store; its revision is new.
    Milliseconds keep;  ///< The store may forget the record after this time; always positive.
};

/// What became of a Replacement.
struct ReplaceOutcome {
    bool replaced = false;
    std::optional<Record> current;  ///< If not replaced: what stands there instead.
};

/// Port: small records with compare-and-replace, the only thing that the directory needs of its
/// store. All rules are applied outside, by the core; see docs/decisions.
///
/// Every implementation keeps this contract; tests/contract/record_store_contract.h proves it:
///   - answers come in the order of the keys that were asked, and none is ever swapped;
///   - each replacement is atomic by itself; a list of them is not;
///   - it fails with store_unavailable, queue_full or deadline_exceeded, nothing else, and then
///     a replacement may or may not have happened;
///   - it answers on the thread and loop that asked, no later than the deadline;
///   - a record whose `keep` has passed is as if it had never been, except that one in a field
///     (store_keys::field_of) may outlive it.
/// One instance belongs to one event loop and is not thread-safe.
class RecordStore {
public:
    RecordStore() = default;
    RecordStore(const RecordStore&) = delete;
    RecordStore& operator=(const RecordStore&) = delete;
    virtual ~RecordStore() = default;

    /// The records under `keys`, in that order; nullopt where there is none.
    [[nodiscard]] virtual Task<Result<std::vector<std::optional<Record>>>> read(
        std::vector<std::string> keys, Deadline deadline
    ) = 0;

    /// Makes each replacement whose expectation holds.
    [[nodiscard]] virtual Task<Result<std::vector<ReplaceOutcome>>> replace(
        std::vector<Replacement> replacements, Deadline deadline
    ) = 0;

    /// Names the life of the store that answers now: another name means that writes which were
    /// acknowledged before may be lost (a restart or a failover).
    [[nodiscard]] virtual Task<Result<std::string>> incarnation(Deadline deadline) = 0;
};

}  // namespace numproof
