// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/native_decoder.h"

#include <gtest/gtest.h>

namespace numproof {
namespace {

const WallTime kNow = wall_from_ms(1795341600000);  // 2026-11-22T10:00:00Z

Result<SessionEvent> decode(const std::string& json, const DecoderTerms& terms = {}) {
    const FeedRecord record{.at = {}, .timestamp = kNow, .key = "k", .value = json};
    return decode_native(record, terms);
}

std::string bind_with(const std::string& more) {
    return R"({"op":"bind","time":1795341600000,"source":"s","session":"1","access":"3gpp")" +
           more + "}";
}

TEST(NativeDecoder, ReadsTheWholeOfABind) {
    const auto event = decode(
        R"({"op":"bind","time":"2026-11-22T10:00:00.120Z","source":"smf-1",
        "session":"214010000000001-5","msisdn":"+34600000001","imsi":"214010000000001",
        "domain":"corporate","ipv4":"10.45.0.7","ports":[20000,29999],
        "ipv6_prefix":"2001:db8:45:7::/64","access":"non_3gpp","interim_interval":600,
        "something_new":{"a":[1,2]}})"
    );

    ASSERT_TRUE(event.has_value()) << event.error().detail;
    const auto& bind = std::get<SessionBind>(*event);
    EXPECT_EQ(bind.time, kNow + Milliseconds{120});
    EXPECT_EQ(bind.extent, SessionBind::Extent::whole);
    EXPECT_EQ(bind.name, (SessionName{.source = "smf-1", .session = "214010000000001-5"}));
    EXPECT_EQ(bind.msisdn, Msisdn::parse("+34600000001").value());
    EXPECT_EQ(bind.imsi, Imsi::parse("214010000000001").value());
    EXPECT_EQ(bind.access, Access::non_three_gpp);
    EXPECT_EQ(bind.interim_interval, std::chrono::seconds{600});
    ASSERT_EQ(bind.held.size(), 2U);
    EXPECT_EQ(bind.held[0].domain, "corporate");
    EXPECT_EQ(bind.held[0].ports, (PortRange{.low = 20000, .high = 29999}));
    EXPECT_EQ(bind.held[1].prefix, IpPrefix::parse("2001:db8:45:7::/64").value());
}

TEST(NativeDecoder, TakesThePlainFormsThatFeedsWrite) {
    const auto event =
        decode(bind_with(R"(,"msisdn":"34600000001","ipv6_prefix":"2001:db8::1","imsi":null)"));

    ASSERT_TRUE(event.has_value()) << event.error().detail;
    const auto& bind = std::get<SessionBind>(*event);
    EXPECT_EQ(bind.msisdn, Msisdn::parse("+34600000001").value());
    EXPECT_FALSE(bind.imsi.has_value());
    EXPECT_EQ(bind.held.at(0).domain, "internet");
    EXPECT_EQ(bind.held.at(0).prefix.length(), 128U);
}

TEST(NativeDecoder, ReadsWhatARebindRemoves) {
    const auto event = decode(
        R"({"op":"rebind","time":1795341600000,"source":"s","session":"1","access":"3gpp",
        "ipv4":"10.0.0.2","removed":["10.0.0.1","2001:db8::/64"]})"
    );

    ASSERT_TRUE(event.has_value()) << event.error().detail;
    const auto& bind = std::get<SessionBind>(*event);
    EXPECT_EQ(bind.extent, SessionBind::Extent::change);
    EXPECT_EQ(bind.removed.size(), 2U);
}

TEST(NativeDecoder, ReadsEveryOtherOp) {
    const std::string rest = R"("time":1795341600000,"source":"s","session":"1"})";

    EXPECT_TRUE(std::holds_alternative<SessionRefresh>(decode(R"({"op":"refresh",)" + rest).value())
    );
    EXPECT_TRUE(std::holds_alternative<SessionRelease>(decode(R"({"op":"release",)" + rest).value())
    );
    EXPECT_TRUE(std::holds_alternative<GatewayReset>(decode(R"({"op":"reset",)" + rest).value()));
    EXPECT_TRUE(std::holds_alternative<Heartbeat>(decode(R"({"op":"heartbeat",)" + rest).value()));
    const auto change = decode(
        R"({"op":"subscriber","time":1795341600000,"imsi":"214010000000001",
        "msisdn":"+34600000001","state":"ported_out","sim_changed":true})"
    );
    ASSERT_TRUE(change.has_value());
    EXPECT_EQ(std::get<SubscriberChange>(*change).state, SubscriberState::ported_out);
    EXPECT_TRUE(std::get<SubscriberChange>(*change).sim_changed);
}

