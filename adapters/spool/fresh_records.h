// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "adapters/spool/segment_format.h"

namespace numproof {

/// A place in a segment.
struct SpoolPlace {
    std::uint64_t number = 0;  ///< Of the segment.
    std::uint64_t offset = 0;

    auto operator<=>(const SpoolPlace&) const = default;
};

/// The records that became durable last, so that whoever ships them need not read them back from
/// the disk. Bounded: the oldest are let go. Thread-safe.
class FreshRecords {
public:
    /// Keeps records of `bytes_max` octets on disk; in memory they take about three times that.
    explicit FreshRecords(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    /// `records` are durable from `place` on; each end counts from there.
    void put(SpoolPlace place, std::vector<segment::PlacedRecord> records);

    /// How much take() gives at most.
    struct Bound {
        std::size_t records = 0;
        std::size_t bytes = 0;
    };

    /// The records of one segment from exactly `place` on, each end counted from there; none if
    /// they are not here. What lies before `place` is let go.
    [[nodiscard]] std::vector<segment::PlacedRecord> take(SpoolPlace place, Bound bound);

    /// The place where the records that are here begin.
    [[nodiscard]] std::optional<SpoolPlace> front() const;

private:
    /// The records of one write, those before `next` taken.
    struct Write {
        SpoolPlace place;
        std::vector<segment::PlacedRecord> records;
        std::size_t next = 0;

        [[nodiscard]] std::size_t taken() const { return next == 0 ? 0 : records[next - 1].end; }

        [[nodiscard]] std::size_t left() const { return records.back().end - taken(); }

        [[nodiscard]] SpoolPlace at() const { return {place.number, place.offset + taken()}; }
    };

    void drop_front();

    std::size_t bytes_max_;
    mutable std::mutex mutex_;
    std::deque<Write> writes_;
    std::size_t bytes_ = 0;
};

}  // namespace numproof
