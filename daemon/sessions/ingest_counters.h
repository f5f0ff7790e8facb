// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "daemon/domain/event_position.h"
#include "daemon/domain/session_event.h"
#include "daemon/ports/clock.h"
#include "daemon/sessions/rebuild_meter.h"
#include "daemon/telemetry/metrics.h"

namespace numproof {

/// What ingest did. Thread-safe.
class IngestCounters final : public MetricSource {
public:
    /// `clock` outlives this.
    explicit IngestCounters(const Clock& clock) noexcept : clock_(clock) {}

    Counter records;        ///< Records that were dealt with.
    Counter store_retries;  ///< Batches that had to be written again.
    Counter rewinds;        ///< Partitions that were set back.
    Counter leftovers;      ///< Hashes of former generations that were removed.
    Counter bursts;         ///< Topics that were stopped for their poison.

    /// True while nothing is read because the directory is sealed with a key that we lack.
    std::atomic<bool> locked_out{false};

    /// Counts an event that is in the directory now.
    void count(const SessionEvent& event) noexcept { events_.at(event.index()).add(); }

    [[nodiscard]] std::uint64_t applied(std::size_t kind) const { return events_.at(kind).value(); }

    /// Counts a record that was dead-lettered.
    void count_poison(const std::string& reason);

    /// Notes the watermark that stands in the store.
    void note_watermark(const TopicPartition& at, WallTime watermark);

    /// Notes how many records of a partition are still to be read.
    void note_lag(const TopicPartition& at, std::int64_t lag);

    /// Notes how far a rebuild is; nothing: none runs.
    void note_rebuild(std::optional<RebuildProgress> progress);

    [[nodiscard]] std::optional<RebuildProgress> rebuild() const;

    /// Forgets a partition that another node reads now.
    void forget(const TopicPartition& at);

    void collect(std::vector<Sample>& samples) const override;

private:
    void collect_partitions(std::vector<Sample>& samples) const;  // Needs mutex_.
    void collect_rebuild(std::vector<Sample>& samples) const;     // Needs mutex_.

    const Clock& clock_;
    std::array<Counter, std::variant_size_v<SessionEvent>> events_;
    mutable std::mutex mutex_;
    std::map<std::string, std::uint64_t> poison_;
    std::map<TopicPartition, WallTime> watermarks_;
    std::map<TopicPartition, std::int64_t> lags_;
    std::optional<RebuildProgress> rebuild_;
};

}  // namespace numproof
