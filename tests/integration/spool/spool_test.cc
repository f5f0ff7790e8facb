// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/spool.h"

#include <set>

#include <sys/stat.h>

#include "tests/integration/spool/faulty_files.h"
#include "tests/integration/spool/spool_fixture.h"

namespace numproof {
namespace {

/// Answers of appends that run at the same time.
struct Answers {
    int good = 0;
    std::vector<ErrorCode> bad;

    void add(const Result<void>& answer) {
        if (answer) {
            ++good;
        } else {
            bad.push_back(answer.error().code);
        }
    }

    [[nodiscard]] int all() const { return good + static_cast<int>(bad.size()); }
};

class SpoolTest : public SpoolFixture {
protected:
    void append_many(AuditLog& log, int count, Answers& answers) {
        for (int i = 0; i < count; ++i) {
            spawn(log.append(entry(std::to_string(i)), soon()), [&answers](const Result<void>& a) {
                answers.add(a);
            });
        }
    }

    /// While one of `faults` is on, no segment can be begun; afterwards one can.
    void expect_to_begin_after(Spool& spool, std::initializer_list<std::atomic<bool>*> faults) {
        for (auto* const fault : faults) {
            *fault = true;
            EXPECT_FALSE(append(spool, "failed").has_value());
            *fault = false;
        }
        EXPECT_TRUE(append(spool, "good").has_value());
        EXPECT_EQ(names_of(records_in(folder())), std::vector<std::string>{"good"});
        EXPECT_EQ(segments_in(folder()).size(), 1U);
    }

    /// Of segments and of what is prepared.
    std::uint64_t bytes_on_disk() const {
        std::uint64_t sum = 0;
        for (const auto& path : segments_in(folder())) {
            sum += std::filesystem::file_size(path);
        }
        std::error_code gone;
        const auto spare = std::filesystem::file_size(folder() / kSpareName, gone);
        return gone ? sum : sum + spare;
    }

    FaultyFiles files_{folder().string()};
};

TEST_F(SpoolTest, AnEventIsOnDiskWhenItIsAnswered) {
    const auto spool = start(files_);

    ASSERT_TRUE(append(*spool, "one").has_value());

    EXPECT_EQ(names_of(records_in(folder())), std::vector<std::string>{"one"});
    EXPECT_EQ(spool->metrics().accepted.value(), 1U);
}

TEST_F(SpoolTest, EventsOfManyAppendsShareASync) {
    std::atomic<bool> open{false};
    std::atomic<bool> waiting{false};
    files_.faults.before_sync = [&] {
        waiting = true;
        while (!open) {
            std::this_thread::yield();
        }
    };
    const auto spool = start(files_);
    SpoolAuditLog log{*spool, loop_, clock_};
    Answers answers;
    append_many(log, 1, answers);
    ASSERT_TRUE(loop_.run_until([&] { return waiting.load(); }));

    append_many(log, 500, answers);
    open = true;
    ASSERT_TRUE(loop_.run_until([&] { return answers.all() == 501; }));

    EXPECT_EQ(answers.good, 501);
    EXPECT_EQ(files_.faults.syncs.load(), 3) << "one for the segment's header, two for 501 events";
    EXPECT_EQ(names_of(records_in(folder())).size(), 501U);
}

TEST_F(SpoolTest, WritesOneChainThatEndsInACheckpoint) {
    auto spool = start(files_);
    SpoolAuditLog log{*spool, loop_, clock_};
    Answers answers;
    append_many(log, 2500, answers);
    ASSERT_TRUE(loop_.run_until([&] { return answers.all() == 2500; }));

    spool->stop();

    const auto records = records_in(folder());
    const auto report = verify_chain(crypto_, {key_}, records, DumpOrder::as_written);
    EXPECT_TRUE(report.findings.empty());
    EXPECT_EQ(report.events, 2503U);
    EXPECT_EQ(report.checkpoints, 3U);
    EXPECT_EQ(report.unsealed, 0U);
    EXPECT_EQ(header_of(records[0], "ce_source"), spool->source());
    EXPECT_EQ(header_of(records[1000], "ce_type"), "io.numproof.checkpoint.v1");
}

TEST_F(SpoolTest, ALongSpoolIsManySegments) {
    SpoolSettings settings{.node = "np1"};
    settings.limits.segment_bytes = 4096;
    auto spool = start(files_, settings);
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(append(*spool, std::to_string(i)).has_value());
    }
    spool->stop();

