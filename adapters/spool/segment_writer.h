// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/spool/segment_index.h"
#include "adapters/spool/spool_files.h"
#include "daemon/ports/clock.h"

namespace numproof {

/// How large the spool may become.
struct SpoolLimits {
    std::uint64_t bytes_max = 1ULL << 30U;      ///< All segments together.
    std::uint64_t segment_bytes = 8ULL << 20U;  ///< A segment is closed when it is this long.
};

/// Encoded records that become durable together.
struct WriteBatch {
    Bytes octets;
    std::uint64_t records = 0;
    std::string source;  ///< Of their chain.
};

/// What a failed write left behind.
enum class FailedTail : std::uint8_t {
    cut,     ///< Nothing: the segment ends where it did before.
    unknown  ///< Perhaps some of it: a later start may find events that were refused.
};

/// Appends to the newest segment, and begins new ones. One thread.
class SegmentWriter {
public:
    /// Everything outlives the writer; `next_number` was never used before.
    SegmentWriter(
        SpoolFiles& files,
        SegmentIndex& index,
        const Clock& clock,
        SpoolLimits limits,
        std::uint64_t next_number
    );

    /// True if `bytes` more are within the bound.
    [[nodiscard]] bool fits(std::uint64_t bytes) const;

    /// Makes `batch` durable, or fails with io_failure and closes the segment.
    Result<void> write(const WriteBatch& batch);

    /// What the last failed write() left.
    [[nodiscard]] FailedTail failed_tail() const noexcept { return failed_tail_; }

    /// Takes no more into the current segment.
    void close();

private:
    Result<void> begin_segment(const std::string& source);
    Result<void> append_and_sync(const Bytes& octets);
    void give_up_segment();

    SpoolFiles& files_;
    SegmentIndex& index_;
    const Clock& clock_;
    SpoolLimits limits_;
    std::uint64_t next_number_;
    std::unique_ptr<SpoolFile> file_;
    std::uint64_t size_ = 0;
    FailedTail failed_tail_ = FailedTail::cut;
};

}  // namespace numproof
