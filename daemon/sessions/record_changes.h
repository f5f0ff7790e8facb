// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/record_store.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// Makes and reads stored values, bound to their key (rule R11). The revision of a sealed one is
/// part of its nonce, that of a tagged one is its tag: neither is there for anything else alone.
class RecordSeal {
public:
    /// `vault` outlives this.
    explicit RecordSeal(const Vault& vault) noexcept : vault_(vault) {}

    /// For what holds a number or an IMSI.
    [[nodiscard]] Record sealed(const std::string& key, std::string_view plain) const;

    /// Readable, yet nobody without the key can make or move it. `plain` begins with an octet
    /// below 0x80, as all stored forms do.
    [[nodiscard]] Record tagged(const std::string& key, Bytes plain) const;

    /// Readable and not vouched for.
    [[nodiscard]] Record open_to_all(Bytes value) const;

    /// What sealed() or tagged() was given; else integrity_failure.
    [[nodiscard]] Result<Bytes> open(const std::string& key, const Record& record) const;

    [[nodiscard]] const Vault& vault() const noexcept { return vault_; }

private:
    const Vault& vault_;
};

/// A new record and how long it is kept.
struct NewRecord {
    Record record;
    Milliseconds keep{};
};

/// One record to be changed by a pure function of what stands there now.
struct RecordChange {
    std::string key;
    /// What to store, or nothing when all is well already. It is called again with what stands
    /// there when somebody else was faster.
    std::function<std::optional<NewRecord>(const std::optional<Record>& current)> make;
};

/// Reads, changes and replaces, again and again until every change is stored or not needed.
/// Ends by the deadline: deadline_exceeded, or what the store failed with; then some of the changes
/// may have been made.
[[nodiscard]] Task<Result<void>> change_records(
    RecordStore& store, const Clock& clock, std::vector<RecordChange> changes, Deadline deadline
);

}  // namespace numproof
