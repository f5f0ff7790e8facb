// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/base/time.h"
#include "daemon/telemetry/log.h"

namespace numproof {

/// One line before it is given a form.
struct LogLine {
    WallTime time;
    const Message& message;
    std::vector<LogField> fields;
};

/// `debug`, `info`, `warning`, `error`.
[[nodiscard]] std::string_view name_of(Severity severity) noexcept;

/// `2026-11-22T10:00:00.000Z warning NP-LIFE-003 not ready to answer reason="stale"`
[[nodiscard]] std::string to_text(const LogLine& line);

/// `{"time":…,"level":…,"id":…,"message":…,…}`, the fields as members of their own.
[[nodiscard]] std::string to_json(const LogLine& line);

/// What the journal gets: `MESSAGE=…`, `PRIORITY=…`, `NUMPROOF_MSG_ID=…` and each field in upper
/// case with `NUMPROOF_` before it.
[[nodiscard]] std::vector<std::string> to_journal(const LogLine& line);

}  // namespace numproof
