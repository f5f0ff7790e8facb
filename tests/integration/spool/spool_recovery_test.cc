// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/spool_recovery.h"

#include <map>

#include "adapters/spool/shipping_progress.h"
#include "tests/integration/spool/spool_fixture.h"

namespace numproof {
namespace {

class SpoolRecoveryTest : public SpoolFixture {
protected:
    /// A run that appends `names` and ends in an orderly way (with a checkpoint).
    void run_once(const std::vector<std::string>& names) {
        PosixSpoolFiles files{folder().string()};
        const auto spool = start(files);
        for (const auto& name : names) {
            ASSERT_TRUE(append(*spool, name).has_value());
        }
        spool->stop();
    }

    Recovery recover_now() {
        PosixSpoolFiles files{folder().string()};
        auto recovered = recover(files);
        NP_CHECK(recovered.has_value());
        return std::move(*recovered);
    }

    /// Ends of all records in the only segment.
    std::vector<std::size_t> ends() const {
        const auto file = read_file(segments_in(folder()).at(0));
        std::vector<std::size_t> found;
        for (const auto& placed :
             segment::scan(file, segment::parse_header(file)->size, 1U << 20U).records) {
            found.push_back(placed.end);
        }
        return found;
    }
};

TEST_F(SpoolRecoveryTest, AnEmptyFolderIsAFreshStart) {
    const auto recovered = recover_now();

    EXPECT_TRUE(recovered.segments.empty());
    EXPECT_EQ(recovered.next_number, 1U);
}

TEST_F(SpoolRecoveryTest, EachStartKeepsWhatEarlierStartsLeft) {
    run_once({"a", "b"});
    run_once({"c"});
    run_once({"d"});

    const auto records = records_in(folder());
    EXPECT_EQ(names_of(records), (std::vector<std::string>{"a", "b", "c", "d"}));
    const auto report = verify_chain(crypto_, {key_}, records, DumpOrder::as_written);
    EXPECT_TRUE(report.findings.empty());
    EXPECT_EQ(report.sources, 3U);
    EXPECT_TRUE(log_.has("NP-SPOOL-008"));
}

TEST_F(SpoolRecoveryTest, EveryTruncationOfTheLastRecordIsCutAndReported) {
    run_once({"a", "b"});
    const auto path = segments_in(folder()).at(0);
    const auto whole = read_file(path);
    const auto begin = ends().at(1);
    for (auto size = begin + 1; size < whole.size(); ++size) {
        write_file(path, whole.substr(0, size));
        const auto recovered = recover_now();
        ASSERT_EQ(recovered.torn.size(), 1U) << size;
        const auto written = whole.find_last_not_of('\0', size - 1) + 1;
        EXPECT_EQ(recovered.torn[0].bytes, written - begin) << size;
        EXPECT_TRUE(recovered.corrupt.empty()) << size;
        ASSERT_EQ(recovered.segments.size(), 1U) << size;
        EXPECT_EQ(recovered.segments[0].records, 2U) << size;
        EXPECT_EQ(std::filesystem::file_size(path), begin) << size;
    }
}

TEST_F(SpoolRecoveryTest, EveryTruncationWithinPreparedRoomIsCutAndReported) {
    run_once({"a", "b"});
    const auto path = segments_in(folder()).at(0);
    const auto whole = read_file(path);
    const auto begin = ends().at(1);
    for (auto size = begin; size < whole.size(); ++size) {
        write_file(path, whole.substr(0, size) + std::string(5000, '\0'));
        const auto recovered = recover_now();
        const auto written = whole.find_last_not_of('\0', size - 1) + 1;
        ASSERT_EQ(recovered.torn.size(), written > begin ? 1U : 0U) << size;
        EXPECT_TRUE(recovered.corrupt.empty()) << size;
        ASSERT_EQ(recovered.segments.size(), 1U) << size;
        EXPECT_EQ(recovered.segments[0].records, 2U) << size;
        ASSERT_EQ(std::filesystem::file_size(path), begin) << size;
    }
}

TEST_F(SpoolRecoveryTest, PreparedRoomIsCutWithoutAWord) {
    run_once({"a", "b"});
    const auto path = segments_in(folder()).at(0);
    const auto whole = read_file(path);
    write_file(path, whole + std::string(8U << 20U, '\0'));
    write_file(folder() / kSpareName, std::string(100, '\0'));

    const auto recovered = recover_now();

    EXPECT_TRUE(recovered.torn.empty());
    EXPECT_TRUE(recovered.corrupt.empty());
    EXPECT_EQ(read_file(path), whole);
    EXPECT_FALSE(std::filesystem::exists(folder() / kSpareName));
}

TEST_F(SpoolRecoveryTest, APreparedSegmentWithoutAnEventGoesWithoutAWord) {
    const segment::Header header{.created = clock_.wall_now(), .source = "source"};
    for (const auto& begin : {Bytes{}, segment::encode(header)}) {
        const auto path = folder() / segment_name(1);
        write_file(path, begin + std::string(8192, '\0'));

        const auto recovered = recover_now();

        EXPECT_TRUE(recovered.segments.empty());
        EXPECT_TRUE(recovered.torn.empty());
        EXPECT_FALSE(std::filesystem::exists(path));
    }
}

TEST_F(SpoolRecoveryTest, AFlippedBitBeforePreparedRoomCostsThatEventAlone) {
    run_once({"a", "b", "c"});
    const auto path = segments_in(folder()).at(0);
    const auto damaged_at = ends().at(0) + 20;
    auto damaged = read_file(path) + std::string(8192, '\0');
    damaged[damaged_at] ^= 1;
    write_file(path, damaged);

    const auto recovered = recover_now();

    EXPECT_EQ(recovered.corrupt.size(), 1U);
    EXPECT_EQ(names_of(records_in(folder())), (std::vector<std::string>{"a", "c"}));
}

TEST_F(SpoolRecoveryTest, AWriteOfWhichOnlyTheEndIsOnDiskIsCutWhole) {
    run_once({"a", "b"});
    const auto path = segments_in(folder()).at(0);
    const auto whole = read_file(path);
    Bytes write;
    for (const char* name : {"x", "y", "z"}) {
        const AuditRecord record{.key = "k", .headers = {}, .value = std::string(2000, name[0])};
        const auto place = write.empty() ? segment::InWrite::first : segment::InWrite::later;
        ASSERT_TRUE(segment::append_record(write, record, place).has_value());
    }
    auto torn = whole + write + std::string(8192, '\0');
    const auto sector = (whole.size() / 512 + 1) * 512;
    torn.replace(sector, 512, 512, '\0');
    write_file(path, torn);

    const auto recovered = recover_now();

    EXPECT_TRUE(recovered.corrupt.empty());
    ASSERT_EQ(recovered.torn.size(), 1U);
    EXPECT_EQ(recovered.torn[0].bytes, write.size());
    EXPECT_EQ(read_file(path), whole);
}

TEST_F(SpoolRecoveryTest, ASegmentOfTheFormerFormIsRead) {
    auto file = segment::encode({.created = clock_.wall_now(), .source = "source"});
    file.replace(0, 8, "NPSPOOL1");
    for (const char* name : {"a", "b"}) {
        const auto value = R"({"name":")" + std::string{name} + "\"}";
        ASSERT_TRUE(
            segment::append_record(file, {.key = "k", .headers = {}, .value = value}).has_value()
        );
    }
    write_file(folder() / segment_name(1), file);

