// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/audit/refusal_budget.h"
#include "daemon/domain/audit_entry.h"

namespace numproof {

/// The partition key of events that belong to nobody in particular.
inline constexpr std::string_view kNodePartition = "node";

/// A configuration came into force: at start and after each reload.
struct ConfigEvent {
    WallTime time;
    std::string config_hash;
    std::string version;
    std::string node;
    std::string cause;  ///< `start` or `reload`.
};

/// Something that was stored did not hold (rule R11), or audit records were damaged on disk.
struct IntegrityEvent {
    WallTime time;
    std::string what;        ///< Our own stable word: `directory_record`, `spool_segment`.
    std::string place;       ///< Where: a key's pseudonym or a file name; never a number.
    std::uint64_t lost = 0;  ///< Octets that could not be saved; 0 where there are none.
};

/// An operator looked at or changed something.
struct AdminEvent {
    WallTime time;
    std::string action;         ///< `session_lookup`, `dlq_replay`, `reload`, …
    std::string operator_name;  ///< The user of the admin socket's peer.
    std::string object;         ///< A pseudonym or a name; never a number. Empty becomes null.
    std::string reason;         ///< What the operator gave; empty becomes null.
    std::string result;         ///< `begun`, `done`, `refused` or `failed`.
};

/// What refusals were only counted between two instants.
struct RefusalSummary {
    WallTime from;
    WallTime to;
    RefusalCounts counts;
    std::string config_hash;
    std::string version;
};

/// The entry that says a configuration is in force.
[[nodiscard]] AuditEntry entry_of(const ConfigEvent& event);

/// The entry that says something stored did not hold.
[[nodiscard]] AuditEntry entry_of(const IntegrityEvent& event);

/// The entry that says what an operator did.
[[nodiscard]] AuditEntry entry_of(const AdminEvent& event);

/// The entry that stands for refusals that have none of their own.
[[nodiscard]] AuditEntry entry_of(const RefusalSummary& summary);

}  // namespace numproof
