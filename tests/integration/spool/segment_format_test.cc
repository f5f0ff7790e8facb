// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/segment_format.h"

#include <gtest/gtest.h>

#include "adapters/spool/crc32c.h"

namespace numproof::segment {
namespace {

constexpr std::size_t kAll = 1U << 20U;

AuditRecord record(char fill, std::size_t size = 20) {
    return {
        .key = "key",
        .headers = {{"ce_id", std::string(4, fill)}, {"empty", ""}},
        .value = std::string(size, fill)};
}

Bytes encoded(const std::vector<AuditRecord>& records) {
    Bytes octets;
    for (const auto& one : records) {
        EXPECT_TRUE(append_record(octets, one).has_value());
    }
    return octets;
}

std::vector<AuditRecord> read(const Scan& scan) {
    std::vector<AuditRecord> records;
    for (const auto& placed : scan.records) {
        records.push_back(placed.record);
    }
    return records;
}

TEST(Crc32c, MatchesThePublishedVectors) {
    EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
    EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43U);
}

TEST(Crc32c, TableAndInstructionAgreeOnEveryLengthAndCut) {
    std::string octets;
    for (int i = 0; i < 70; ++i) {
        octets.push_back(static_cast<char>(i * 37 + 11));
        const auto whole = crc32c(octets);
        EXPECT_EQ(crc32c_by_table(octets), whole) << octets.size();
        for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
            const std::string_view view{octets};
            EXPECT_EQ(crc32c(view.substr(cut), crc32c(view.substr(0, cut))), whole) << cut;
        }
    }
}

TEST(SegmentFormat, ReadsBackWhatItWrote) {
    const std::vector records{record('a'), AuditRecord{}, record('c', 100'000)};

    const auto scanned = scan(encoded(records), 0, kAll);

    EXPECT_EQ(read(scanned), records);
    EXPECT_TRUE(scanned.damage.empty());
}

TEST(SegmentFormat, ReadsNoMoreThanAskedFor) {
    const auto octets = encoded({record('a'), record('b'), record('c')});

    const auto first = scan(octets, 0, 2);
    const auto rest = scan(octets, first.good_end, 2);

    EXPECT_EQ(read(first), (std::vector{record('a'), record('b')}));
    EXPECT_EQ(read(rest), std::vector{record('c')});
}

TEST(SegmentFormat, RefusesARecordThatItCouldNotReadBack) {
    Bytes octets;
    EXPECT_FALSE(append_record(octets, record('a', kRecordMax)).has_value());
    EXPECT_TRUE(octets.empty());
}

TEST(SegmentFormat, EveryTruncationOfTheLastRecordIsATornTail) {
    const auto two = encoded({record('a'), record('b')});
    const auto whole = encoded({record('a'), record('b'), record('c')});
    for (auto size = two.size(); size < whole.size(); ++size) {
        const auto scanned = scan(whole.substr(0, size), 0, kAll);
        EXPECT_EQ(read(scanned), (std::vector{record('a'), record('b')})) << size;
        EXPECT_EQ(scanned.good_end, two.size()) << size;
        EXPECT_TRUE(scanned.damage.empty()) << size;
    }
}

TEST(SegmentFormat, EveryFlippedBitInTheMiddleCostsThatRecordAlone) {
    const auto begin = encoded({record('a')}).size();
    const auto end = encoded({record('a'), record('b')}).size();
    const auto whole = encoded({record('a'), record('b'), record('c')});
    for (auto at = begin; at < end; ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto damaged = whole;
            damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1U << bit));
            const auto scanned = scan(damaged, 0, kAll);
            ASSERT_EQ(read(scanned), (std::vector{record('a'), record('c')})) << at;
            ASSERT_EQ(scanned.damage.size(), 1U) << at;
            ASSERT_EQ(scanned.damage[0].begin, begin) << at;
            ASSERT_EQ(scanned.damage[0].end, end) << at;
        }
    }
}

TEST(SegmentFormat, ZerosAreNoRecordAndHideNone) {
    const auto first = encoded({record('a'), record('b')});
    const auto second = encoded({record('c', 480), record('d')});
    for (std::size_t zeros = 0; zeros < 1100; ++zeros) {
        const auto room = std::string(zeros, '\0');
        const auto behind = scan(first + room, 0, kAll);
        ASSERT_EQ(behind.records.size(), 2U) << zeros;
        ASSERT_EQ(behind.good_end, first.size()) << zeros;
        ASSERT_TRUE(behind.damage.empty()) << zeros;
        const auto between = scan(first + room + second, 0, kAll);
        ASSERT_EQ(between.records.size(), 4U) << zeros;
        ASSERT_EQ(between.damage.size(), zeros == 0 ? 0U : 1U) << zeros;
    }
}

