// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/segment_writer.h"

#include <algorithm>
#include <utility>

#include "adapters/spool/crc32c.h"
#include "adapters/spool/segment_format.h"
#include "daemon/base/failpoint.h"

namespace numproof {
namespace {

/// What a new segment's header may take of the bound.
constexpr std::uint64_t kHeaderRoom = 512;

/// Smaller ones are not worth a file.
constexpr std::uint64_t kPreparedMin = 4096;

/// A segment that could not be prepared is tried again after this.
constexpr Milliseconds kPrepareAgain{1000};

}  // namespace

std::uint64_t SpoolLimits::prepared_bytes() const noexcept {
    const auto bytes = std::min(segment_bytes, bytes_max / 16);
    return bytes < kPreparedMin ? 0 : bytes;
}

SegmentWriter::SegmentWriter(
    SpoolFiles& files,
    SegmentIndex& index,
    FreshRecords& fresh,
    const Clock& clock,
    SpoolLimits limits,
    std::uint64_t next_number
)
    : files_(files),
      index_(index),
      fresh_(fresh),
      clock_(clock),
      limits_(limits),
      next_number_(next_number),
      spare_(std::make_unique<SpareSegment>(files, limits.prepared_bytes())) {}

void SegmentWriter::bound(SpoolLimits limits) {
    const auto former = limits_.prepared_bytes();
    limits_ = limits;
    if (limits_.prepared_bytes() == former) {
        return;
    }
    close();
    spare_->discard();
    index_.set_spare(0);
    spare_ = std::make_unique<SpareSegment>(files_, limits_.prepared_bytes());
}

void SegmentWriter::prepare_first() {
    const auto bytes = limits_.prepared_bytes();
    if (bytes > 0 && index_.bytes() + bytes <= limits_.bytes_max) {
        spare_->make_first();
        index_.set_spare(spare_->state() == SpareSegment::State::ready ? bytes : 0);
    }
}

void SegmentWriter::prepare_next() {
    const auto bytes = limits_.prepared_bytes();
    const auto state = spare_->state();
    if (bytes == 0 || state == SpareSegment::State::under_way ||
        state == SpareSegment::State::ready) {
        return;
    }
    const auto now = clock_.mono_now();
    if (state == SpareSegment::State::failed) {
        index_.set_spare(0);
        prepare_after_ = now + kPrepareAgain;
        spare_->forget_failure();
    }
    if (now >= prepare_after_ && index_.bytes() + bytes <= limits_.bytes_max) {
        index_.set_spare(bytes);
        spare_->order();
    }
}

std::uint64_t SegmentWriter::room() const noexcept {
    return prepared_ - std::min(prepared_, size_);
}

bool SegmentWriter::fits(std::uint64_t bytes) const {
    if (bytes <= room()) {
        return true;  // It is counted already.
    }
    if (file_ && prepared_ == 0) {
        return index_.bytes() + bytes <= limits_.bytes_max;
    }
    const auto needed = kHeaderRoom + bytes;
    const auto spare = spare_->state() == SpareSegment::State::ready ? limits_.prepared_bytes() : 0;
    return index_.bytes() - room() + needed - std::min(needed, spare) <= limits_.bytes_max;
}

Result<void> SegmentWriter::write(WriteBatch batch) {
    failed_tail_ = FailedTail::cut;
    if (prepared_ > 0 && batch.octets.size() > room()) {
        close();
    }
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
    const auto count = batch.records.size();
    // Before the index says that they are there, so that they are found here first.
    fresh_.put({.number = next_number_ - 1, .offset = size_}, std::move(batch.records));
    size_ += batch.octets.size();
    index_.grow({.bytes = batch.octets.size(), .records = count, .at = clock_.wall_now()});
    // One that grows because none was prepared gives way to one that is.
    const auto prepared = limits_.prepared_bytes();
    if (size_ >= (prepared > 0 ? prepared : limits_.segment_bytes)) {
        close();
    }
    return {};
}

void SegmentWriter::close() {
    if (!file_) {
        return;
    }
    if (room() > 0) {
        // Should it fail, the next start does it; till then nobody reads that far.
        static_cast<void>(file_->truncate(size_));
    }
    file_.reset();
    prepared_ = 0;
    index_.close();
}

void SegmentWriter::finish() {
    close();
    spare_->discard();
    index_.set_spare(0);
}

Result<SegmentWriter::Fresh> SegmentWriter::fresh_file(const std::string& name) {
    if (auto spare = spare_->take()) {
        index_.set_spare(0);
        auto renamed = files_.rename({.from = kSpareName, .to = name});
        if (!renamed) {
            static_cast<void>(files_.remove(kSpareName));
            return pass_on(renamed);
        }
        return Fresh{.file = std::move(spare), .prepared = limits_.prepared_bytes()};
    }
    auto made = files_.create(name);
    if (!made) {
        return pass_on(made);
    }
    return Fresh{.file = std::move(*made), .prepared = 0};
}

Result<void> SegmentWriter::begin_segment(const std::string& source) {
    const auto number = next_number_++;
    const auto name = segment_name(number);
    const segment::Header header{.created = clock_.wall_now(), .source = source};
    const auto octets = segment::encode(header);
    auto fresh = fresh_file(name);
    if (!fresh) {
        return pass_on(fresh);
    }
    NP_FAILPOINT("spool.rotate");
    auto& file = *fresh->file;
    auto kept = file.append(octets).and_then([&] { return file.sync(); }
    ).and_then([&] { return files_.sync_folder(); });
    if (!kept) {
        // What is left of it holds no event; should it stay, the next start takes it away.
        static_cast<void>(files_.remove(name));
        return kept;
    }
    file_ = std::move(fresh->file);
    prepared_ = fresh->prepared;
    size_ = octets.size();
    index_.add(
        {.number = number,
         .header = size_,
         .durable = size_,
         .shipped = size_,
         .records = 0,
         .prepared = prepared_,
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
    prepared_ = 0;
    close();
}

}  // namespace numproof
