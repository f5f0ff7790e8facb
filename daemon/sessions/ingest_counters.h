// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <string>

#include "daemon/domain/event_position.h"
#include "daemon/domain/session_event.h"
#include "daemon/ports/clock.h"
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
    Counter bursts;         ///< Topics that were stopped for their poison.

    /// Counts an event that is in the directory now.
    void count(const SessionEvent& event) noexcept { events_.at(event.index()).add(); }

    [[nodiscard]] std::uint64_t applied(std::size_t kind) const { return events_.at(kind).value(); }

    /// Counts a record that was dead-lettered.
    void count_poison(const std::string& reason);

    /// Notes the watermark that stands in the store.
    void note_watermark(const TopicPartition& at, WallTime watermark);

    /// Forgets a partition that another node reads now.
    void forget(const TopicPartition& at);

    void collect(std::vector<Sample>& samples) const override;

private:
    const Clock& clock_;
    std::array<Counter, std::variant_size_v<SessionEvent>> events_;
    mutable std::mutex mutex_;
    std::map<std::string, std::uint64_t> poison_;
    std::map<TopicPartition, WallTime> watermarks_;
};

}  // namespace numproof
