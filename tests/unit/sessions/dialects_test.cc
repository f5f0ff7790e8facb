// SPDX-License-Identifier: Apache-2.0
// What records of other dialects do to the directory: the decoder alone shows only half of it.
#include <gtest/gtest.h>

#include "daemon/sessions/gx_decoder.h"
#include "daemon/sessions/nsmf_decoder.h"
#include "daemon/sessions/radius_decoder.h"
#include "tests/unit/sessions/directory_fixture.h"

namespace numproof {
namespace {

using Decode = Result<std::vector<SessionEvent>> (*)(const FeedRecord&, const DecoderTerms&);

const std::string kFirst = "34600000001";
const std::string kSecond = "34600000002";

/// Records of one partition, brought into a directory as they come.
class DialectsTest : public testing::Test {
protected:
    void tell(Decode decode, const std::string& json, std::uint32_t lane = 1) {
        const FeedRecord record{
            .at = {.topic = "t", .partition = 0},
            .timestamp = directory_.clock.wall_now(),
            .key = {},
            .value = json};
        auto events = decode(record, terms_);
        ASSERT_TRUE(events.has_value()) << events.error().detail << " " << json;
        std::vector<PlacedEvent> placed;
        for (auto& event : *events) {
            const auto time = std::visit([](const auto& any) { return any.time; }, event);
            placed.push_back(
                {.event = std::move(event), .at = {.time = time, .lane = lane, .offset = ++offset_}}
            );
        }
        ASSERT_TRUE(directory_.apply(std::move(placed)).has_value());
    }

    /// An Accounting-Request of pgw-1, `second` seconds after the tests' clock began.
    void radius(double second, const std::string& status, const std::string& more) {
        tell(decode_radius, accounting(second, status, more));
    }

    static std::string accounting(
        double second, const std::string& status, const std::string& more
    ) {
        return R"({"NAS-Identifier":"pgw-1","Acct-Status-Type":")" + status +
               R"(","Event-Timestamp":)" + std::to_string(epoch_ms(at_second(second)) / 1000) +
               (more.empty() ? "" : "," + more) + "}";
    }

    static std::string session(const std::string& id, const std::string& number = kFirst) {
        return R"("Acct-Session-Id":")" + id + R"(","Calling-Station-Id":")" + number +
               R"(","Framed-IP-Address":"10.0.0.1")";
    }

    std::string ask(const std::string& address = "10.0.0.1", std::uint16_t port = 0) {
        return directory_.ask(address, port);
    }

    void swap_sim_of_first(double second) {
        const SubscriberChange swap{
            .time = at_second(second),
            .imsi = Imsi::parse("214010000000002").value(),
            .msisdn = Msisdn::parse("+34600000001").value(),
            .state = SubscriberState::active,
            .sim_changed = true};
        const EventPosition at{.time = swap.time, .lane = 9, .offset = 1};
        ASSERT_TRUE(directory_.apply({{.event = swap, .at = at}}).has_value());
    }

    Directory directory_;
    DecoderTerms terms_{.default_domain = "internet", .one_domain = true, .numbering = {}};

private:
    std::int64_t offset_ = 0;
};

TEST_F(DialectsTest, RadiusStartProvesAndStopEnds) {
    radius(0, "Start", session("a"));
    EXPECT_EQ(ask(), "+34600000001");
    radius(60, "Stop", R"("Acct-Session-Id":"a")");
    EXPECT_EQ(ask(), "off_network");
}

TEST_F(DialectsTest, AnInterimHealsASessionWhoseStartWasLost) {
    radius(300, "Interim-Update", session("a") + R"(,"Acct-Session-Time":300)");
    EXPECT_EQ(ask(), "+34600000001");
    radius(400, "Stop", R"("Acct-Session-Id":"a")");
    EXPECT_EQ(ask(), "off_network");
}

