// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/ports/audit_sink.h"

/// The form of spool segments. Integers are little-endian.
///
///     file    = "NPSPOOL2" length(u32) crc(u32) created_ms(u64) source, then records, then zeros
///               (the header's crc is over created_ms and source)
///     record  = length(u32) crc(u32) payload; crc is over length and payload; the highest bit of
///               length is set in the first record of each write
///     payload = key, value, then name and value of each header; each is length(u32) and octets
///
/// "NPSPOOL1", which is read too, has neither that bit nor the zeros. Zeros are room that was
/// prepared; no record can be read out of them.
namespace numproof::segment {

/// The number in what a segment begins with.
inline constexpr unsigned kForm = 2;

/// Octets that tell the form.
inline constexpr std::size_t kMagicSize = 8;

/// Larger records are refused when written and damage when read.
inline constexpr std::size_t kRecordMax = 256 * 1024;

/// Octets before a record's payload.
inline constexpr std::size_t kRecordHead = 8;

/// How a segment begins.
struct Header {
    WallTime created;
    std::string source;  ///< Of the chain whose events it holds.
};

/// A header, and how many octets it takes.
struct ParsedHeader {
    Header header;
    std::size_t size = 0;
};

/// Octets that hold no record.
struct Damage {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Where a record stands among those that became durable together.
enum class InWrite : std::uint8_t { later, first };

/// A record and the offset just behind it.
struct PlacedRecord {
    AuditRecord record;
    std::size_t end = 0;
    InWrite in_write = InWrite::later;
};

/// What stands in a stretch of a segment.
struct Scan {
    std::vector<PlacedRecord> records;
    std::vector<Damage> damage;  ///< Stretches with a good record somewhere behind them.
    std::size_t good_end = 0;    ///< Just behind the last good record.
};

[[nodiscard]] Bytes encode(const Header& header);

/// Appends `record` to `out`; one over kRecordMax is `invalid_value`.
Result<void> append_record(
    Bytes& out, const AuditRecord& record, InWrite in_write = InWrite::later
);

/// The form of `file`, of which its first kMagicSize octets are enough, if only a later version of
/// ours knows it: it is whole, and not for us.
[[nodiscard]] std::optional<unsigned> later_form(std::string_view file) noexcept;

/// Reads the header at the front of `file`; anything else is `malformed`.
[[nodiscard]] Result<ParsedHeader> parse_header(std::string_view file);

/// Reads one record at the front of `octets`; nullopt if there is no whole and good one.
[[nodiscard]] std::optional<PlacedRecord> parse_record(std::string_view octets);

/// Reads up to `records_max` records of `file` from `begin` on, past damage. What is bad at the
/// end, with no good record behind it, is not damage: it is a torn tail, after `good_end`.
[[nodiscard]] Scan scan(std::string_view file, std::size_t begin, std::size_t records_max);

/// Takes out of `found` what a write left that a power cut interrupted: some of its sectors are on
/// disk and others, before them, are still zeros. For the newest segment's scan, to its end: the
/// last write is the only one that can be torn.
void drop_torn_write(std::string_view file, Scan& found);

/// Just behind the last octet of `file` that is not zero.
[[nodiscard]] std::size_t written_end(std::string_view file) noexcept;

}  // namespace numproof::segment
