// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/shipper.h"

#include "tests/fakes/fake_audit_sink.h"
#include "tests/integration/spool/faulty_files.h"
#include "tests/integration/spool/spool_fixture.h"

namespace numproof {
namespace {

class ShipperTest : public SpoolFixture {
protected:
    static constexpr ShipperSettings kQuick{
        .batch_records = 50,
        .delivery = Milliseconds{1000},
        .backoff_min = Milliseconds{1},
        .backoff_max = Milliseconds{10}};

    static SpoolSettings small_segments() {
        SpoolSettings settings{.node = "np1"};
        settings.limits.segment_bytes = 4096;
        return settings;
    }

    void append_named(Spool& spool, const std::vector<std::string>& names) {
        for (const auto& name : names) {
            ASSERT_TRUE(append(spool, name).has_value());
        }
    }

    static std::vector<std::string> numbered(int count) {
        std::vector<std::string> names;
        for (int i = 0; i < count; ++i) {
            names.push_back(std::to_string(i));
        }
        return names;
    }

    bool wait_for(std::size_t count) {
        return loop_.run_until([this, count] { return sink_.count() >= count; });
    }

    /// Each name once, in the order of its first arrival.
    std::vector<std::string> arrived() const {
        std::vector<std::string> names;
        for (auto& name : names_of(sink_.records())) {
            if (std::ranges::find(names, name) == names.end()) {
                names.push_back(std::move(name));
            }
        }
        return names;
    }