    EXPECT_GT(segments_in(folder()).size(), 3U);
    EXPECT_EQ(names_of(records_in(folder())).size(), 50U);
    expect_whole_chain(records_in(folder()));
}

TEST_F(SpoolTest, AFullSpoolRefusesAndWritesNothingByHalves) {
    SpoolSettings settings{.node = "np1"};
    settings.limits.bytes_max = 8192;
    auto spool = start(files_, settings);
    Answers answers;
    EXPECT_TRUE(spool->taking());
    for (int i = 0; i < 40; ++i) {
        answers.add(append(*spool, std::to_string(i)));
    }
    EXPECT_FALSE(spool->taking());
    spool->stop();

    EXPECT_GT(answers.good, 5);
    ASSERT_FALSE(answers.bad.empty());
    for (const auto code : answers.bad) {
        EXPECT_EQ(code, ErrorCode::spool_full);
    }
    EXPECT_LE(spool->index().bytes(), 8192U);
    EXPECT_EQ(names_of(records_in(folder())).size(), static_cast<std::size_t>(answers.good));
    EXPECT_EQ(spool->metrics().denied.value(), answers.bad.size());
    expect_whole_chain(records_in(folder()));
    EXPECT_TRUE(log_.has("NP-SPOOL-003"));
}

TEST_F(SpoolTest, AnotherBoundHoldsAtOnce) {
    SpoolSettings settings{.node = "np1"};
    settings.limits.bytes_max = 8192;
    auto spool = start(files_, settings);
    while (append(*spool, "before").has_value()) {
    }
    ASSERT_FALSE(spool->taking());

    spool->adopt({.key = key_, .bytes_max = 1U << 20U});
    EXPECT_TRUE(spool->taking());
    int more = 0;
    while (more < 100 && append(*spool, "more").has_value()) {
        ++more;
    }
    EXPECT_EQ(more, 100);
    EXPECT_GT(spool->index().bytes(), 8192U);

    spool->adopt({.key = key_, .bytes_max = 8192});
    EXPECT_FALSE(append(*spool, "after").has_value());
    spool->stop();
    expect_whole_chain(records_in(folder()));
}

TEST_F(SpoolTest, AnotherKeySignsFromThereOnAndTheChainGoesOn) {
    const auto other = name_key(crypto_, SecretKey{std::string(32, 'o')});
    auto spool = start(files_);
    ASSERT_TRUE(append(*spool, "before").has_value());
    spool->adopt({.key = other, .bytes_max = 1U << 20U});
    ASSERT_TRUE(append(*spool, "after").has_value());
    spool->stop();

    const auto records = records_in(folder());
    const auto both = verify_chain(crypto_, {key_, other}, records, DumpOrder::as_written);
    EXPECT_TRUE(both.findings.empty());
    EXPECT_EQ(both.sources, 1U);
    EXPECT_EQ(both.checkpoints, 1U);
    EXPECT_EQ(verify_chain(crypto_, {other}, records, DumpOrder::as_written).checkpoints, 1U);
    EXPECT_EQ(verify_chain(crypto_, {key_}, records, DumpOrder::as_written).checkpoints, 0U);
}

TEST_F(SpoolTest, AnEventThatNoSegmentCouldHoldIsRefusedAlone) {
    const auto spool = start(files_);

    EXPECT_FALSE(append(*spool, std::string(segment::kRecordMax, 'x')).has_value());
    EXPECT_TRUE(append(*spool, "small").has_value());
}

TEST_F(SpoolTest, TheQueueIsBounded) {
    auto opened = Spool::open(parts(files_), {.node = "np1", .limits = {}, .queue_max = 10});
    ASSERT_TRUE(opened.has_value());
    SpoolAuditLog log{**opened, loop_, clock_};
    Answers answers;

    append_many(log, 15, answers);
    ASSERT_TRUE(loop_.run_until([&] { return answers.all() == 5; }));

    EXPECT_EQ(answers.bad, std::vector(5, ErrorCode::queue_full));
    (*opened)->start();
    ASSERT_TRUE(loop_.run_until([&] { return answers.good == 10; }));
}

TEST_F(SpoolTest, AnEventThatIsNotBegunByItsDeadlineIsGivenUpForCertain) {
    auto opened = Spool::open(parts(files_), {.node = "np1"});
    ASSERT_TRUE(opened.has_value());
    auto& spool = **opened;
    SpoolAuditLog log{spool, loop_, clock_};

    const auto answer = loop_.run(log.append(entry("late"), soon(Milliseconds{30})));
    spool.start();
    const auto next = append(spool, "next");
    spool.stop();

    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::deadline_exceeded);
    EXPECT_TRUE(next.has_value());
    EXPECT_EQ(names_of(records_in(folder())), std::vector<std::string>{"next"});
}

