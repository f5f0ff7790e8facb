// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/segment_format.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/spool/crc32c.h"

namespace numproof::segment {
namespace {

constexpr std::string_view kMagic = "NPSPOOL2";
constexpr std::string_view kMagicBefore = "NPSPOOL1";
static_assert(kMagic.size() == kMagicSize && kMagic.back() == '0' + kForm);
constexpr std::size_t kSourceMax = 1024;
constexpr std::size_t kHeaderHead = 16;  // Magic, length and checksum.
constexpr std::size_t kHeadersMax = 64;
constexpr std::uint32_t kWriteBegins = 1U << 31U;
constexpr std::size_t kPayloadMin = 8;  // Two lengths.
constexpr std::size_t kSector = 512;

template <typename Integer>
void put(Bytes& out, Integer value) {
    std::array<char, sizeof value> octets{};
    for (std::size_t i = 0; i < sizeof value; ++i) {
        octets[i] = static_cast<char>((value >> (8U * i)) & 255U);
    }
    out.append(octets.data(), octets.size());
}

/// Reads integers and strings off the front; afterwards `good` says whether they were all there.
class Reader {
public:
    explicit Reader(std::string_view octets) noexcept : rest_(octets) {}

    template <typename Integer>
    Integer integer() noexcept {
        const auto octets = take(sizeof(Integer));
        Integer value = 0;
        for (std::size_t i = octets.size(); i-- > 0;) {
            value = static_cast<Integer>((value << 8U) | static_cast<std::uint8_t>(octets[i]));
        }
        return value;
    }

    std::string_view text() noexcept { return take(integer<std::uint32_t>()); }

    [[nodiscard]] bool good() const noexcept { return good_; }

    [[nodiscard]] bool ended() const noexcept { return rest_.empty(); }

private:
    std::string_view take(std::size_t count) noexcept {
        if (rest_.size() < count) {
            good_ = false;
            rest_ = {};
            return {};
        }
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }

