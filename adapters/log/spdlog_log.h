// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>

#include "daemon/ports/clock.h"
#include "daemon/telemetry/log.h"

namespace numproof {

enum class LogSink : std::uint8_t { journal, stderr_stream };
enum class LineForm : std::uint8_t { text, json };

/// Where lines go and how they look.
struct LogOptions {
    LogSink target = LogSink::journal;
    LineForm format = LineForm::text;  ///< Of stderr; the journal gets fields.
    Severity level = Severity::info;   ///< What is less urgent is dropped.
};

/// The log, written by a thread of its own through a bounded queue: when a reader is too slow, the
/// oldest lines go. Without a journal it writes to stderr. Thread-safe.
class SpdlogLog final : public Log {
public:
    /// `clock` outlives the log.
    SpdlogLog(const Clock& clock, LogOptions options);

    /// Writes what waits.
    ~SpdlogLog() override;

    /// Lines that are written from now on go where `options` say, and look so. What waits is
    /// written as it was meant to be.
    void adopt(LogOptions options);

    void write(const Message& message, std::initializer_list<LogField> fields) override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace numproof