TEST_F(DialectsTest, R5_AnInterimAfterTheStopOpensNothing) {
    radius(0, "Start", session("a"));
    radius(60, "Stop", R"("Acct-Session-Id":"a")");
    radius(50, "Interim-Update", session("a"));
    EXPECT_EQ(ask(), "off_network");
    radius(70, "Interim-Update", session("a") + R"(,"Acct-Session-Time":70)");
    EXPECT_EQ(ask(), "off_network");
}

TEST_F(DialectsTest, R5_AnInterimOfALostStartAfterItsStopOpensNothing) {
    radius(60, "Stop", R"("Acct-Session-Id":"a")");
    radius(50, "Interim-Update", session("a"));
    EXPECT_EQ(ask(), "off_network");
}

TEST_F(DialectsTest, R5_AStopInAnotherPartitionEndsWhatAnInterimSaidInBetween) {
    const auto start = accounting(0, "Start", session("a"));
    const auto interim = accounting(50, "Interim-Update", session("a"));
    const auto stop = accounting(60, "Stop", R"("Acct-Session-Id":"a")");
    tell(decode_radius, start, 1);
    tell(decode_radius, stop, 2);
    tell(decode_radius, interim, 1);
    EXPECT_EQ(ask(), "off_network");
}

TEST_F(DialectsTest, R5_AStartThatComesAfterItsStopOpensNothing) {
    radius(10, "Stop", R"("Acct-Session-Id":"a")");
    radius(0, "Start", session("a"));
    EXPECT_EQ(ask(), "off_network");
    radius(20, "Start", session("a", kSecond));
    EXPECT_EQ(ask(), "+34600000002") << "the identifier was used again";
    radius(30, "Interim-Update", session("a", kSecond));
    EXPECT_EQ(ask(), "+34600000002");
}

TEST_F(DialectsTest, R5_InterimsOfAnOldSessionDoNotTakeTheAddressBack) {
    radius(0, "Start", session("a", kFirst));
    radius(100, "Start", session("b", kSecond));
    radius(200, "Interim-Update", session("a", kFirst));
    EXPECT_EQ(ask(), "+34600000002");
    radius(210, "Stop", R"("Acct-Session-Id":"b")");
    EXPECT_EQ(ask(), "off_network") << "who was overtaken never comes back";
}

TEST_F(DialectsTest, R5_AHealedSessionBeganWhenItSaysSo) {
    radius(100, "Start", session("b", kSecond));
    radius(200, "Interim-Update", session("a", kFirst) + R"(,"Acct-Session-Time":190)");
    EXPECT_EQ(ask(), "+34600000002");
}

/// A story of sessions `a` (first number) and `b` (second number) at 10.0.0.1 and 10.0.0.2.
struct Packet {
    double second;
    std::string status;
    std::string session;
    std::string address;
};

struct LateStory {
    std::string name;
    std::vector<Packet> packets;
    std::string holds_one;  ///< Who is at 10.0.0.1 afterwards.
    std::string holds_two;  ///< Who is at 10.0.0.2.
};

void PrintTo(const LateStory& story, std::ostream* out) {
    *out << story.name;
}

class LatePacketTest : public DialectsTest, public testing::WithParamInterface<LateStory> {};

TEST_P(LatePacketTest, R5_GivesNothingAndBeginsNothingAnew) {
    for (const auto& packet : GetParam().packets) {
        const auto& number = packet.session == "a" ? kFirst : kSecond;
        auto more = R"("Acct-Session-Id":")" + packet.session + R"(","Calling-Station-Id":")" +
                    number + R"(")";
        if (!packet.address.empty()) {
            more += R"(,"Framed-IP-Address":")" + packet.address + R"(")";
        }
        radius(packet.second, packet.status, more);
    }
    EXPECT_EQ(ask("10.0.0.1"), GetParam().holds_one);
    EXPECT_EQ(ask("10.0.0.2"), GetParam().holds_two);
}

const std::string kOne = "10.0.0.1";
const std::string kTwo = "10.0.0.2";
const std::string kInterim = "Interim-Update";
const std::string kNobody = "off_network";