TEST_F(SpoolTest, WhatWaitsWhenItStopsIsStillWritten) {
    auto spool = start(files_);
    SpoolAuditLog log{*spool, loop_, clock_};
    Answers answers;
    append_many(log, 100, answers);
    bool handed_over = false;
    loop_.post([&] { handed_over = true; });
    ASSERT_TRUE(loop_.run_until([&] { return handed_over; }));

    spool->stop();

    ASSERT_TRUE(loop_.run_until([&] { return answers.all() == 100; }));
    EXPECT_EQ(answers.good, 100);
    const auto after = loop_.run(log.append(entry("after"), soon()));
    EXPECT_EQ(after.error().code, ErrorCode::closed);
}

TEST_F(SpoolTest, TwoProcessesCannotShareAFolder) {
    const auto spool = start(files_);
    PosixSpoolFiles others{folder().string()};

    const auto second = Spool::open(parts(others), {.node = "np2"});

    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::invalid_configuration);
    EXPECT_NE(second.error().detail.find(folder().string()), std::string::npos);
}

TEST_F(SpoolTest, AMissingFolderIsNamed) {
    PosixSpoolFiles nowhere{"/nonexistent/spool"};

    const auto spool = Spool::open(parts(nowhere), {.node = "np1"});

    ASSERT_FALSE(spool.has_value());
    EXPECT_NE(spool.error().detail.find("/nonexistent/spool"), std::string::npos);
}

TEST_F(SpoolTest, OnlyTheOwnerCanReadTheFiles) {
    const auto spool = start(files_);
    ASSERT_TRUE(append(*spool, "one").has_value());

    for (const auto& file : std::filesystem::directory_iterator{folder()}) {
        struct stat status {};

        ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0600U) << file.path();
    }
}

TEST_F(SpoolTest, BeatsWhileItLives) {
    const auto spool = start(files_);
    const auto before = spool->beats();

    EXPECT_TRUE(loop_.run_until([&] { return spool->beats() > before; }));
}

TEST_F(SpoolTest, AFailedWriteIsToldAndLeavesNoTrace) {
    const auto spool = start(files_);
    ASSERT_TRUE(append(*spool, "before").has_value());
    std::atomic<bool>* const faults[] = {&files_.faults.write, &files_.faults.sync};
    for (auto* const fault : faults) {
        *fault = true;
        const auto failed = append(*spool, "failed");
        *fault = false;
        ASSERT_FALSE(failed.has_value());
        EXPECT_EQ(failed.error().code, ErrorCode::io_failure);
        EXPECT_TRUE(append(*spool, "after").has_value());
    }

    const std::vector<std::string> kept{"before", "after", "after"};
    EXPECT_EQ(names_of(records_in(folder())), kept);
    expect_whole_chain(records_in(folder()));
    EXPECT_TRUE(log_.has("NP-SPOOL-004"));
    EXPECT_EQ(spool->metrics().denied.value(), 2U);
}

TEST_F(SpoolTest, WhenTheTailIsUncertainANewChainBegins) {
    auto spool = start(files_);
    ASSERT_TRUE(append(*spool, "before").has_value());
    files_.faults.sync = true;
    files_.faults.truncate = true;
    EXPECT_FALSE(append(*spool, "uncertain").has_value());
    files_.faults.sync = false;
    files_.faults.truncate = false;

    ASSERT_TRUE(append(*spool, "after").has_value());
    spool->stop();

    const auto records = records_in(folder());
    const std::vector<std::string> found{"before", "uncertain", "after"};
    EXPECT_EQ(names_of(records), found);
    expect_whole_chain(records);
    std::set<std::string_view> sources;
    for (const auto& record : records) {
        sources.insert(header_of(record, "ce_source"));
    }
    EXPECT_EQ(sources.size(), 2U);
}

TEST_F(SpoolTest, ASegmentThatCannotBeBegunIsTriedAnew) {
    files_.faults.create = true;  // Nothing is prepared either.
    const auto spool = start(files_);
    expect_to_begin_after(
        *spool,
        {&files_.faults.create,
         &files_.faults.write,
         &files_.faults.sync,
         &files_.faults.sync_folder}
    );
}

