// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "adapters/spool/segment_format.h"
#include "adapters/spool/shipping_progress.h"
#include "adapters/spool/spool.h"
#include "daemon/ports/audit_sink.h"

namespace numproof {

/// The figures of shipping; the defaults suit production.
struct ShipperSettings {
    std::size_t batch_records = 4'000;
    Milliseconds gather{50};        ///< From one delivery to the next, but see Shipper.
    Milliseconds delivery{10'000};  ///< For one batch to be acknowledged.
    Milliseconds backoff_min{100};  ///< After a first failure; doubles, with jitter.
    Milliseconds backoff_max{5'000};
};

/// Delivers the spool to the audit topic in order, at least once, and deletes segments that are
/// wholly delivered: one thread. A few large deliveries cost far less than many small ones, so
/// events that come densely are gathered; one that comes alone goes out at once. Nothing is
/// gathered while more than a delivery waits, nor at the end.
class Shipper {
public:
    /// All of them outlive the shipper; `parts` are the spool's own.
    Shipper(Spool& spool, AuditSink& sink, SpoolParts parts, ShipperSettings settings);

    /// stop() at once, if that was not done.
    ~Shipper();

    Shipper(const Shipper&) = delete;
    Shipper& operator=(const Shipper&) = delete;

    /// Starts the thread.
    void start();

    /// Delivers what it can until `deadline`, then ends the thread. Stop the spool first: then
    /// nothing is left behind unless the sink fails.
    void stop(Deadline deadline);

    /// Counts up while the thread lives; a delivery may take `ShipperSettings::delivery`.
    /// Thread-safe.
    [[nodiscard]] std::uint64_t beats() const noexcept { return beats_.load(); }

private:
    void run();
    [[nodiscard]] bool may_go_on();
    void turn();

    /// Records to deliver, all of them there until it is done.
    struct Load {
        SpoolPlace from;
        std::uint64_t to = 0;  ///< Offset behind the last one.
        std::vector<AuditRecord> records;
    };

    void gather();
    void ship(const Segment& segment);
    [[nodiscard]] std::optional<Load> load_fresh(const Segment& segment);
    [[nodiscard]] std::optional<Load> load_from_disk(const Segment& segment);
    void deliver(const Segment& segment);
    void advance(const Segment& segment, const Shipped& progress);
    void back_off();
    void on_failure(const Error& error, std::size_t records);
    void report_damage(const Segment& segment, const segment::Scan& found);
    void clean_up();
    void remember();
    [[nodiscard]] Milliseconds next_backoff();
    [[nodiscard]] Deadline delivery_deadline();

    Spool& spool_;
    AuditSink& sink_;
    SpoolParts parts_;
    ShipperSettings settings_;
    std::minstd_rand jitter_;
    Milliseconds backoff_{};  // Zero while all is well.
    MonoTime remembered_at_{};
    MonoTime delivering_at_{};                // When the last delivery began.
    std::optional<Load> load_;                // What is being delivered, or failed to be.
    std::optional<ShippingProgress> latest_;  // What remember() has not written yet.
    std::uint64_t damaged_ = 0;               // Number of the segment that was reported last.

    std::mutex mutex_;
    std::condition_variable stop_asked_;
    std::optional<Deadline> stop_by_;
    std::atomic<std::uint64_t> beats_{0};
    std::thread thread_;
};

}  // namespace numproof