INSTANTIATE_TEST_SUITE_P(
    Sessions,
    LatePacketTest,
    testing::Values(
        LateStory{
            "AnInterimOfAnAddressGivenUp",
            {{10, "Start", "a", kOne},
             {20, kInterim, "a", kTwo},
             {21, "Start", "b", kOne},
             {40, kInterim, "a", kTwo},
             {15, kInterim, "a", kOne}},
            "+34600000002",
            "+34600000001"},
        LateStory{
            "AnInterimOfAnAddressThatNobodyHasNow",
            {{10, "Start", "a", kOne},
             {20, kInterim, "a", kTwo},
             {40, kInterim, "a", kTwo},
             {15, kInterim, "a", kOne}},
            kNobody,
            "+34600000001"},
        LateStory{
            "AStartSentOnceMore",
            {{10, "Start", "a", kOne},
             {25, "Start", "b", kOne},
             {40, kInterim, "a", ""},
             {10, "Start", "a", kOne}},
            "+34600000002",
            kNobody},
        LateStory{
            "AStartAfterItsInterim",
            {{25, "Start", "b", kOne}, {40, kInterim, "a", kOne}, {10, "Start", "a", kOne}},
            "+34600000002",
            kNobody},
        LateStory{
            "AStartAfterAnInterimWithoutAddress",
            {{25, "Start", "b", kOne}, {40, kInterim, "a", ""}, {10, "Start", "a", kOne}},
            "+34600000002",
            kNobody},
        LateStory{
            "AnInterimAfterOneWithoutAddress",
            {{25, "Start", "b", kOne}, {40, kInterim, "a", ""}, {20, kInterim, "a", kOne}},
            "+34600000002",
            kNobody},
        LateStory{
            "AnInterimThatTookItsAddressAway",
            {{10, "Start", "a", kOne}, {40, kInterim, "a", ""}, {15, kInterim, "a", kTwo}},
            kNobody,
            kNobody},
        LateStory{
            "AStartOfANameUsedBefore",
            {{10, "Start", "a", kOne}, {40, kInterim, "a", kTwo}, {30, "Start", "a", kTwo}},
            kNobody,
            "+34600000001"},
        LateStory{
            "AStartThatAlsoOthersKnow",
            {{10, "Start", "a", kOne},
             {20, kInterim, "a", kOne},
             {10, "Start", "a", kOne},
             {20, kInterim, "a", kOne}},
            "+34600000001",
            kNobody}
    ),
    [](const auto& story) { return story.param.name; }
);

TEST_F(DialectsTest, R3_AStartSentOnceMoreIsNoNewBindAfterASimSwap) {
    const auto both = session("a") + R"(,"3GPP-IMSI":"214010000000001")";
    radius(10, "Start", both);
    swap_sim_of_first(30);
    radius(40, "Interim-Update", R"("Acct-Session-Id":"a")");
    radius(10, "Start", both);
    EXPECT_EQ(ask(), "binding_outdated");
}

TEST_F(DialectsTest, R3_AStartAfterItsInterimSaysSinceWhenTheSessionProves) {
    const auto both = session("a") + R"(,"3GPP-IMSI":"214010000000001")";
    swap_sim_of_first(30);
    radius(40, "Interim-Update", both);
    radius(10, "Start", both);
    EXPECT_EQ(ask(), "binding_outdated");
}

TEST_F(DialectsTest, WhatALateStartAloneSaysIsLearned) {
    radius(40, "Interim-Update", session("a"));
    EXPECT_EQ(ask(), "+34600000001");
    radius(10, "Start", session("a") + R"(,"3GPP-RAT-Type":"WLAN")");
    EXPECT_EQ(ask(), "non_3gpp_access");
}

