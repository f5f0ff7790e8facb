// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace numproof {

/// How urgent a log line is.
enum class Severity : std::uint8_t { debug, info, warning, error };

/// A message of the catalogue (daemon/telemetry/messages.h): its id is stable for ever.
struct Message {
    std::string_view id;  ///< `NP-INGEST-003`
    Severity severity = Severity::info;
    std::string_view text;
    std::string_view action;  ///< What the operator should do; for docs/messages.md.
};

/// A key and a value of a log line. The value is text that we made: never a number or a token.
using LogField = std::pair<std::string_view, std::string>;

/// Port: the log. Thread-safe; never waits for a slow reader.
class Log {
public:
    Log() = default;
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    virtual ~Log() = default;

    /// Writes `message` with `fields`.
    virtual void write(const Message& message, std::initializer_list<LogField> fields) = 0;
};

}  // namespace numproof
