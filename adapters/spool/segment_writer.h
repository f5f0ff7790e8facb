// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/spool/fresh_records.h"
#include "adapters/spool/segment_index.h"
#include "adapters/spool/spare_segment.h"
#include "adapters/spool/spool_files.h"
#include "daemon/ports/clock.h"

namespace numproof {

/// How large the spool may become.
struct SpoolLimits {
    std::uint64_t bytes_max = 1ULL << 30U;      ///< All segments together.
    std::uint64_t segment_bytes = 8ULL << 20U;  ///< A segment is closed when it is this long.

    /// Octets of a segment that is prepared; 0 if the bound is too small for any. A current and a
    /// next one never take more than an eighth of the bound.
    [[nodiscard]] std::uint64_t prepared_bytes() const noexcept;
};

/// Encoded records that become durable together.
struct WriteBatch {
    Bytes octets;  ///< The first record is marked as the first of a write.
    std::vector<segment::PlacedRecord> records;  ///< The same; each end counts from the front.
    std::string source;                          ///< Of their chain.
};

/// What a failed write left behind.
enum class FailedTail : std::uint8_t {
    cut,     ///< Nothing: the segment ends where it did before.
    unknown  ///< Perhaps some of it: a later start may find events that were refused.
};

/// Appends to the newest segment, and begins new ones: in a prepared file if there is one,
/// otherwise in one that grows. One thread.
class SegmentWriter {
public:
    /// Everything outlives the writer; `next_number` was never used before.
    SegmentWriter(
        SpoolFiles& files,
        SegmentIndex& index,
        FreshRecords& fresh,
        const Clock& clock,
        SpoolLimits limits,
        std::uint64_t next_number
    );

    /// Other limits from now on. Segments that were prepared by the former ones are given up; waits
    /// for one that is under way.
    void bound(SpoolLimits limits);

    /// Prepares the first segment; waits for the disk.
    void prepare_first();

    /// Has the next segment prepared, if none is and the bound leaves room. Does not wait.
    void prepare_next();

    /// True if `bytes` more are within the bound.
    [[nodiscard]] bool fits(std::uint64_t bytes) const;

    /// Makes `batch` durable, or fails with io_failure and closes the segment.
    Result<void> write(WriteBatch batch);

    /// What the last failed write() left.
    [[nodiscard]] FailedTail failed_tail() const noexcept { return failed_tail_; }

    /// Takes no more into the current segment.
    void close();

    /// close(), and takes away what was prepared. The last call.
    void finish();

private:
    /// The file that a segment begins in.
    struct Fresh {
        std::unique_ptr<SpoolFile> file;
        std::uint64_t prepared = 0;
    };

    Result<void> begin_segment(const std::string& source);
    [[nodiscard]] Result<Fresh> fresh_file(const std::string& name);
    [[nodiscard]] std::uint64_t room() const noexcept;
    Result<void> append_and_sync(const Bytes& octets);
    void give_up_segment();

    SpoolFiles& files_;
    SegmentIndex& index_;
    FreshRecords& fresh_;
    const Clock& clock_;
    SpoolLimits limits_;
    std::uint64_t next_number_;
    std::unique_ptr<SpareSegment> spare_;
    MonoTime prepare_after_{};  // Not again before: the last try failed.
    std::unique_ptr<SpoolFile> file_;
    std::uint64_t size_ = 0;
    std::uint64_t prepared_ = 0;  // Octets of the current file; 0 if it grows.
    FailedTail failed_tail_ = FailedTail::cut;
};

}  // namespace numproof