TEST_F(DialectsTest, ABlockThatALateInterimGivesBackIsGone) {
    const std::string block =
        R"(,"IP-Port-Range":{"Ext-IPv4-Addr":"10.0.0.77","Range-Start":1000,"Range-End":1999,)";
    radius(0, "Start", session("a") + block + R"("Alloc":1})");
    radius(40, "Interim-Update", session("a"));
    radius(20, "Interim-Update", session("a") + block + R"("Alloc":2})");
    EXPECT_EQ(ask("10.0.0.77", 1500), "off_network");
    EXPECT_EQ(ask(), "+34600000001");
}

TEST_F(DialectsTest, R5_ARequestSentOnceMoreBeginsNothingAnew) {
    const auto request =
        [](int type, double second, const std::string& session, const std::string& more) {
            return R"({"CC-Request-Type":)" + std::to_string(type) + R"(,"Session-Id":")" +
                   session + R"(","Event-Timestamp":)" +
                   std::to_string(epoch_ms(at_second(second)) / 1000) + more + "}";
        };
    const std::string address = R"(,"Framed-IP-Address":"10.0.0.1")";
    const std::string first = R"(,"Subscription-Id":{"type":0,"data":"34600000001"})";
    const std::string second = R"(,"Subscription-Id":{"type":0,"data":"34600000002"})";
    tell(decode_gx, request(1, 10, "a", address + first));
    tell(decode_gx, request(1, 25, "b", address + second));
    tell(decode_gx, request(2, 40, "a", first));
    tell(decode_gx, request(1, 10, "a", address + first));
    EXPECT_EQ(ask(), "+34600000002");
}

TEST_F(DialectsTest, R3_AnInterimIsNoNewBindAfterASimSwap) {
    const auto both = session("a") + R"(,"3GPP-IMSI":"214010000000001")";
    radius(0, "Start", both);
    swap_sim_of_first(50);
    radius(100, "Interim-Update", both);
    EXPECT_EQ(ask(), "binding_outdated");
    radius(150, "Start", session("b") + R"(,"3GPP-IMSI":"214010000000002")");
    EXPECT_EQ(ask(), "+34600000001");
}

TEST_F(DialectsTest, R9_InterimsKeepASessionAlive) {
    radius(0, "Start", session("a") + R"(,"Acct-Interim-Interval":60)");
    EXPECT_EQ(ask(), "interims_missing");
    radius(590, "Interim-Update", R"("Acct-Session-Id":"a")");
    EXPECT_EQ(ask(), "+34600000001");
}

TEST_F(DialectsTest, R7_AccountingOnEndsAllSessionsOfThatGateway) {
    radius(0, "Start", session("a") + R"(,"NAS-IP-Address":"192.0.2.10")");
    radius(10, "Accounting-On", R"("NAS-IP-Address":"192.0.2.10")");
    EXPECT_EQ(ask(), "gateway_restarted");
    radius(20, "Interim-Update", session("a") + R"(,"Acct-Session-Time":20)");
    EXPECT_EQ(ask(), "gateway_restarted");
    radius(30, "Start", session("b"));
    EXPECT_EQ(ask(), "+34600000001");
}

TEST_F(DialectsTest, R7_AStartThatIsSentAgainAfterARestartBringsNobodyBack) {
    const auto start = session("a") + R"(,"NAS-IP-Address":"192.0.2.10")";
    radius(0, "Start", start);
    radius(10, "Accounting-On", R"("NAS-IP-Address":"192.0.2.10")");
    radius(0, "Start", start);
    EXPECT_EQ(ask(), "gateway_restarted");
}

TEST_F(DialectsTest, AnotherAddressInAnInterimReplacesTheOldOne) {
    radius(0, "Start", session("a") + R"(,"Framed-IPv6-Prefix":"2001:db8:0:7::/64")");
    radius(
        60,
        "Interim-Update",
        R"("Acct-Session-Id":"a","Calling-Station-Id":"34600000001","Framed-IP-Address":"10.0.0.2")"
    );
    EXPECT_EQ(ask("10.0.0.1"), "off_network");
    EXPECT_EQ(ask("10.0.0.2"), "+34600000001");
    EXPECT_EQ(ask("2001:db8:0:7::1"), "+34600000001") << "interims leave much unsaid";
}