TEST(SegmentFormat, ARecordWhoseLengthBeginsWithZerosIsFoundBehindZeros) {
    const auto small = encoded({record('a', 0)}).size() - kRecordHead;
    const auto octets = encoded({record('a', 0x10000 - small)});
    ASSERT_EQ(octets.substr(0, 2), std::string(2, '\0'));

    EXPECT_EQ(scan(std::string(100, '\0') + octets, 0, kAll).records.size(), 1U);
}

TEST(SegmentFormat, TheFirstRecordOfAWriteIsMarked) {
    Bytes octets;
    ASSERT_TRUE(append_record(octets, record('a'), InWrite::first).has_value());
    ASSERT_TRUE(append_record(octets, record('b')).has_value());

    const auto found = scan(octets, 0, kAll).records;

    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].in_write, InWrite::first);
    EXPECT_EQ(found[1].in_write, InWrite::later);
}

/// Three writes of three records of about 700 octets, and where the middle one and the last begin.
struct ThreeWrites {
    Bytes file = encode({.created = wall_from_ms(5), .source = "source"});
    std::vector<std::size_t> begins;

    ThreeWrites() {
        for (const char fill : {'a', 'b', 'c'}) {
            begins.push_back(file.size());
            EXPECT_TRUE(append_record(file, record(fill, 700), InWrite::first).has_value());
            EXPECT_TRUE(append_record(file, record(fill, 700)).has_value());
            EXPECT_TRUE(append_record(file, record(fill, 700)).has_value());
        }
    }

    [[nodiscard]] Scan scanned() const {
        auto found = scan(file, begins[0], kAll);
        drop_torn_write(file, found);
        return found;
    }

    /// As a disk that wrote all sectors but the one of `at`.
    void unwrite_sector(std::size_t at, std::size_t write) {
        const auto begin = std::max(at / 512 * 512, begins[write]);
        const auto end = (at / 512 + 1) * 512;
        file.replace(begin, end - begin, end - begin, '\0');
    }
};

TEST(SegmentFormat, ATornLastWriteEndsWhereItsFirstSectorIsMissing) {
    for (const std::size_t at : {0U, 520U, 1100U}) {
        ThreeWrites writes;
        writes.unwrite_sector(writes.begins[2] + at, 2);
        const auto found = writes.scanned();
        EXPECT_TRUE(found.damage.empty()) << at;
        EXPECT_LE(found.records.size(), 7U) << at;
        EXPECT_GE(found.records.size(), 6U) << at;
        EXPECT_EQ(found.good_end, found.records.back().end) << at;
    }
}

TEST(SegmentFormat, WhatIsMissingInAnEarlierWriteIsDamage) {
    ThreeWrites writes;
    writes.unwrite_sector(writes.begins[1] + 520, 1);
    const auto found = writes.scanned();

    EXPECT_EQ(found.damage.size(), 1U);
    EXPECT_GE(found.records.size(), 7U);
    EXPECT_EQ(found.good_end, writes.file.size());
}

TEST(SegmentFormat, AFlippedBitInTheLastWriteIsDamage) {
    for (std::size_t at = 0; at < 1400; ++at) {
        ThreeWrites writes;
        writes.file[writes.begins[2] + at] ^= 1;
        const auto found = writes.scanned();
        ASSERT_EQ(found.damage.size(), 1U) << at;
        ASSERT_EQ(found.records.size(), 8U) << at;
    }
}

TEST(SegmentFormat, TheHeaderOfTheFormerFormIsRead) {
    auto octets = encode({.created = wall_from_ms(5), .source = "source"});
    octets.replace(0, 8, "NPSPOOL1");

    const auto parsed = parse_header(octets);

    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->header.source, "source");
}

TEST(SegmentFormat, TheHeaderNamesItsChain) {
    const auto octets = encode({.created = wall_from_ms(1795341600120), .source = "/numproof/a/b"});

    const auto parsed = parse_header(octets + "rest");

    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->size, octets.size());
    EXPECT_EQ(parsed->header.source, "/numproof/a/b");
    EXPECT_EQ(parsed->header.created, wall_from_ms(1795341600120));
}

TEST(SegmentFormat, RefusesADamagedOrShortHeader) {
    const auto octets = encode({.created = wall_from_ms(5), .source = "source"});
    for (std::size_t i = 0; i < octets.size(); ++i) {
        auto damaged = octets;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        EXPECT_FALSE(parse_header(damaged).has_value()) << i;
        EXPECT_FALSE(parse_header(octets.substr(0, i)).has_value()) << i;
    }
}

}  // namespace
}  // namespace numproof::segment
