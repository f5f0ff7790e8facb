// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/segment_writer.h"

#include "adapters/spool/crc32c.h"
#include "adapters/spool/segment_format.h"
#include "daemon/base/failpoint.h"

namespace numproof {
namespace {

/// What a new segment's header may take of the bound.
constexpr std::uint64_t kHeaderRoom = 512;

}  // namespace

SegmentWriter::SegmentWriter(
    SpoolFiles& files,
    SegmentIndex& index,
    const Clock& clock,
    SpoolLimits limits,
    std::uint64_t next_number
)
    : files_(files), index_(index), clock_(clock), limits_(limits), next_number_(next_number) {}

bool SegmentWriter::fits(std::uint64_t bytes) const {
    const auto header = file_ ? 0 : kHeaderRoom;
    return index_.bytes() + header + bytes <= limits_.bytes_max;
}

Result<void> SegmentWriter::write(const WriteBatch& batch) {
    failed_tail_ = FailedTail::cut;
    if (!file_) {
        auto begun = begin_segment(batch.source);
        if (!begun) {
            return begun;
        }
    }
    auto written = append_and_sync(batch.octets);
    if (!written) {
        give_up_segment();
        return written;
    }
    size_ += batch.octets.size();
    index_.grow({.bytes = batch.octets.size(), .records = batch.records, .at = clock_.wall_now()});
    if (size_ >= limits_.segment_bytes) {
        close();
    }
    return {};
}

void SegmentWriter::close() {
    if (file_) {
        file_.reset();
        index_.close();
    }
}

Result<void> SegmentWriter::begin_segment(const std::string& source) {
    const auto number = next_number_++;
    const auto name = segment_name(number);
    const segment::Header header{.created = clock_.wall_now(), .source = source};
    const auto octets = segment::encode(header);
    auto made = files_.create(name);
    if (!made) {
        return pass_on(made);
    }
    NP_FAILPOINT("spool.rotate");
    auto kept = (*made)->append(octets).and_then([&] { return (*made)->sync(); }
    ).and_then([&] { return files_.sync_folder(); });
    if (!kept) {
        // What is left of it holds no event; should it stay, the next start takes it away.
        static_cast<void>(files_.remove(name));
        return kept;
    }
    file_ = std::move(*made);
    size_ = octets.size();
    index_.add(
        {.number = number,
         .header = size_,
         .durable = size_,
         .shipped = size_,
         .records = 0,
         .identity = crc32c(octets),
         .created = header.created,
         .state = SegmentState::growing}
    );
    return {};
}

Result<void> SegmentWriter::append_and_sync(const Bytes& octets) {
    auto appended = file_->append(octets);
    if (!appended) {
        return appended;
    }
    NP_FAILPOINT("spool.before_sync");
    auto synced = file_->sync();
    if (synced) {
        NP_FAILPOINT("spool.after_sync");
    }
    return synced;
}

void SegmentWriter::give_up_segment() {
    const auto cut = file_->truncate(size_).and_then([&] { return file_->sync(); });
    failed_tail_ = cut ? FailedTail::cut : FailedTail::unknown;
    close();
}

}  // namespace numproof