TEST_F(DialectsTest, PortBlocksComeAndGoOneByOne) {
    const std::string low =
        R"({"Ext-IPv4-Addr":"10.0.0.77","Range-Start":1000,"Range-End":1999,"Alloc":)";
    const std::string high =
        R"({"Ext-IPv4-Addr":"10.0.0.77","Range-Start":2000,"Range-End":2999,"Alloc":)";
    radius(0, "Start", session("a") + R"(,"IP-Port-Range":)" + low + "1}");
    radius(10, "Interim-Update", session("a") + R"(,"IP-Port-Range":)" + high + "1}");
    EXPECT_EQ(ask("10.0.0.77", 1500), "+34600000001");
    EXPECT_EQ(ask("10.0.0.77", 2500), "+34600000001");
    radius(20, "Interim-Update", session("a") + R"(,"IP-Port-Range":)" + low + "2}");
    EXPECT_EQ(ask("10.0.0.77", 1500), "port_unknown");
    EXPECT_EQ(ask("10.0.0.77", 2500), "+34600000001");
    EXPECT_EQ(ask("10.0.0.1"), "+34600000001");
    radius(30, "Stop", R"("Acct-Session-Id":"a")");
    EXPECT_EQ(ask("10.0.0.77", 2500), "off_network");
}

TEST_F(DialectsTest, AChangeWithoutADomainStaysInTheSessionsOwn) {
    const auto event = [](const std::string& word, const std::string& more) {
        return R"({"notifId":"n","eventNotifs":[{"event":")" + word + R"(","timeStamp":)" +
               std::to_string(epoch_ms(at_second(0))) +
               R"(,"supi":"214010000000001","gpsi":"34600000001","pduSeId":5,)" + more + "}]}";
    };
    tell(decode_nsmf, event("PDU_SES_EST", R"("dnn":"Corporate","ipv4Addr":"10.9.0.1")"));
    EXPECT_EQ(ask("10.9.0.1"), "+34600000001");
    tell(decode_nsmf, event("UE_IP_CH", R"("adIpv4Addr":"10.9.0.2","reIpv4Addr":"10.9.0.1")"));
    EXPECT_EQ(ask("10.9.0.1"), "off_network");
    EXPECT_EQ(ask("10.9.0.2"), "+34600000001");
    tell(decode_nsmf, event("AC_TY_CH", R"("accType":"NON_3GPP_ACCESS")"));
    EXPECT_EQ(ask("10.9.0.2"), "non_3gpp_access");
    tell(decode_nsmf, event("UE_IP_CH", R"("adIpv4Addr":"10.9.0.3")"));
    EXPECT_EQ(ask("10.9.0.3"), "non_3gpp_access") << "a change that does not say so is no 3GPP";
    tell(decode_nsmf, event("PDU_SES_REL", R"("cause":"x")"));
    EXPECT_EQ(ask("10.9.0.3"), "off_network");
}

TEST_F(DialectsTest, GxUpdatesHealAndNeverResurrect) {
    const auto request = [](int type, const std::string& more) {
        return R"({"CC-Request-Type":)" + std::to_string(type) +
               R"(,"Session-Id":"s;1","Origin-Host":"pgw-1","Event-Timestamp":)" +
               std::to_string(epoch_ms(at_second(0)) / 1000) + more + "}";
    };
    const std::string terms =
        R"(,"Framed-IP-Address":"10.0.0.1","Subscription-Id":[{"type":0,"data":"34600000001"}])";
    tell(decode_gx, request(2, terms));
    EXPECT_EQ(ask(), "+34600000001");
    tell(decode_gx, request(3, ""));
    EXPECT_EQ(ask(), "off_network");
    tell(decode_gx, request(2, terms));
    EXPECT_EQ(ask(), "off_network");
    tell(decode_gx, request(1, terms));
    EXPECT_EQ(ask(), "+34600000001");
}

