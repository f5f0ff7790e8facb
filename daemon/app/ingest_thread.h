// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/kafka/kafka_dead_letters.h"
#include "adapters/kafka/kafka_session_feed.h"
#include "daemon/app/foundation.h"
#include "daemon/app/loop_stores.h"
#include "daemon/sessions/ingest.h"
#include "daemon/sessions/ingest_counters.h"
#include "daemon/sessions/leftover_sweep.h"
#include "daemon/sessions/standing_watch.h"

namespace numproof {

/// Whether a node comes back under its name.
enum class Membership : std::uint8_t {
    lasting,  ///< Partitions wait for it over a restart.
    passing   ///< They go to others as soon as it leaves.
};

/// The thread that reads session events into the directory.
class IngestThread {
public:
    /// Reads under `edition` once it is started; until then its group does not know of it. Fails
    /// with invalid_configuration.
    [[nodiscard]] static Result<std::unique_ptr<IngestThread>> make(
        Foundation& foundation, std::shared_ptr<const Edition> edition, Membership membership
    );

    IngestThread(const IngestThread&) = delete;
    IngestThread& operator=(const IngestThread&) = delete;
    ~IngestThread();

    void start();

    /// Finishes the batch under way, commits its offsets and leaves the group; from any thread.
    void leave();

    /// True when leave() is done.
    [[nodiscard]] bool left() const noexcept { return left_.load(); }

    void stop();

    /// How it is getting on, not older than a second; from any thread.
    [[nodiscard]] IngestProgress progress() const;

    /// How far a rebuild is, if one runs; from any thread.
    [[nodiscard]] std::optional<RebuildProgress> rebuild() const { return counters_.rebuild(); }

    /// What the feeds that stand still wait for, in words; empty when all are read. Not older than
    /// a second.
    [[nodiscard]] std::string trouble() const;

    [[nodiscard]] std::uint64_t beats() const noexcept { return loop_.beats(); }

    /// How many records it has read; from any thread.
    [[nodiscard]] std::uint64_t records() const noexcept { return counters_.records.value(); }

    /// When the broker's queue was looked at last, or might have been: without the directory's key
    /// it is left alone.
    [[nodiscard]] MonoTime last_poll() const noexcept {
        return counters_.locked_out ? foundation_.clock.mono_now() : feed_->last_poll();
    }

    /// True when the consumer group will never take us back: another node has our name.
    [[nodiscard]] bool refused() const noexcept { return feed_->metrics().refusals.value() > 0; }

    [[nodiscard]] const MetricSource& counters() const noexcept { return counters_; }

    [[nodiscard]] const MetricSource& feed_metrics() const noexcept { return feed_->metrics(); }

    [[nodiscard]] const MetricSource& dead_letter_metrics() const noexcept {
        return dead_letters_->metrics();
    }

private:
    IngestThread(Foundation& foundation, std::shared_ptr<const Edition> edition);

    [[nodiscard]] Result<void> connect(Membership membership);
    [[nodiscard]] Ingest::Parts ingest_parts();
    void make_sweep();
    [[nodiscard]] Task<void> publish_progress();

    Foundation& foundation_;
    const std::shared_ptr<const Edition> edition_;
    Vault vault_;  ///< Names by the generation that is built; the others' by the one that is whole.
    EventLoop loop_;
    LoopStores stores_;
    StandingWatch standing_;
    IngestCounters counters_;
    std::unique_ptr<KafkaSessionFeed> feed_;
    std::unique_ptr<KafkaDeadLetters> dead_letters_;
    std::unique_ptr<Ingest> ingest_;
    std::unique_ptr<LeftoverSweep> sweep_;
    std::atomic<bool> left_{false};
    mutable std::mutex mutex_;
    IngestProgress progress_;  // Guarded by mutex_.
    std::thread thread_;
};

}  // namespace numproof