TEST_F(SpoolTest, APreparedSegmentThatCannotBeBegunIsTriedAnew) {
    const auto spool = start(files_);
    ASSERT_TRUE(std::filesystem::exists(folder() / kSpareName));
    expect_to_begin_after(
        *spool,
        {&files_.faults.rename,
         &files_.faults.write,
         &files_.faults.sync,
         &files_.faults.sync_folder}
    );
}

TEST_F(SpoolTest, ASegmentKeepsItsSizeWhileItGrows) {
    SpoolSettings settings{.node = "np1"};
    settings.limits.segment_bytes = 65'536;
    auto spool = start(files_, settings);
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(append(*spool, std::to_string(i)).has_value());
        ASSERT_EQ(std::filesystem::file_size(segments_in(folder()).at(0)), 65'536U) << i;
    }
    ASSERT_TRUE(loop_.run_until([&] { return spool->index().bytes() == 2 * 65'536; }))
        << "the next one is prepared, and counts";
    spool->stop();

    ASSERT_EQ(segments_in(folder()).size(), 1U);
    EXPECT_EQ(std::filesystem::file_size(segments_in(folder()).at(0)), spool->index().bytes());
    EXPECT_LT(spool->index().bytes(), 65'536U);
    EXPECT_FALSE(std::filesystem::exists(folder() / kSpareName));
    EXPECT_EQ(names_of(records_in(folder())).size(), 20U);
}

TEST_F(SpoolTest, WhatIsPreparedIsWithinTheBound) {
    SpoolSettings settings{.node = "np1"};
    settings.limits.bytes_max = 128 * 1024;
    auto spool = start(files_, settings);
    std::uint64_t good = 0;
    while (append(*spool, std::string(500, 'x')).has_value()) {
        ++good;
        ASSERT_LE(spool->index().bytes(), settings.limits.bytes_max);
        ASSERT_LE(bytes_on_disk(), settings.limits.bytes_max);
    }
    spool->stop();

    EXPECT_GT(good * 500, settings.limits.bytes_max / 2);
    EXPECT_GT(segments_in(folder()).size(), 10U) << "segments in proportion";
    EXPECT_EQ(names_of(records_in(folder())).size(), good);
    expect_whole_chain(records_in(folder()));
}

TEST_F(SpoolTest, AnEventLargerThanASegmentHasOneOfItsOwn) {
    SpoolSettings settings{.node = "np1"};
    settings.limits.segment_bytes = 4096;
    auto spool = start(files_, settings);
    for (const std::size_t size : {10U, 9000U, 20U, 4096U, 4000U, 30U}) {
        ASSERT_TRUE(append(*spool, std::string(size, 'x')).has_value()) << size;
    }
    spool->stop();

    EXPECT_EQ(names_of(records_in(folder())).size(), 6U);
    expect_whole_chain(records_in(folder()));
}

TEST_F(SpoolTest, PreparingNeverTakesTheLastRoomOfADisk) {
    SpoolSettings settings{.node = "np1"};
    settings.limits.segment_bytes = 4096;
    files_.faults.room = 4 * 4096 - 1;
    auto spool = start(files_, settings);
    ASSERT_TRUE(append(*spool, "a").has_value());

    EXPECT_FALSE(std::filesystem::exists(folder() / kSpareName));
    EXPECT_LT(std::filesystem::file_size(segments_in(folder()).at(0)), 4096U);
    EXPECT_GT(PosixSpoolFiles{folder().string()}.room(), 0U);
    EXPECT_EQ(PosixSpoolFiles{"/nonexistent"}.room(), 0U);
}

TEST_F(SpoolTest, WithoutRoomToPrepareASegmentGrowsAsItIsWritten) {
    SpoolSettings settings{.node = "np1"};
    settings.limits.segment_bytes = 4096;
    files_.faults.prepare = true;
    auto spool = start(files_, settings);
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(append(*spool, std::to_string(i)).has_value());
        ASSERT_FALSE(std::filesystem::exists(folder() / kSpareName));
    }
    files_.faults.prepare = false;

    ASSERT_TRUE(loop_.run_until([&] {
        EXPECT_TRUE(append(*spool, "more").has_value());
        return std::filesystem::file_size(segments_in(folder()).back()) == 4096;
    })) << "prepared again";
    spool->stop();
    expect_whole_chain(records_in(folder()));
}

}  // namespace
}  // namespace numproof