// Both domains use 10/8; the start of the other domain's session was never heard.
TEST_F(DialectsTest, R6_AnUpdateThatNamesNoDomainOpensNothingWhereThereAreSeveral) {
    terms_.one_domain = false;
    radius(50, "Start", session("b", kSecond));
    const auto unknown = R"("Acct-Session-Id":"a","Calling-Station-Id":"34600000001",)"
                         R"("Framed-IP-Address":)";
    radius(100, "Interim-Update", unknown + std::string{R"("10.0.0.1")"});
    EXPECT_EQ(ask(), "+34600000002");
    radius(110, "Interim-Update", unknown + std::string{R"("10.0.0.2")"});
    EXPECT_EQ(ask("10.0.0.2"), "off_network");
    radius(
        120, "Interim-Update", unknown + std::string{R"("10.0.0.2","Called-Station-Id":"internet")"}
    );
    EXPECT_EQ(ask("10.0.0.2"), "+34600000001") << "it says so now";
    radius(130, "Interim-Update", unknown + std::string{R"("10.0.0.3")"});
    EXPECT_EQ(ask("10.0.0.3"), "+34600000001") << "and is known from then on";
}

TEST_F(DialectsTest, R6_AnAddressChangeOfAnUnknownSessionOpensNothingWithoutItsDomain) {
    terms_.one_domain = false;
    radius(50, "Start", session("b", kSecond));
    tell(
        decode_nsmf,
        R"({"notifId":"n","eventNotifs":[{"event":"UE_IP_CH","timeStamp":)" +
            std::to_string(epoch_ms(at_second(100))) +
            R"(,"supi":"214010000000001","gpsi":"34600000001","pduSeId":5,)"
            R"("adIpv4Addr":"10.0.0.1"}]})"
    );
    EXPECT_EQ(ask(), "+34600000002");
}

TEST_F(DialectsTest, AGxUpdateThatReleasesAnAddressDoesNotHoldIt) {
    const auto request = [](const std::string& type, double second, const std::string& more) {
        return R"({"CC-Request-Type":")" + type + R"(","Session-Id":"s","Event-Timestamp":)" +
               std::to_string(epoch_ms(at_second(second)) / 1000) +
               R"(,"Subscription-Id":{"type":0,"data":"34600000001"})" + more + "}";
    };
    const std::string v4 = R"(,"Framed-IP-Address":"10.0.0.1")";
    const std::string v6 = R"(,"Framed-IPv6-Prefix":"2001:db8:0:7::/64")";
    const std::string released = R"(,"Event-Trigger":["USER_LOCATION_CHANGE",19])";
    tell(decode_gx, request("INITIAL", 0, v4 + v6));
    tell(decode_gx, request("UPDATE", 10, v4 + released));
    EXPECT_EQ(ask(), "off_network");
    EXPECT_EQ(ask("2001:db8:0:7::1"), "+34600000001") << "nobody spoke of it";
    tell(decode_gx, request("UPDATE", 20, R"(,"Event-Trigger":18)" + v4));
    EXPECT_EQ(ask(), "+34600000001") << "it has one again";
    tell(decode_gx, request("UPDATE", 30, v6 + R"(,"Event-Trigger":"UE_IP_ADDRESS_RELEASE")"));
    EXPECT_EQ(ask("2001:db8:0:7::1"), "off_network");
    EXPECT_EQ(ask(), "+34600000001");
}

TEST_F(DialectsTest, ARecordThatWasWrittenTwiceChangesNothing) {
    const auto start = accounting(0, "Start", session("a"));
    const auto interim = accounting(50, "Interim-Update", session("a"));
    for (int round = 0; round < 2; ++round) {
        tell(decode_radius, start);
        tell(decode_radius, interim);
        EXPECT_EQ(ask(), "+34600000001");
    }
}

}  // namespace
}  // namespace numproof
