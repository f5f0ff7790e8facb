// SPDX-License-Identifier: Apache-2.0
// Any octets as a segment of the spool, as they are and with checksums put right where lengths
// leave room for a record. No record comes back whose checksum is wrong, none gets lost or comes
// out of nowhere when the folder is recovered, and a second recovery finds all in order.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "adapters/spool/segment_format.h"
#include "adapters/spool/shipping_progress.h"
#include "adapters/spool/spool_recovery.h"
#include "daemon/base/check.h"
#include "tests/fuzz/spool/memory_files.h"

namespace numproof {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

/// CRC-32C bit by bit: slow, and nothing that ours could share a mistake with.
std::uint32_t plain_crc32c(std::string_view octets) {
    std::uint32_t crc = ~0U;
    for (const char octet : octets) {
        crc ^= static_cast<unsigned char>(octet);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
        }
    }
    return ~crc;
}

std::uint32_t u32_at(std::string_view file, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) {
        value = (value << 8U) | static_cast<unsigned char>(file[at + i]);
    }
    return value;
}

void put_u32(Bytes& file, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
        file[at + i] = static_cast<char>((value >> (8U * i)) & 255U);
    }
}

/// Octets of the payload of the record at `at`: the highest bit says that it begins a write.
std::uint32_t size_at(std::string_view file, std::size_t at) {
    return u32_at(file, at) & ~(1U << 31U);
}

/// Over length and payload of the record at `at`.
std::uint32_t checksum_at(std::string_view file, std::size_t at) {
    Bytes covered{file.substr(at, 4)};
    covered += file.substr(at + 8, size_at(file, at));
    return plain_crc32c(covered);
}

/// Puts checksums right as long as one length leads to the next.
Bytes mended(Bytes file) {
    constexpr std::size_t kHead = 16;
    std::size_t at = 0;
    if (file.starts_with("NPSPOOL") && file.size() >= kHead &&
        u32_at(file, 8) <= file.size() - kHead) {
        put_u32(file, 12, plain_crc32c(std::string_view{file}.substr(kHead, u32_at(file, 8))));
        at = kHead + u32_at(file, 8);
    }
    while (file.size() - at >= 8 && size_at(file, at) <= file.size() - at - 8) {
        put_u32(file, at + 4, checksum_at(file, at));
        at += 8 + size_at(file, at);
    }
    return file;
}

/// The record stands in the file as we would write it, under its own checksum.
void check_record(std::string_view file, const segment::PlacedRecord& placed) {
    Bytes again;
    NP_CHECK(segment::append_record(again, placed.record, placed.in_write).has_value());
    NP_CHECK(again.size() <= placed.end);
    const auto begin = placed.end - again.size();
    NP_CHECK(file.substr(begin, again.size()) == again);
    NP_CHECK(u32_at(file, begin + 4) == checksum_at(file, begin));
}

/// One wrong bit anywhere, and it is no record any more.
void check_broken(std::string_view file, const segment::PlacedRecord& placed) {
    Bytes record;
    NP_CHECK(segment::append_record(record, placed.record, placed.in_write).has_value());
    const auto bit = placed.end * 7 + file.size();
    record[bit / 8 % record.size()] ^= static_cast<char>(1U << (bit % 8));
    NP_CHECK(!segment::parse_record(record));
}

void check_order(std::string_view file, const segment::Scan& found, std::size_t begin) {
    std::size_t at = begin;
    for (const auto& placed : found.records) {
        NP_CHECK(placed.end > at && placed.end <= file.size());
        at = placed.end;
    }
    NP_CHECK(found.good_end == at);
    std::size_t behind = begin;
    for (const auto& damage : found.damage) {
        NP_CHECK(damage.begin >= behind && damage.begin < damage.end);
        NP_CHECK(damage.end < found.good_end);
        behind = damage.end;
    }
}

/// One record at a time, the same are found.
void check_steps(std::string_view file, const segment::Scan& all, std::size_t begin) {
    for (const auto& placed : all.records) {
        const auto next = segment::scan(file, begin, 1);
        NP_CHECK(next.records.size() == 1 && next.good_end == placed.end);
        NP_CHECK(next.records.front().record == placed.record);
        begin = placed.end;
    }
    NP_CHECK(segment::scan(file, begin, 1).records.empty());
}

segment::Scan check_scan(std::string_view file) {
    const auto header = segment::parse_header(file);
    const std::size_t begin = header ? header->size : 0;
    NP_CHECK(begin <= file.size());
    // But for the number of the form: what is read may be older than what is written.
    NP_CHECK(!header || segment::encode(header->header).substr(8) == file.substr(8, begin - 8));
    auto all = segment::scan(file, begin, kAll);
    check_order(file, all, begin);
    check_steps(file, all, begin);
    for (const auto& placed : all.records) {
        check_record(file, placed);
        check_broken(file, placed);
    }
    return all;
}

/// Delivery stood at one of the records, or at a place that means nothing.
void remember_progress(MemoryFiles& files, const segment::Scan& found, std::string_view file) {
    const auto header = segment::parse_header(file);
    if (!header || found.records.empty() || file.size() % 4 == 0) {
        files.files[".shipped"] = Bytes{file.substr(file.size() - std::min(file.size(), 24UL))};
        return;
    }
    const auto& reached = found.records[file.size() % found.records.size()];
    const auto identity = plain_crc32c(file.substr(0, header->size));
    const auto saved =
        save_progress(files, {.number = 1, .offset = reached.end, .identity = identity});
    NP_CHECK(saved.has_value());
}

/// The file now is a whole segment with exactly the records that were good before.
void check_kept(std::string_view file, const Segment& kept, const segment::Scan& before) {
    const auto header = segment::parse_header(file);
    NP_CHECK(header && header->size == kept.header && kept.durable == file.size());
    const auto now = segment::scan(file, header->size, kAll);
    NP_CHECK(now.damage.empty() && now.good_end == file.size());
    NP_CHECK(std::ranges::equal(
        now.records,
        before.records,
        {},
        &segment::PlacedRecord::record,
        &segment::PlacedRecord::record
    ));
    const auto left = segment::scan(file, kept.shipped, kAll);
    NP_CHECK(left.damage.empty() && left.records.size() == kept.records);
    NP_CHECK(left.records.size() <= now.records.size());
}

void check_recovery(std::string_view file, const segment::Scan& before) {
    const auto name = segment_name(1);
    MemoryFiles files;
    remember_progress(files, before, file);
    files.files[name] = Bytes{file};
    const auto first = recover(files);
    NP_CHECK(first && first->segments.size() == (before.records.empty() ? 0U : 1U));
    NP_CHECK(files.files.contains(name) == !before.records.empty() && first->next_number > 1);
    if (!before.records.empty()) {
        check_kept(files.files.at(name), first->segments.front(), before);
    }
    if (!first->corrupt.empty()) {
        NP_CHECK(files.files.at(name + ".corrupt") == file);
    }

    const auto again = recover(files);
    NP_CHECK(again && again->torn.empty() && again->corrupt.empty());
    NP_CHECK(again->segments.size() == first->segments.size());
    if (!again->segments.empty()) {
        check_kept(files.files.at(name), again->segments.front(), before);
        NP_CHECK(again->segments.front().shipped == first->segments.front().shipped);
    }
}

void check(std::string_view file) {
    auto found = check_scan(file);
    segment::drop_torn_write(file, found);
    check_recovery(file, found);
}

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace numproof;
    const std::string_view file{reinterpret_cast<const char*>(data), size};
    check(file);
    const auto sound = mended(Bytes{file});
    if (sound != file) {
        check(sound);
    }
    return 0;
}