    PosixSpoolFiles files_{folder().string()};
    FakeAuditSink sink_;
};

TEST_F(ShipperTest, DeliversInOrderAndTakesDeliveredSegmentsAway) {
    auto spool = start(files_, small_segments());
    Shipper shipper{*spool, sink_, parts(files_), kQuick};
    shipper.start();
    append_named(*spool, numbered(200));

    spool->stop();
    shipper.stop(soon());

    EXPECT_EQ(names_of(sink_.records()), numbered(200));
    expect_whole_chain(sink_.records());
    EXPECT_TRUE(segments_in(folder()).empty());
    EXPECT_LE(sink_.largest(), 50U);
    EXPECT_EQ(spool->index().bytes(), 0U);
    EXPECT_EQ(spool->metrics().delivered.value(), spool->metrics().accepted.value());
}

TEST_F(ShipperTest, ASinkThatFailsGetsEverythingOnceItRecovers) {
    sink_.fail_with(ErrorCode::broker_unavailable);
    auto spool = start(files_, small_segments());
    Shipper shipper{*spool, sink_, parts(files_), kQuick};
    shipper.start();
    append_named(*spool, numbered(100));
    ASSERT_TRUE(loop_.run_until([&] { return sink_.attempts() > 5; }));
    EXPECT_EQ(spool->index().backlog().records, 100U);

    sink_.work();
    spool->stop();
    shipper.stop(soon());

    EXPECT_EQ(arrived(), numbered(100));
    EXPECT_EQ(spool->index().backlog().records, 0U);
    EXPECT_GT(spool->metrics().retried.value(), 0U);
    EXPECT_TRUE(log_.has("NP-SPOOL-006"));
    EXPECT_TRUE(log_.has("NP-SPOOL-007"));
    const auto report = verify_chain(crypto_, {key_}, sink_.records(), DumpOrder::by_sequence);
    EXPECT_TRUE(report.findings.empty());
}

TEST_F(ShipperTest, WhatASinkNeverTookStaysForTheNextStart) {
    sink_.fail_with(ErrorCode::broker_unavailable);
    {
        PosixSpoolFiles before{folder().string()};
        auto spool = start(before);
        Shipper shipper{*spool, sink_, parts(before), kQuick};
        shipper.start();
        append_named(*spool, {"a", "b"});
        spool->stop();
        shipper.stop(soon(Milliseconds{50}));
    }
    PosixSpoolFiles again{folder().string()};
    FakeAuditSink better;
    auto spool = start(again);
    Shipper shipper{*spool, better, parts(again), kQuick};
    shipper.start();
    append_named(*spool, {"c"});
    spool->stop();
    shipper.stop(soon());

    EXPECT_EQ(names_of(better.records()), (std::vector<std::string>{"a", "b", "c"}));
    const auto report = verify_chain(crypto_, {key_}, better.records(), DumpOrder::as_written);
    EXPECT_TRUE(report.findings.empty());
    EXPECT_EQ(report.sources, 2U);
    EXPECT_EQ(spool->metrics().recovered.value(), 3U) << "two events and a checkpoint";
}

TEST_F(ShipperTest, AFullSpoolTakesEventsAgainOnceItIsDelivered) {
    sink_.fail_with(ErrorCode::broker_unavailable);
    auto settings = small_segments();
    settings.limits.bytes_max = 6000;
    auto spool = start(files_, settings);
    Shipper shipper{*spool, sink_, parts(files_), kQuick};
    shipper.start();
    while (append(*spool, "x").has_value()) {
    }

    sink_.work();

    EXPECT_TRUE(loop_.run_until([&] { return append(*spool, "again").has_value(); }));
    EXPECT_TRUE(loop_.run_until([&] { return log_.has("NP-SPOOL-005"); }));
}

TEST_F(ShipperTest, DamageThatAppearsWhileItWaitsCostsThatEventAlone) {
    sink_.fail_with(ErrorCode::broker_unavailable);
    auto spool = start(files_, {.node = "np1", .fresh_bytes = 0});
    append_named(*spool, {"a", "b", "c"});
    const auto path = segments_in(folder()).at(0);
    auto file = read_file(path);
    const auto first = segment::scan(file, segment::parse_header(file)->size, 1).good_end;
    file[first + 30] ^= 1;
    write_file(path, file);
    Shipper shipper{*spool, sink_, parts(files_), kQuick};
    sink_.work();
    shipper.start();
    ASSERT_TRUE(wait_for(3)) << "two of three, and the integrity event";

    spool->stop();
    shipper.stop(soon());

    EXPECT_EQ(names_of(sink_.records()), (std::vector<std::string>{"a", "c"}));
    EXPECT_TRUE(std::filesystem::exists(path.string() + ".corrupt"));
    EXPECT_TRUE(log_.has("NP-SPOOL-002"));
}

TEST_F(ShipperTest, WhatIsFreshIsNotReadBack) {
    FaultyFiles files{folder().string()};
    auto spool = start(files, small_segments());
    files.faults.read = true;
    Shipper shipper{*spool, sink_, parts(files), kQuick};
    shipper.start();
    append_named(*spool, numbered(100));

    spool->stop();
    shipper.stop(soon());

    EXPECT_EQ(names_of(sink_.records()), numbered(100));
    expect_whole_chain(sink_.records());
    EXPECT_FALSE(log_.has("NP-SPOOL-009"));
}

TEST_F(ShipperTest, WhatIsNoLongerFreshComesFromTheDiskInOrder) {
    for (const std::size_t fresh : {0U, 1000U, 3000U, 20'000U}) {
        FakeAuditSink sink;
        sink.fail_with(ErrorCode::broker_unavailable);
        PosixSpoolFiles files{folder().string()};
        auto settings = small_segments();
        settings.fresh_bytes = fresh;
        auto spool = start(files, settings);
        Shipper shipper{*spool, sink, parts(files), kQuick};
        shipper.start();
        const auto names = numbered(120);
        append_named(*spool, {names.begin(), names.begin() + 60});
        ASSERT_TRUE(loop_.run_until([&] { return sink.attempts() > 2; }));
        sink.work();
        append_named(*spool, {names.begin() + 60, names.end()});
        spool->stop();
        shipper.stop(soon());

        std::vector<AuditRecord> records;
        for (const auto& record : sink.records()) {
            if (std::ranges::find(records, record) == records.end()) {
                records.push_back(record);
            }
        }
        EXPECT_EQ(names_of(records), names) << fresh;
        expect_whole_chain(records);
        EXPECT_FALSE(log_.has("NP-SPOOL-002")) << fresh;
        EXPECT_TRUE(segments_in(folder()).empty()) << fresh;
    }
}

TEST_F(ShipperTest, EventsAreGatheredButNotTheFirstNorTheLast) {
    auto settings = kQuick;
    settings.gather = Milliseconds{3'600'000};
    auto spool = start(files_);
    Shipper shipper{*spool, sink_, parts(files_), settings};
    shipper.start();
    append_named(*spool, {"first"});
    ASSERT_TRUE(wait_for(1));
    append_named(*spool, numbered(40));
    EXPECT_EQ(sink_.count(), 1U);

    spool->stop();
    shipper.stop(soon());

    EXPECT_EQ(sink_.attempts(), 2);
    EXPECT_EQ(names_of(sink_.records()).size(), 41U);
    expect_whole_chain(sink_.records());
}

TEST_F(ShipperTest, NothingIsGatheredWhileMoreThanADeliveryWaits) {
    auto settings = kQuick;
    settings.gather = Milliseconds{3'600'000};
    auto spool = start(files_);
    append_named(*spool, numbered(149));
    Shipper shipper{*spool, sink_, parts(files_), settings};
    shipper.start();

    ASSERT_TRUE(wait_for(100)) << "50 at once, 50 because 99 wait; then 49 are gathered";
}

TEST_F(ShipperTest, TellsHowOldTheOldestWaitingEventIs) {
    auto spool = start(files_);
    append_named(*spool, {"a"});
    std::vector<Sample> samples;
    ASSERT_TRUE(loop_.run_until([&] {
        samples.clear();
        spool->metrics().collect(samples);
        return samples.at(2).value > 0.01;
    }));

    EXPECT_EQ(samples.at(0).name, "numproof_audit_spool_bytes");
    EXPECT_GT(samples.at(0).value, 100);
    EXPECT_EQ(samples.at(1).name, "numproof_audit_spool_records");
    EXPECT_EQ(samples.at(1).value, 1);
    EXPECT_EQ(samples.at(2).name, "numproof_audit_spool_oldest_age_seconds");
}

TEST_F(ShipperTest, BeatsWhileItLives) {
    auto spool = start(files_);
    Shipper shipper{*spool, sink_, parts(files_), kQuick};
    shipper.start();

    EXPECT_TRUE(loop_.run_until([&] { return shipper.beats() > 1; }));
}

}  // namespace
}  // namespace numproof
