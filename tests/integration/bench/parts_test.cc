// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <unistd.h>

#include "daemon/sessions/native_decoder.h"
#include "tools/numproof_bench/duration.h"
#include "tools/numproof_bench/latency_record.h"
#include "tools/numproof_bench/process_cost.h"
#include "tools/numproof_bench/report.h"
#include "tools/numproof_bench/session_records.h"
#include "tools/numproof_bench/target.h"

namespace numproof::bench {
namespace {

using ::testing::HasSubstr;

IpPrefix range(std::string_view text) {
    return IpPrefix::parse(text).value();
}

SessionEvent decoded(const SessionRecordText& text, WallTime time) {
    FeedRecord record;
    record.key = text.key;
    record.value = text.value;
    record.timestamp = time;
    return decode_native(record, DecoderTerms{}).value();
}

TEST(BenchDuration, ReadsUnitsAndTakesABareNumberForSeconds) {
    EXPECT_EQ(parse_duration("250ms"), Milliseconds{250});
    EXPECT_EQ(parse_duration("5"), Milliseconds{5'000});
    EXPECT_EQ(parse_duration("0"), Milliseconds{0});
    EXPECT_EQ(parse_duration("10m"), Milliseconds{600'000});
    EXPECT_EQ(parse_duration("2h"), Milliseconds{7'200'000});
    for (const auto* const bad : {"", "s", "-1s", "1.5s", "5 s", "5d", "99999999999h"}) {
        EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
    }
}

TEST(BenchSubscribers, EachHasANumberAndAnAddressOfItsOwn) {
    EXPECT_EQ(number_of(0), "+34700000000");
    EXPECT_EQ(number_of(99'999'999), "+34799999999");
    EXPECT_EQ(imsi_of(7), "214010000000007");
    EXPECT_EQ(address_of(range("127.64.0.0/10"), 0).to_text(), "127.64.0.1");
    EXPECT_EQ(address_of(range("127.64.0.0/10"), 255).to_text(), "127.64.1.0");
}

TEST(BenchSubscribers, ARangeHasRoomForAllButItsFirstAndLastAddress) {
    EXPECT_TRUE(check_room(range("10.0.0.0/24"), 254));
    EXPECT_EQ(check_room(range("10.0.0.0/24"), 255).error().code, ErrorCode::invalid_value);
    EXPECT_EQ(check_room(range("2001:db8::/32"), 1).error().code, ErrorCode::invalid_value);
}

TEST(BenchSubscribers, LiveInTheFirstIpv4RangeOfTheDefaultDomain) {
    DirectorySettings settings;
    settings.default_domain = "internet";
    settings.domains = {
        {.name = "ims", .devices = {range("10.1.0.0/16")}},
        {.name = "internet", .devices = {range("2001:db8::/32"), range("10.2.0.0/16")}}};

    EXPECT_EQ(home_of(settings)->range, range("10.2.0.0/16"));

    settings.default_domain = "none";
    EXPECT_EQ(home_of(settings).error().code, ErrorCode::invalid_configuration);
}

TEST(BenchSessions, ABindingIsWhatTheDaemonReads) {
    const auto time = wall_from_ms(1'795'341'600'000);
    const Home home{.domain = "internet", .range = range("127.64.0.0/10")};

    const auto event = decoded(bind_of(home, 4, time), time);

    const auto& bind = std::get<SessionBind>(event);
    EXPECT_EQ(bind.time, time);
    EXPECT_EQ(bind.msisdn, Msisdn::parse(number_of(4)).value());
    EXPECT_EQ(bind.imsi, Imsi::parse(imsi_of(4)).value());
    EXPECT_EQ(bind.access, Access::three_gpp);
    ASSERT_EQ(bind.held.size(), 1U);
    EXPECT_EQ(bind.held.front().domain, "internet");
    EXPECT_EQ(bind.held.front().prefix.to_text(), "127.64.0.5/32");
}

TEST(BenchSessions, AHeartbeatIsWhatTheDaemonReads) {
    const auto time = wall_from_ms(1'795'341'600'000);

    const auto event = decoded(heartbeat_of(time), time);

    EXPECT_EQ(std::get<Heartbeat>(event).time, time);
}

TEST(BenchLatencies, AQuantileIsOneOfTheSamples) {
    LatencyRecord record;
    EXPECT_EQ(record.quantile_us(0.5), std::nullopt);
    for (int i = 100; i > 0; --i) {
        record.add(std::chrono::microseconds{i});
    }

    EXPECT_DOUBLE_EQ(*record.quantile_us(0.50), 50.0);
    EXPECT_DOUBLE_EQ(*record.quantile_us(0.99), 99.0);
    EXPECT_DOUBLE_EQ(*record.quantile_us(1.0), 100.0);
    EXPECT_DOUBLE_EQ(*record.quantile_us(0.0), 1.0);
}

TEST(BenchLatencies, TheyAreKeptInTenthsOfAMicrosecond) {
    LatencyRecord record;
    record.add(std::chrono::nanoseconds{1'749});
    EXPECT_DOUBLE_EQ(*record.quantile_us(0.5), 1.7);
}

TEST(BenchReport, SaysNullForWhatWasNotMeasured) {
    Report report;
    report.name = "a";
    report.connections = 2;
    report.requests = 10;
    report.good = 8;
    report.seconds = 2;
    report.p50_us = 1.25;
    report.answers = {{"200", 8}, {"401", 2}};
    report.more = {{"lost", 0}};

    EXPECT_EQ(
        to_json(report),
        R"({"name":"a","connections":2,"requests":10,"seconds":2,"per_second":4,"p50_us":1.250,)"
        R"("p99_us":null,"server_us":null,"store_us":null,"rss_bytes":null,)"
        R"("answers":{"200":8,"401":2},"errors":2,"lost":0})"
        "\n"
    );
}

TEST(BenchProcessCost, ChargesWhatTheProcessUsed) {
    auto cost = ProcessCost::begin({getpid()}).value();
    const auto before = own_processor_time();
    while (own_processor_time() - before < std::chrono::milliseconds{30}) {
    }

    ASSERT_TRUE(cost.end());

    EXPECT_GE(*cost.us_for_each(10), 3'000 * 0.9);
    EXPECT_LT(*cost.us_for_each(10), 3'000 * 20.0);
    EXPECT_GT(*cost.resident_bytes(), 1'000'000U);
}

TEST(BenchProcessCost, NamesAProcessThatIsNotThere) {
    const int beyond_any = 1 << 30;

    const auto cost = ProcessCost::begin({beyond_any});

    EXPECT_EQ(cost.error().code, ErrorCode::invalid_value);
    EXPECT_THAT(cost.error().detail, HasSubstr(std::to_string(beyond_any)));
}

TEST(BenchProcessCost, WithoutProcessesThereIsNothingToTell) {
    auto cost = ProcessCost::begin({}).value();
    ASSERT_TRUE(cost.end());
    EXPECT_EQ(cost.us_for_each(10), std::nullopt);
    EXPECT_EQ(cost.resident_bytes(), std::nullopt);
}

TEST(BenchUrl, IsTakenApart) {
    const auto url = parse_url("http://[::1]:9091/a/b").value();
    EXPECT_EQ(url.host, "::1");
    EXPECT_EQ(url.port, "9091");
    EXPECT_EQ(url.authority, "[::1]:9091");
    EXPECT_EQ(url.path, "/a/b");
    EXPECT_EQ(parse_url("http://localhost").value().port, "80");
    EXPECT_EQ(parse_url("http://localhost").value().path, "/");
    for (const auto* const bad :
         {"", "localhost:9091", "https://localhost/", "http://", "http://:80/", "http://a:b/"}) {
        EXPECT_EQ(parse_url(bad).error().code, ErrorCode::invalid_value) << bad;
    }
}

}  // namespace
}  // namespace numproof::bench
