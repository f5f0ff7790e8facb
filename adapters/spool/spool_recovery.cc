// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/spool_recovery.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "adapters/spool/crc32c.h"
#include "adapters/spool/segment_format.h"
#include "adapters/spool/shipping_progress.h"
#include "adapters/spool/spare_segment.h"

namespace numproof {
namespace {

constexpr std::string_view kSegmentSuffix = ".seg";
constexpr std::string_view kSalvageSuffix = ".seg.tmp";
constexpr auto kEverything = std::numeric_limits<std::size_t>::max();

/// The number at the front of the name of a segment, or of what became of one.
std::optional<std::uint64_t> number_of(std::string_view name) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    const auto used = static_cast<std::size_t>(end - name.data());
    if (error != std::errc{} || !name.substr(used).starts_with(kSegmentSuffix)) {
        return std::nullopt;
    }
    return number;
}

/// One segment as it was found.
struct Found {
    std::string name;
    std::uint64_t number = 0;
    Bytes file;
    std::optional<segment::ParsedHeader> header;
    segment::Scan scan;
};

std::uint64_t lost_bytes(const Found& found) {
    std::uint64_t lost = found.header ? 0 : 1;
    for (const auto& damage : found.scan.damage) {
        lost += damage.end - damage.begin;
    }
    return lost;
}

/// Recovers the segments of one folder.
class Recoverer {
public:
    explicit Recoverer(SpoolFiles& files) : files_(files), progress_(load_progress(files)) {}

    Result<Recovery> run() {
        auto names = files_.list();
        if (!names) {
            return pass_on(names);
        }
        auto known = refuse_later_forms(*names);
        if (!known) {
            return pass_on(known);
        }
        note_newest(*names);
        for (const auto& name : *names) {
            auto done = recover_file(name);
            if (!done) {
                return pass_on(done);
            }
        }
        const auto reached = progress_ ? progress_->number + 1 : 1;
        result_.next_number = std::max(result_.next_number, reached);
        auto synced = files_.sync_folder();
        if (!synced) {
            return pass_on(synced);
        }
        return std::move(result_);
    }

private:
    /// To us such a segment would look torn, and its events would be lost. Before anything is
    /// touched: what else is there is the later version's, too.
    Result<void> refuse_later_forms(const std::vector<std::string>& names) const {
        for (const auto& name : names) {
            if (!number_of(name) || !name.ends_with(kSegmentSuffix)) {
                continue;
            }
            auto begin = files_.read(name, 0, segment::kMagicSize);
            if (!begin) {
                return pass_on(begin);
            }
            if (const auto form = segment::later_form(*begin)) {
                return fail(
                    ErrorCode::invalid_configuration,
                    "spool segment " + files_.path(name) +
                        " was written by a newer version: it has form " + std::to_string(*form) +
                        ", this version reads forms up to " + std::to_string(segment::kForm) +
                        "; nothing was changed: let the newer version deliver it, or move it away"
                );
            }
        }
        return {};
    }

    void note_newest(const std::vector<std::string>& names) {
        for (const auto& name : names) {
            if (number_of(name) && name.ends_with(kSegmentSuffix)) {
                newest_ = name;
            }
        }
    }

    Result<void> recover_file(const std::string& name) {
        if (name == kSpareName) {
            return files_.remove(name);
        }
        const auto number = number_of(name);
        if (!number) {
            return {};
        }
        result_.next_number = std::max(result_.next_number, *number + 1);
        if (name.ends_with(kSalvageSuffix)) {
            return files_.remove(name);
        }
        if (!name.ends_with(kSegmentSuffix)) {
            return {};
        }
        auto found = read(name, *number);
        if (!found) {
            return pass_on(found);
        }
        return recover_segment(*found);
    }

    Result<Found> read(const std::string& name, std::uint64_t number) const {
        auto size = files_.size_of(name);
        if (!size) {
            return pass_on(size);
        }
        auto file = files_.read(name, 0, *size);
        if (!file) {
            return pass_on(file);
        }
        Found found{
            .name = name, .number = number, .file = std::move(*file), .header = {}, .scan = {}};
        if (auto header = segment::parse_header(found.file)) {
            found.header = std::move(*header);
        }
        const auto begin = found.header ? found.header->size : 0;
        found.scan = segment::scan(found.file, begin, kEverything);
        if (name == newest_) {
            segment::drop_torn_write(found.file, found.scan);
        }
        return found;
    }