    std::string_view rest_;
    bool good_ = true;
};

void put_text(Bytes& out, std::string_view text) {
    put(out, static_cast<std::uint32_t>(text.size()));
    out += text;
}

/// Over the length too, so that a damaged length is found.
std::uint32_t record_checksum(std::string_view length, std::string_view payload) noexcept {
    return crc32c(payload, crc32c(length));
}

std::size_t payload_size(const AuditRecord& record) noexcept {
    constexpr auto kLength = sizeof(std::uint32_t);
    auto size = kLength + record.key.size() + kLength + record.value.size();
    for (const auto& [name, value] : record.headers) {
        size += kLength + name.size() + kLength + value.size();
    }
    return size;
}

std::optional<AuditRecord> decode(std::string_view payload) {
    Reader reader{payload};
    AuditRecord record;
    record.key = reader.text();
    record.value = reader.text();
    while (reader.good() && !reader.ended() && record.headers.size() < kHeadersMax) {
        std::string name{reader.text()};
        std::string value{reader.text()};
        record.headers.emplace_back(std::move(name), std::move(value));
    }
    return reader.good() && reader.ended() ? std::optional{std::move(record)} : std::nullopt;
}

/// The next place behind `at` where a record may begin: not in zeros, but for the last three of
/// them, which may be the low octets of a length.
std::size_t next_candidate(std::string_view file, std::size_t at) noexcept {
    constexpr std::size_t kLow = 3;
    const auto written = file.find_first_not_of('\0', at);
    if (written == std::string_view::npos) {
        return file.size();
    }
    return std::max(at + 1, written - std::min(written, kLow));
}

/// True if a whole sector of `damage`, or what the damage has of one, never reached the disk.
/// A few zeros are none: a length may have them.
bool holds_unwritten_sector(std::string_view file, const Damage& damage) noexcept {
    for (auto begin = damage.begin; begin < damage.end;) {
        const auto end = std::min(damage.end, (begin / kSector + 1) * kSector);
        const auto part = file.substr(begin, end - begin);
        if (part.size() >= kRecordHead && part.find_first_not_of('\0') == std::string_view::npos) {
            return true;
        }
        begin = end;
    }
    return false;
}

}  // namespace

Bytes encode(const Header& header) {
    Bytes body;
    put(body, static_cast<std::uint64_t>(epoch_ms(header.created)));
    body += header.source;
    Bytes file{kMagic};
    put(file, static_cast<std::uint32_t>(body.size()));
    put(file, crc32c(body));
    return file + body;
}

Result<void> append_record(Bytes& out, const AuditRecord& record, InWrite in_write) {
    const auto size = payload_size(record);
    if (size > kRecordMax || record.headers.size() > kHeadersMax) {
        return fail(ErrorCode::invalid_value, "an audit event is too large for the spool");
    }
    const auto length_at = out.size();
    put(out, static_cast<std::uint32_t>(size) | (in_write == InWrite::first ? kWriteBegins : 0U));
    const auto checksum_at = out.size();
    put(out, std::uint32_t{0});
    const auto payload_at = out.size();
    put_text(out, record.key);
    put_text(out, record.value);
    for (const auto& [name, value] : record.headers) {
        put_text(out, name);
        put_text(out, value);
    }
    const std::string_view all{out};
    const auto length = all.substr(length_at, checksum_at - length_at);
    Bytes checksum;
    put(checksum, record_checksum(length, all.substr(payload_at)));
    out.replace(checksum_at, checksum.size(), checksum);
    return {};
}

std::optional<unsigned> later_form(std::string_view file) noexcept {
    const auto name = kMagic.substr(0, kMagicSize - 1);
    if (file.size() < kMagicSize || !file.starts_with(name)) {
        return std::nullopt;
    }
    const char digit = file[name.size()];
    if (digit <= kMagic.back() || digit > '9') {
        return std::nullopt;
    }
    return static_cast<unsigned>(digit - '0');
}

Result<ParsedHeader> parse_header(std::string_view file) {
    if (!file.starts_with(kMagic) && !file.starts_with(kMagicBefore)) {
        return fail(ErrorCode::malformed, "not a spool segment");
    }
    Reader head{file.substr(kMagic.size())};
    const auto size = head.integer<std::uint32_t>();
    const auto checksum = head.integer<std::uint32_t>();
    if (!head.good() || size < sizeof(std::uint64_t) || size > kSourceMax ||
        file.size() < kHeaderHead + size) {
        return fail(ErrorCode::malformed, "the segment's header is incomplete");
    }
    const auto body = file.substr(kHeaderHead, size);
    if (crc32c(body) != checksum) {
        return fail(ErrorCode::malformed, "the segment's header is damaged");
    }
    const auto created = Reader{body}.integer<std::uint64_t>();
    return ParsedHeader{
        .header =
            {.created = wall_from_ms(static_cast<std::int64_t>(created)),
             .source = std::string{body.substr(sizeof(std::uint64_t))}},
        .size = kHeaderHead + size};
}

std::optional<PlacedRecord> parse_record(std::string_view octets) {
    Reader head{octets};
    const auto length = head.integer<std::uint32_t>();
    const auto checksum = head.integer<std::uint32_t>();
    const auto size = length & ~kWriteBegins;
    if (!head.good() || size < kPayloadMin || size > kRecordMax ||
        octets.size() - kRecordHead < size) {
        return std::nullopt;
    }
    const auto payload = octets.substr(kRecordHead, size);
    if (record_checksum(octets.substr(0, sizeof length), payload) != checksum) {
        return std::nullopt;
    }
    auto record = decode(payload);
    if (!record) {
        return std::nullopt;
    }
    return PlacedRecord{
        .record = std::move(*record),
        .end = kRecordHead + size,
        .in_write = (length & kWriteBegins) != 0 ? InWrite::first : InWrite::later};
}

Scan scan(std::string_view file, std::size_t begin, std::size_t records_max) {
    Scan found;
    found.good_end = begin;
    std::size_t at = begin;
    while (at < file.size() && found.records.size() < records_max) {
        auto placed = parse_record(file.substr(at));
        if (!placed) {
            at = next_candidate(file, at);
            continue;
        }
        if (at != found.good_end) {
            found.damage.push_back({.begin = found.good_end, .end = at});
        }
        placed->end += at;
        at = placed->end;
        found.good_end = at;
        found.records.push_back(std::move(*placed));
    }
    return found;
}

void drop_torn_write(std::string_view file, Scan& found) {
    if (!file.starts_with(kMagic)) {
        return;
    }
    const auto last = std::ranges::find(
        found.records.rbegin(), found.records.rend(), InWrite::first, &PlacedRecord::in_write
    );
    // Damage before the front of the last write is none of it; `end` is behind that record.
    const auto after = last == found.records.rend() ? 0 : last->end;
    const auto torn = std::ranges::find_if(found.damage, [&](const Damage& damage) {
        return damage.begin >= after && holds_unwritten_sector(file, damage);
    });
    if (torn == found.damage.end()) {
        return;
    }
    found.good_end = torn->begin;
    std::erase_if(found.records, [&](const PlacedRecord& placed) {
        return placed.end > found.good_end;
    });
    found.damage.erase(torn, found.damage.end());
}

std::size_t written_end(std::string_view file) noexcept {
    const auto last = file.find_last_not_of('\0');
    return last == std::string_view::npos ? 0 : last + 1;
}

}  // namespace numproof::segment