    const auto recovered = recover_now();

    ASSERT_EQ(recovered.segments.size(), 1U);
    EXPECT_EQ(recovered.segments[0].records, 2U);
    EXPECT_TRUE(recovered.torn.empty());
    EXPECT_TRUE(recovered.corrupt.empty());
    EXPECT_EQ(names_of(records_in(folder())), (std::vector<std::string>{"a", "b"}));
}

TEST_F(SpoolRecoveryTest, ASegmentOfALaterFormIsRefusedAndTheFolderIsLeftAlone) {
    run_once({"a"});
    const auto whole = read_file(segments_in(folder()).at(0));
    // What is mended otherwise stands before it and behind it.
    const std::map<std::filesystem::path, Bytes> there{
        {folder() / segment_name(1), whole + "torn"},
        {folder() / segment_name(2), Bytes{}},
        {folder() / segment_name(3), "NPSPOOL3" + whole.substr(8)},
        {folder() / (segment_name(3) + ".tmp"), "left"},
        {folder() / segment_name(4), whole.substr(0, 5)},
        {folder() / kSpareName, Bytes(100, '\0')}};
    for (const auto& [path, file] : there) {
        write_file(path, file);
    }
    PosixSpoolFiles files{folder().string()};

    const auto recovered = recover(files);

    ASSERT_FALSE(recovered.has_value());
    EXPECT_EQ(recovered.error().code, ErrorCode::invalid_configuration);
    const auto named = (folder() / segment_name(3)).string();
    for (const auto& part : {named, std::string{"form 3,"}, std::string{"forms up to 2;"}}) {
        EXPECT_NE(recovered.error().detail.find(part), std::string::npos) << part;
    }
    for (const auto& [path, file] : there) {
        EXPECT_EQ(read_file(path), file) << path;
    }
}

TEST_F(SpoolRecoveryTest, WhatALaterVersionSetAsideRefusesNothing) {
    run_once({"a"});
    write_file(folder() / (segment_name(7) + ".corrupt"), "NPSPOOL3");

    EXPECT_EQ(recover_now().segments.size(), 1U);
}

TEST_F(SpoolRecoveryTest, ASegmentWithoutAnEventGoes) {
    run_once({"a"});
    const auto path = segments_in(folder()).at(0);
    const auto whole = read_file(path);
    const auto header = segment::parse_header(whole)->size;
    for (const std::size_t size : {std::size_t{0}, std::size_t{5}, header, header + 9}) {
        write_file(path, whole.substr(0, size));
        const auto recovered = recover_now();
        EXPECT_TRUE(recovered.segments.empty()) << size;
        EXPECT_FALSE(std::filesystem::exists(path)) << size;
        EXPECT_EQ(recovered.next_number, 2U) << size;
    }
}

TEST_F(SpoolRecoveryTest, DamageInTheMiddleIsSetAsideAndTheRestIsKept) {
    run_once({"a", "b", "c"});
    const auto path = segments_in(folder()).at(0);
    auto damaged = read_file(path);
    damaged[ends().at(0) + 20] ^= 1;
    write_file(path, damaged);

    run_once({"d"});

    EXPECT_EQ(read_file(path.string() + ".corrupt"), damaged);
    EXPECT_TRUE(log_.has("NP-SPOOL-002"));
    const auto records = records_in(folder());
    EXPECT_EQ(names_of(records), (std::vector<std::string>{"a", "c", "d"}));
    const auto told = std::ranges::count_if(records, [&](const AuditRecord& record) {
        return header_of(record, "ce_type") == "io.numproof.integrity.v1" &&
               record.value.find(path.filename().string()) != std::string::npos;
    });
    EXPECT_EQ(told, 1);
    const auto report = verify_chain(crypto_, {key_}, records, DumpOrder::as_written);
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].fault, ChainFault::missing);
}

