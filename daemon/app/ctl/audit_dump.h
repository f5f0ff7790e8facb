// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/audit/chain_verifier.h"
#include "daemon/base/result.h"

namespace numproof::ctl {

/// A record of the audit topic, and where it stood.
struct DumpRecord {
    AuditRecord record;
    std::int32_t partition = 0;
    std::int64_t offset = -1;  ///< -1 where the dump does not say it.
};

/// Reads one line as `kcat -J` writes it: an object with `partition`, `offset`, `headers` (name,
/// value, name, …), `key` and `payload`. Anything else is `malformed`.
[[nodiscard]] Result<DumpRecord> parse_dump_line(std::string_view line);

/// What was found in a dump, for people: a line each, the first line of the file is 1.
[[nodiscard]] std::string findings_table(const ChainReport& report, bool with_keys);

/// The same as JSON.
[[nodiscard]] std::string findings_json(const ChainReport& report, bool with_keys);

/// True when the dump has events and nothing is wrong with them.
[[nodiscard]] bool holds(const ChainReport& report) noexcept;

}  // namespace numproof::ctl