TEST(NativeDecoder, RefusesWhatDoesNotFitAndSaysWhyWithoutQuotingIt) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "empty"},
        {"{", "not_json"},
        {"\xff\xfe", "not_json"},
        {"{\"op\":\"bind\",\"x\":\"\xc3\"}", "not_json"},
        {"[]", "not_an_object"},
        {"{}", "no_op"},
        {R"({"op":5})", "no_op"},
        {R"({"op":"dance"})", "unknown_op"},
        {R"({"op":"reset","op":"reset"})", "duplicate_key"},
        {R"({"op":"reset","\u006fp":"reset"})", "duplicate_key"},
        {R"({"op":"reset","x":[{"a":1,"a":1}]})", "duplicate_key"},
        {R"({"op":"reset","source":"s"})", "bad_time"},
        {R"({"op":"reset","source":"s","time":-1})", "bad_time"},
        {R"({"op":"reset","source":"s","time":1.5})", "bad_time"},
        {R"({"op":"reset","source":"s","time":"yesterday"})", "bad_time"},
        {R"({"op":"reset","source":"s","time":"2026-11-22T10:00:00"})", "bad_time"},
        {R"({"op":"reset","source":"s","time":"2026-02-30T10:00:00Z"})", "bad_time"},
        {R"({"op":"reset","source":"s","time":1795341900001})", "time_in_future"},
        {R"({"op":"reset","time":1795341600000})", "bad_source"},
        {R"({"op":"reset","time":1795341600000,"source":""})", "bad_source"},
        {R"({"op":"reset","time":1795341600000,"source":"a\u0000b"})", "bad_source"},
        {R"({"op":"refresh","time":1795341600000,"source":"s"})", "bad_session"},
        {bind_with(R"(,"msisdn":"0123")"), "bad_msisdn"},
        {bind_with(R"(,"msisdn":34600000001)"), "bad_msisdn"},
        {bind_with(R"(,"imsi":"12"})"), "not_json"},
        {bind_with(R"(,"imsi":"12")"), "bad_imsi"},
        {bind_with(R"(,"domain":"a:b")"), "bad_domain"},
        {bind_with(R"(,"ipv4":"10.0.0.0/24")"), "bad_ipv4"},
        {bind_with(R"(,"ipv4":"2001:db8::1")"), "bad_ipv4"},
        {bind_with(R"(,"ipv6_prefix":"2001::/16")"), "bad_ipv6_prefix"},
        {bind_with(R"(,"ipv6_prefix":"10.0.0.1")"), "bad_ipv6_prefix"},
        {bind_with(R"(,"ports":[1,2])"), "bad_ports"},
        {bind_with(R"(,"ipv4":"10.0.0.1","ports":[2,1])"), "bad_ports"},
        {bind_with(R"(,"ipv4":"10.0.0.1","ports":[1,65536])"), "bad_ports"},
        {bind_with(R"(,"ipv4":"10.0.0.1","ports":[1])"), "bad_ports"},
        {bind_with(R"(,"interim_interval":0)"), "bad_interim_interval"},
        {R"({"op":"bind","time":1795341600000,"source":"s","session":"1"})", "bad_access"},
        {R"({"op":"subscriber","time":1795341600000,"msisdn":"+34600000001"})", "bad_imsi"},
        {R"({"op":"subscriber","time":1795341600000,"imsi":"214010000000001"})", "bad_msisdn"},
        {R"({"op":"subscriber","time":1795341600000,"imsi":"214010000000001",
           "msisdn":"+34600000001","state":"happy"})",
         "bad_state"},
    };
    for (const auto& [json, reason] : cases) {
        const auto event = decode(json);
        ASSERT_FALSE(event.has_value()) << json;
        EXPECT_EQ(event.error().detail, reason) << json;
    }
}