TEST_F(SpoolRecoveryTest, ADamagedHeaderCostsNoEvent) {
    run_once({"a", "b"});
    const auto path = segments_in(folder()).at(0);
    auto damaged = read_file(path);
    damaged[3] ^= 1;
    write_file(path, damaged);

    const auto recovered = recover_now();

    EXPECT_EQ(recovered.corrupt.size(), 1U);
    EXPECT_EQ(names_of(records_in(folder())), (std::vector<std::string>{"a", "b"}));
}

TEST_F(SpoolRecoveryTest, AnInterruptedRescueIsDoneAgain) {
    run_once({"a", "b", "c"});
    const auto path = segments_in(folder()).at(0);
    auto damaged = read_file(path);
    damaged[ends().at(0) + 20] ^= 1;
    write_file(path, damaged);
    write_file(path.string() + ".tmp", "half of it");
    write_file(path.string() + ".corrupt", damaged);

    const auto recovered = recover_now();

    EXPECT_EQ(recovered.corrupt.size(), 1U);
    EXPECT_EQ(names_of(records_in(folder())), (std::vector<std::string>{"a", "c"}));
    EXPECT_FALSE(std::filesystem::exists(path.string() + ".tmp"));
    EXPECT_TRUE(recover_now().corrupt.empty());
}