    Result<void> recover_segment(Found& found) {
        if (found.scan.records.empty()) {
            // Died before the first event was durable: nobody was told of any.
            note_torn(found);
            return files_.remove(found.name);
        }
        const bool whole = found.header && found.scan.damage.empty();
        auto mended = whole ? cut_tail(found) : salvage(found);
        if (mended) {
            keep(found);
        }
        return mended;
    }

    void note_torn(const Found& found) {
        const auto good = std::max(found.scan.good_end, found.header ? found.header->size : 0);
        const auto end = segment::written_end(found.file);
        if (end > good) {
            result_.torn.push_back({.name = found.name, .bytes = end - good});
        }
    }

    Result<void> cut_tail(Found& found) {
        note_torn(found);
        if (found.file.size() == found.scan.good_end) {
            return {};
        }
        auto file = files_.open(found.name);
        if (!file) {
            return pass_on(file);
        }
        found.file.resize(found.scan.good_end);
        return (*file)->truncate(found.scan.good_end).and_then([&] { return (*file)->sync(); });
    }

    /// The damaged file stays beside as evidence; its good records take its place.
    Result<void> salvage(Found& found) {
        result_.corrupt.push_back({.name = found.name, .bytes = lost_bytes(found)});
        const auto header = found.header.value_or(segment::ParsedHeader{}).header;
        found.file = segment::encode(header);
        found.header = segment::ParsedHeader{.header = header, .size = found.file.size()};
        for (auto& placed : found.scan.records) {
            auto appended = segment::append_record(found.file, placed.record, placed.in_write);
            if (!appended) {
                return appended;
            }
        }
        const auto temporary = found.name + ".tmp";
        auto forgotten = forget_progress(found.number);
        if (!forgotten) {
            return forgotten;
        }
        auto file = files_.remove(temporary).and_then([&] { return files_.create(temporary); });
        if (!file) {
            return pass_on(file);
        }
        return (*file)
            ->append(found.file)
            .and_then([&] { return (*file)->sync(); })
            .and_then([&] { return set_aside(files_, found.name); })
            .and_then([&] { return files_.rename({.from = temporary, .to = found.name}); });
    }

    /// Records move when damage between them goes: at the next start, the place where delivery
    /// stood could be the end of one that was never delivered.
    Result<void> forget_progress(std::uint64_t number) {
        if (!progress_ || progress_->number != number) {
            return {};
        }
        return save_progress(files_, {.number = number, .offset = 0, .identity = 0});
    }

    void keep(const Found& found) {
        const auto header_size = found.header->size;
        Segment segment{
            .number = found.number,
            .header = header_size,
            .durable = found.file.size(),
            .shipped = header_size,
            .records = found.scan.records.size(),
            .identity = crc32c(std::string_view{found.file}.substr(0, header_size)),
            .created = found.header->header.created,
            .state = SegmentState::closed};
        if (found.scan.damage.empty()) {
            resume(segment, found.scan.records);
        }
        result_.segments.push_back(segment);
    }

    /// Goes on where delivery stood, if that is certainly a place in this very segment.
    void resume(Segment& segment, const std::vector<segment::PlacedRecord>& records) const {
        if (!progress_ || progress_->number != segment.number ||
            progress_->identity != segment.identity) {
            return;
        }
        const auto at = std::ranges::find(records, progress_->offset, &segment::PlacedRecord::end);
        if (at != records.end()) {
            segment.shipped = progress_->offset;
            segment.records = static_cast<std::uint64_t>(records.end() - at - 1);
        }
    }

    SpoolFiles& files_;
    std::optional<ShippingProgress> progress_;
    std::string newest_;
    Recovery result_;
};

}  // namespace

Result<Recovery> recover(SpoolFiles& files) {
    return Recoverer{files}.run();
}

Result<void> set_aside(SpoolFiles& files, const std::string& name) {
    return files.link({.from = name, .to = name + ".corrupt"}).and_then([&] {
        return files.sync_folder();
    });
}

}  // namespace numproof