TEST(NativeDecoder, RefusesARecordOfMoreThan64KiB) {
    const auto event = decode(bind_with(R"(,"x":")" + std::string(65536, 'x') + "\""));

    EXPECT_EQ(event.error().detail, "too_large");
}

TEST(NativeDecoder, JudgesTheFutureByTheRecordsOwnTimestamp) {
    FeedRecord record{
        .at = {}, .timestamp = kNow + std::chrono::hours{24}, .key = "k", .value = {}};
    record.value = R"({"op":"reset","source":"s","time":)" +
                   std::to_string(epoch_ms(kNow + std::chrono::hours{24})) + "}";

    EXPECT_TRUE(decode_native(record, {}).has_value());
}

TEST(NativeDecoder, ReadsTimesOfAnyOffsetAndPrecision) {
    const std::vector<std::pair<std::string, std::int64_t>> cases{
        {"2026-11-22T10:00:00Z", 0},
        {"2026-11-22t10:00:00z", 0},
        {"2026-11-22T11:30:00+01:30", 0},
        {"2026-11-22T05:00:00-05:00", 0},
        {"2026-11-22T10:00:00.1Z", 100},
        {"2026-11-22T10:00:00.123999999Z", 123},
        {"2026-11-22T09:59:60Z", 0},
    };
    for (const auto& [text, ms] : cases) {
        const auto event = decode(R"({"op":"reset","source":"s","time":")" + text + "\"}");
        ASSERT_TRUE(event.has_value()) << text;
        EXPECT_EQ(std::get<GatewayReset>(*event).time, kNow + Milliseconds{ms}) << text;
    }
}

TEST(Numbering, ReadsNationalNumbersAndRefusesForeignOnes) {
    const Numbering spain{.country_code = "34", .national_prefix = "0", .ranges = {"+346"}};
    const Numbering any{.country_code = "", .national_prefix = "", .ranges = {}};

    EXPECT_EQ(read_number(spain, "600000001")->reveal(), "+34600000001");
    EXPECT_EQ(read_number(spain, "0600000001")->reveal(), "+34600000001");
    EXPECT_EQ(read_number(spain, "34600000001")->reveal(), "+34600000001");
    EXPECT_EQ(read_number(spain, "+34600000001")->reveal(), "+34600000001");
    EXPECT_EQ(read_number(spain, "+33600000001").error().code, ErrorCode::invalid_value);
    EXPECT_EQ(read_number(spain, "+34700000001").error().code, ErrorCode::invalid_value);
    EXPECT_EQ(read_number(any, "33600000001")->reveal(), "+33600000001");
    EXPECT_EQ(read_number(any, "0600000001").error().code, ErrorCode::malformed);
}

// Italian numbers have no prefix, and some begin as the country code does.
TEST(Numbering, LetsTheRangesTellNationalFromInternational) {
    const auto italy = [](std::vector<std::string> ranges) {
        return Numbering{.country_code = "39", .national_prefix = "", .ranges = std::move(ranges)};
    };
    const auto narrow = italy({"+39392", "+39320"});
    EXPECT_EQ(read_number(narrow, "3921234567")->reveal(), "+393921234567");
    EXPECT_EQ(read_number(narrow, "393921234567")->reveal(), "+393921234567");
    EXPECT_EQ(read_number(narrow, "3201234567")->reveal(), "+393201234567");
    EXPECT_EQ(read_number(narrow, "393201234567")->reveal(), "+393201234567");
    EXPECT_EQ(read_number(narrow, "3931234567").error().code, ErrorCode::invalid_value);
    // Nothing tells them apart: digits are international, as 3GPP writes them.
    EXPECT_EQ(read_number(italy({"+39"}), "393921234567")->reveal(), "+393921234567");
    EXPECT_EQ(read_number(italy({}), "393921234567")->reveal(), "+393921234567");
    EXPECT_EQ(read_number(italy({}), "+393921234567")->reveal(), "+393921234567");
    EXPECT_EQ(read_number(italy({}), "3201234567")->reveal(), "+393201234567");
}

}  // namespace
}  // namespace numproof