TEST_F(SpoolRecoveryTest, FilesThatAreNotOursAreLeftAlone) {
    write_file(folder() / "notes.txt", "hands off");
    write_file(folder() / "x.seg", "not a number");

    run_once({"a"});

    EXPECT_EQ(read_file(folder() / "notes.txt"), "hands off");
    EXPECT_EQ(read_file(folder() / "x.seg"), "not a number");
}

TEST_F(SpoolRecoveryTest, GoesOnWhereDeliveryStood) {
    run_once({"a", "b", "c"});
    const auto identity = recover_now().segments.at(0).identity;
    PosixSpoolFiles files{folder().string()};
    ASSERT_TRUE(save_progress(files, {.number = 1, .offset = ends()[1], .identity = identity}));

    const auto recovered = recover_now();

    EXPECT_EQ(recovered.segments.at(0).shipped, ends()[1]);
    EXPECT_EQ(recovered.segments.at(0).records, 2U);
}

TEST_F(SpoolRecoveryTest, ProgressThatIsNotCertainMeansFromTheBeginning) {
    run_once({"a", "b", "c"});
    const auto fresh = recover_now().segments.at(0);
    PosixSpoolFiles files{folder().string()};
    const ShippingProgress wrong[] = {
        {.number = 1, .offset = ends()[1], .identity = fresh.identity + 1},
        {.number = 1, .offset = ends()[1] + 1, .identity = fresh.identity},
        {.number = 1, .offset = 1'000'000, .identity = fresh.identity},
        {.number = 2, .offset = ends()[1], .identity = fresh.identity}};
    for (const auto& progress : wrong) {
        ASSERT_TRUE(save_progress(files, progress));
        EXPECT_EQ(recover_now().segments.at(0).shipped, fresh.header);
    }
    for (const char* text : {"", "1 2", "1 2 3", "a b c\n", "1 2 3\nx"}) {
        write_file(folder() / ".shipped", text);
        EXPECT_EQ(recover_now().segments.at(0).shipped, fresh.header) << text;
    }
}

TEST_F(SpoolRecoveryTest, AfterARescueEveryStartDeliversFromTheBeginning) {
    run_once({"a", "b", "c", "d"});
    const auto path = segments_in(folder()).at(0);
    const auto at = ends();
    ASSERT_EQ(at[1] - at[0], at[2] - at[1]) << "with other sizes this test would show nothing";
    const auto whole = recover_now().segments.at(0);
    PosixSpoolFiles files{folder().string()};
    ASSERT_TRUE(save_progress(files, {.number = 1, .offset = at[1], .identity = whole.identity}));
    auto damaged = read_file(path);
    damaged[at[0] + 20] ^= 1;
    write_file(path, damaged);

    for (int start = 0; start < 2; ++start) {
        const auto recovered = recover_now();
        EXPECT_EQ(recovered.segments.at(0).shipped, whole.header) << start;
        EXPECT_EQ(recovered.segments.at(0).records, whole.records - 1) << start;
    }
    EXPECT_EQ(recover_now().next_number, 2U);
}

TEST_F(SpoolRecoveryTest, NumbersOfDeliveredSegmentsAreNotUsedAgain) {
    PosixSpoolFiles files{folder().string()};
    ASSERT_TRUE(save_progress(files, {.number = 41, .offset = 1, .identity = 1}));

    EXPECT_EQ(recover_now().next_number, 42U);
}

}  // namespace
}  // namespace numproof
