// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "daemon/base/time.h"

namespace numproof {

/// The file name of segment `number`.
[[nodiscard]] std::string segment_name(std::uint64_t number);

enum class SegmentState : std::uint8_t { growing, closed };

/// A segment as the index knows it.
struct Segment {
    std::uint64_t number = 0;
    std::uint64_t header = 0;    ///< Octets before the first record.
    std::uint64_t durable = 0;   ///< Octets that may be read.
    std::uint64_t shipped = 0;   ///< Octets that were delivered, with the header.
    std::uint64_t records = 0;   ///< Records that were not delivered yet.
    std::uint64_t prepared = 0;  ///< Octets of the file when it was begun; 0 once it is closed.
    std::uint32_t identity = 0;  ///< Checksum of its header: tells segments with one number apart.
    WallTime created;
    SegmentState state = SegmentState::growing;
};

/// What the writer added to a segment.
struct Growth {
    std::uint64_t bytes = 0;
    std::uint64_t records = 0;
    WallTime at;
};

/// Segment `number` is delivered up to `offset`, by `records` more records.
struct Shipped {
    std::uint64_t number = 0;
    std::uint64_t offset = 0;
    std::uint64_t records = 0;
};

/// What waits to be shipped.
struct Backlog {
    std::uint64_t bytes = 0;         ///< On disk, with what was delivered and not deleted yet.
    std::uint64_t unused = 0;        ///< Of them, prepared and still empty.
    std::uint64_t undelivered = 0;   ///< Octets that are not delivered yet.
    std::uint64_t records = 0;       ///< Not delivered yet.
    std::optional<WallTime> oldest;  ///< About when the oldest of them was written.
};

/// Which segments there are and how far each one is written and delivered: what the writer and the
/// shipper share. Thread-safe.
class SegmentIndex {
public:
    /// A segment that was found at start or is begun now; numbers only grow.
    void add(const Segment& segment);

    /// The newest segment became longer.
    void grow(const Growth& growth);

    /// The newest segment takes no more; its file ends where its records do.
    void close();

    /// So many octets are on disk for the segment that comes next.
    void set_spare(std::uint64_t bytes);

    [[nodiscard]] std::uint64_t bytes() const;

    [[nodiscard]] Backlog backlog() const;

    /// The oldest segment that has something to deliver.
    [[nodiscard]] std::optional<Segment> next_to_ship() const;

    void shipped(const Shipped& progress);

    /// The oldest segment, if it is closed and wholly delivered: its file may go.
    [[nodiscard]] std::optional<Segment> finished() const;

    /// The file of the oldest segment is gone.
    void drop_oldest();

    /// Waits until there is something to deliver, for `wait` at most, or until wake().
    void wait_for_work(Milliseconds wait);

    /// Ends every wait, now and from now on.
    void wake();

private:
    /// When about a segment reached a length; at most one a second is kept.
    struct Mark {
        std::uint64_t number = 0;
        std::uint64_t offset = 0;
        WallTime at;
    };

    void mark(const Segment& segment, WallTime at);

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Segment> segments_;
    std::deque<Mark> marks_;
    std::uint64_t spare_ = 0;
    bool awake_ = false;
};

}  // namespace numproof
