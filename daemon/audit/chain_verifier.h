// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ports/audit_sink.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// What can be wrong with a dump of the audit topic.
enum class ChainFault : std::uint8_t {
    malformed,     ///< No audit event: a header or `prev` is missing, or a sequence is no number.
    missing,       ///< Events between `sequence` and the one before it are not there.
    broken_link,   ///< `prev` is not the hash of the event before: one of the two was changed.
    forked,        ///< Two different events claim one place.
    out_of_order,  ///< It stands before an earlier event of its source.
    wrong_checkpoint,  ///< A checkpoint whose signature or hash does not hold.
    unknown_key        ///< A checkpoint that none of the given keys signed.
};

/// Stable words for `fault`.
[[nodiscard]] std::string_view name_of(ChainFault fault) noexcept;

/// One thing that is wrong.
struct ChainFinding {
    ChainFault fault = ChainFault::malformed;
    std::string source;
    std::uint64_t sequence = 0;  ///< 0 where it is not known.
    std::size_t position = 0;    ///< Index in the dump.
};

/// Whether a dump has each source's events in order. Those of a topic with several partitions
/// do not: there the sequence alone orders.
enum class DumpOrder : std::uint8_t { by_sequence, as_written };

/// What verify_chain() found.
struct ChainReport {
    std::vector<ChainFinding> findings;
    std::size_t sources = 0;
    std::size_t events = 0;       ///< Different ones.
    std::size_t repeated = 0;     ///< The same event again: delivery is at least once.
    std::size_t checkpoints = 0;  ///< Those that hold.
    std::size_t unsealed = 0;  ///< Events that no checkpoint follows: cutting them leaves no trace.
};

/// Checks the hash chain of each source in `records`, and the checkpoints by `keys` (none: the
/// checkpoints are not checked).
[[nodiscard]] ChainReport verify_chain(
    const Crypto& crypto, const KeyRing& keys, std::span<const AuditRecord> records, DumpOrder order
);

}  // namespace numproof
