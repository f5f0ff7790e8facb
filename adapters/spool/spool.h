// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/spool/fresh_records.h"
#include "adapters/spool/segment_index.h"
#include "adapters/spool/segment_writer.h"
#include "adapters/spool/spool_batch.h"
#include "adapters/spool/spool_files.h"
#include "adapters/spool/spool_job.h"
#include "adapters/spool/spool_metrics.h"
#include "adapters/spool/spool_recovery.h"
#include "daemon/audit/audit_chain.h"
#include "daemon/telemetry/log.h"

namespace numproof {

/// What an operator settles about the spool.
struct SpoolSettings {
    std::string node;  ///< In `ce_source`.
    SpoolLimits limits{};
    std::size_t queue_max = 16'384;  ///< Events that may wait for the disk.

    /// Octets of events kept in memory for shipping; older ones are read from the disk.
    std::size_t fresh_bytes = 4U << 20U;
};

/// What may change while the spool is at work.
struct SpoolTerms {
    NamedKey key;  ///< Signs checkpoints.
    std::uint64_t bytes_max = 0;
};

/// What the spool needs; all of it outlives the spool.
struct SpoolParts {
    const Crypto& crypto;
    const Clock& clock;
    Log& log;
    SpoolFiles& files;
    NamedKey key;  ///< Signs checkpoints until Spool::adopt().
};

/// Makes audit events durable (rule R14): one thread, the single writer of the chain. All events
/// that wait share one fdatasync. Loops talk to it through a SpoolAuditLog each.
class Spool {
public:
    /// Locks the folder and recovers what an earlier run left; may read much. Fails with
    /// `invalid_configuration` when another process has the folder, else with `io_failure`.
    [[nodiscard]] static Result<std::unique_ptr<Spool>> open(
        SpoolParts parts, SpoolSettings settings
    );

    /// stop(), if that was not done.
    ~Spool();

    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    /// Starts the thread.
    void start();

    /// Takes no more, writes what waits and a last checkpoint, ends the thread. The loops that
    /// wait must still run, or their answers are dropped.
    void stop();

    /// Events that are submitted from now on are written under `terms`. Thread-safe.
    void adopt(SpoolTerms terms);

    /// Hands jobs to the thread and takes them off `jobs`. Those that are left cannot be taken:
    /// `queue_full` or `closed`. Thread-safe.
    Result<void> submit(std::deque<SpoolJob>& jobs);

    /// False while the spool is about full, and for a second after the disk refused: then the next
    /// event tries again. Thread-safe.
    [[nodiscard]] bool taking() const;

    [[nodiscard]] SegmentIndex& index() noexcept { return index_; }

    /// What became durable last.
    [[nodiscard]] FreshRecords& fresh() noexcept { return fresh_; }

    [[nodiscard]] SpoolMetrics& metrics() noexcept { return metrics_; }

    /// `/numproof/<node>/<boot>` at the start of this run.
    [[nodiscard]] const std::string& source() const noexcept { return source_; }

    /// Counts up while the thread lives, at least twice a second unless the disk hangs: what the
    /// watchdog looks at. Thread-safe.
    [[nodiscard]] std::uint64_t beats() const noexcept { return beats_.load(); }

private:
    Spool(SpoolParts parts, SpoolSettings settings, Recovery recovered);

    void report(const Recovery& recovered);
    void note_damage(const DamagedSegment& damaged, std::string_view what);
    void run();
    [[nodiscard]] bool stopping();
    [[nodiscard]] std::vector<SpoolJob> wait_for_jobs();
    void take_terms();
    void commit(std::vector<SpoolJob> jobs);
    void seal();
    void settle(const BatchOutcome& outcome);

    SpoolParts parts_;                      // Its key is the writing thread's.
    SpoolSettings settings_;                // Its limits are the writing thread's.
    std::atomic<std::uint64_t> bytes_max_;  // Of the limits, for everybody.
    SegmentIndex index_;
    FreshRecords fresh_;
    SpoolMetrics metrics_;
    SegmentWriter writer_;
    std::string source_;
    std::unique_ptr<AuditChain> chain_;  // The writing thread's.
    bool full_ = false;                  // The writing thread's.

    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<SpoolJob> queue_;
    std::optional<SpoolTerms> terms_;  // What adopt() said and the thread has not taken.
    bool stopping_ = false;
    std::atomic<std::uint64_t> beats_{0};
    std::atomic<std::int64_t> refusing_until_ns_{0};  // On the monotonic clock.
    std::thread thread_;
};

}  // namespace numproof
