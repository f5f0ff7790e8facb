// SPDX-License-Identifier: Apache-2.0
// Topics of every dialect side by side, from the feed to the answer.
#include "daemon/sessions/gx_decoder.h"
#include "daemon/sessions/nsmf_decoder.h"
#include "daemon/sessions/radius_decoder.h"
#include "tests/unit/sessions/ingest_fixture.h"

namespace numproof {
namespace {

const TopicPartition kNative{.topic = "native", .partition = 0};

template <auto Decode>
RecordDecoder decoder() {
    return [](const FeedRecord& record) { return Decode(record, DecoderTerms{}); };
}

class DialectFeedsTest : public IngestStand {
protected:
    DialectFeedsTest() {
        for (const auto* topic : {"native", "nsmf", "radius", "gx"}) {
            topics_.make_topic(topic, 1);
        }
        IngestOptions options;
        options.topics = {
            {.topic = "native", .decode = native_decoder({}), .freshness = Freshness::heartbeat},
            {.topic = "nsmf", .decode = decoder<decode_nsmf>(), .freshness = Freshness::traffic},
            {.topic = "radius",
             .decode = decoder<decode_radius>(),
             .freshness = Freshness::traffic},
            {.topic = "gx", .decode = decoder<decode_gx>(), .freshness = Freshness::traffic}};
        start(vault_, std::move(options));
    }

    void produce(const std::string& topic, const std::string& json) {
        IngestStand::produce({.topic = topic, .partition = 0}, json);
    }

    /// Something that keeps every partition fresh and is of no interest otherwise.
    void traffic() {
        heartbeat(kNative);
        nsmf("PDU_SES_REL", R"("supi":"214019999999999","pduSeId":1)");
        radius("Stop", R"("Acct-Session-Id":"other")");
        produce("gx", R"({"CC-Request-Type":3,"Session-Id":"other"})");
    }

    void nsmf(const std::string& event, const std::string& more) {
        produce(
            "nsmf",
            R"({"notifId":"n","eventNotifs":[{"event":")" + event + R"(","timeStamp":)" + now_ms() +
                "," + more + "}]}"
        );
    }

    void radius(const std::string& status, const std::string& more) {
        produce(
            "radius",
            R"({"Acct-Status-Type":")" + status + R"(","NAS-Identifier":"pgw-1",)" + more + "}"
        );
    }

    void turn(int rounds = 6) {
        for (int i = 0; i < rounds; ++i) {
            traffic();
            step();
        }
    }
};

TEST_F(DialectFeedsTest, EachDialectProvesUntilItsSessionEnds) {
    nsmf(
        "PDU_SES_EST",
        R"("supi":"214010000000001","gpsi":"34600000001","pduSeId":5,"ipv4Addr":"10.0.0.1")"
    );
    radius(
        "Start",
        R"("Acct-Session-Id":"a","Calling-Station-Id":"34600000002","Framed-IP-Address":"10.0.0.2")"
    );
    produce(
        "gx",
        R"({"CC-Request-Type":1,"Session-Id":"s","Framed-IP-Address":"0a000003",)"
        R"("Subscription-Id":{"type":0,"data":"34600000003"}})"
    );
    turn();
    EXPECT_EQ(ask("10.0.0.1"), "+34600000001");
    EXPECT_EQ(ask("10.0.0.2"), "+34600000002");
    EXPECT_EQ(ask("10.0.0.3"), "+34600000003");

    nsmf("PDU_SES_REL", R"("supi":"imsi-214010000000001","pduSeId":5)");
    radius("Stop", R"("Acct-Session-Id":"a")");
    produce("gx", R"({"CC-Request-Type":3,"Session-Id":"s"})");
    turn(2);
    EXPECT_EQ(ask("10.0.0.1"), "off_network");
    EXPECT_EQ(ask("10.0.0.2"), "off_network");
    EXPECT_EQ(ask("10.0.0.3"), "off_network");
    EXPECT_TRUE(dead_letters_.kept.empty());
}

TEST_F(DialectFeedsTest, ANotificationWithoutAGpsiProvesTheNumberOfTheBooks) {
    nsmf("PDU_SES_EST", R"("supi":"imsi-214010000000001","pduSeId":5,"ipv4Addr":"10.0.0.1")");
    turn();
    EXPECT_EQ(ask("10.0.0.1"), "number_unknown");

    produce(
        "native",
        R"({"op":"subscriber","imsi":"214010000000001","msisdn":"+34600000001",)"
        R"("state":"active","time":)" +
            std::to_string(epoch_ms(clock_.wall_now()) - 3600000) + "}"
    );
    turn(2);
    EXPECT_EQ(ask("10.0.0.1"), "+34600000001");
}

TEST_F(DialectFeedsTest, R8_APartitionWithoutTrafficMakesItStale) {
    turn();
    EXPECT_EQ(ask("10.0.0.1"), "off_network");
    for (int i = 0; i < 40; ++i) {
        heartbeat(kNative);
        step();
    }
    EXPECT_EQ(ask("10.0.0.1"), "error");
}

TEST_F(DialectFeedsTest, ResetsOfANativeTopicReachSessionsOfOtherDialects) {
    nsmf(
        "PDU_SES_EST",
        R"("supi":"214010000000001","gpsi":"34600000001","pduSeId":5,"ipv4Addr":"10.0.0.1")"
    );
    turn();
    EXPECT_EQ(ask("10.0.0.1"), "+34600000001");
    produce("native", R"({"op":"reset","source":"nsmf","time":)" + now_ms() + "}");
    turn(2);
    EXPECT_EQ(ask("10.0.0.1"), "gateway_restarted");
}

TEST_F(DialectFeedsTest, WhatCannotBeUsedIsKeptWithItsReason) {
    radius("Start", R"("Calling-Station-Id":"34600000002")");
    turn();
    ASSERT_EQ(dead_letters_.kept.size(), 1U);
    EXPECT_EQ(dead_letters_.kept.front().letter.reason, "bad_session");
}

}  // namespace
}  // namespace numproof
