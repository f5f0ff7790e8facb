// SPDX-License-Identifier: Apache-2.0
#include "adapters/log/spdlog_log.h"

#include <atomic>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "adapters/log/log_limiter.h"
#include "adapters/log/log_line.h"

namespace numproof {
namespace {

constexpr std::size_t kQueueLines = 4096;
constexpr const char* kJournalSocket = "/run/systemd/journal/socket";

/// Stands between the entries of one line on its way to the journal; append_json_string() and the
/// catalogue keep it out of what we write, and the sink drops it from values.
constexpr char kSeparator = '\x1e';

spdlog::level::level_enum level_of(Severity severity) noexcept {
    switch (severity) {
        case Severity::debug:
            return spdlog::level::debug;
        case Severity::info:
            return spdlog::level::info;
        case Severity::warning:
            return spdlog::level::warn;
        case Severity::error:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

std::string join_for_journal(const LogLine& line) {
    std::string joined;
    for (auto& part : to_journal(line)) {
        std::erase(part, kSeparator);
        joined += part;
        joined.push_back(kSeparator);
    }
    return joined;
}

class JournalSink final : public spdlog::sinks::base_sink<std::mutex> {
private:
    void sink_it_(const spdlog::details::log_msg& line) override {
        std::string_view rest{line.payload.data(), line.payload.size()};
        std::vector<iovec> entry;
        while (!rest.empty()) {
            const auto size = rest.find(kSeparator);
            // sd_journal_sendv() reads only; its iovec is the one of writev(2).
            entry.push_back({.iov_base = const_cast<char*>(rest.data()), .iov_len = size});
            rest.remove_prefix(size + 1);
        }
        sd_journal_sendv(entry.data(), static_cast<int>(entry.size()));
    }

    void flush_() override {}
};

bool journal_is_there() noexcept {
    return ::access(kJournalSocket, W_OK) == 0;
}

/// The way of lines to one place.
class Outlet {
public:
    using Pool = std::shared_ptr<spdlog::details::thread_pool>;

    Outlet(LogOptions options, Pool pool)
        : format_(options.format),
          to_journal_(options.target == LogSink::journal && journal_is_there()),
          logger_(std::make_shared<spdlog::async_logger>(
              "numproof",
              make_sink(),
              std::move(pool),
              spdlog::async_overflow_policy::overrun_oldest
          )) {
        logger_->set_pattern("%v");
        // What is dropped is dropped by SpdlogLog::write(), before a line is made of it.
        logger_->set_level(spdlog::level::trace);
        // A log that fails has nobody to tell, and must not end the process.
        logger_->set_error_handler([](const std::string&) {});
    }

    void write(const LogLine& line) const {
        logger_->log(level_of(line.message.severity), spdlog::string_view_t{formatted(line)});
    }

private:
    [[nodiscard]] spdlog::sink_ptr make_sink() const {
        if (to_journal_) {
            return std::make_shared<JournalSink>();
        }
        return std::make_shared<spdlog::sinks::stderr_sink_mt>();
    }

    [[nodiscard]] std::string formatted(const LogLine& line) const {
        if (to_journal_) {
            return join_for_journal(line);
        }
        return format_ == LineForm::json ? to_json(line) : to_text(line);
    }

    const LineForm format_;
    const bool to_journal_;
    const std::shared_ptr<spdlog::async_logger> logger_;
};

}  // namespace

struct SpdlogLog::State {
    State(const Clock& its_clock, LogOptions options)
        : clock(its_clock),
          level(options.level),
          pool(std::make_shared<spdlog::details::thread_pool>(kQueueLines, 1)),
          outlet(std::make_shared<const Outlet>(options, pool)) {}

    [[nodiscard]] std::shared_ptr<const Outlet> current() {
        const std::lock_guard lock{mutex};
        return outlet;
    }

    const Clock& clock;
    std::atomic<Severity> level;
    LogLimiter limiter;
    const Outlet::Pool pool;  // One queue for all outlets, so that lines keep their order.
    std::mutex mutex;
    std::shared_ptr<const Outlet> outlet;  // Guarded by mutex.
};

SpdlogLog::SpdlogLog(const Clock& clock, LogOptions options)
    : state_(std::make_unique<State>(clock, options)) {}

SpdlogLog::~SpdlogLog() = default;

void SpdlogLog::adopt(LogOptions options) {
    state_->level.store(options.level, std::memory_order_relaxed);
    auto outlet = std::make_shared<const Outlet>(options, state_->pool);
    const std::lock_guard lock{state_->mutex};
    state_->outlet = std::move(outlet);
}

void SpdlogLog::write(const Message& message, std::initializer_list<LogField> fields) {
    if (message.severity < state_->level.load(std::memory_order_relaxed)) {
        return;
    }
    const auto suppressed = state_->limiter.admit(message.id, state_->clock.mono_now());
    if (!suppressed) {
        return;
    }
    LogLine line{.time = state_->clock.wall_now(), .message = message, .fields = fields};
    if (*suppressed > 0) {
        line.fields.emplace_back("suppressed", std::to_string(*suppressed));
    }
    state_->current()->write(line);
}

}  // namespace numproof
