// SPDX-License-Identifier: Apache-2.0
// Topics of every dialect side by side, from the feed to the answer.
#include <gtest/gtest.h>

#include "daemon/sessions/gx_decoder.h"
#include "daemon/sessions/ingest.h"
#include "daemon/sessions/native_decoder.h"
#include "daemon/sessions/nsmf_decoder.h"
#include "daemon/sessions/radius_decoder.h"
#include "daemon/sessions/standing_watch.h"
#include "tests/fakes/fake_dead_letters.h"
#include "tests/fakes/fake_session_feed.h"
#include "tests/fakes/memory_log.h"
#include "tests/unit/sessions/directory_fixture.h"

namespace numproof {
namespace {

class InstantLoop final : public Loop {
public:
    explicit InstantLoop(FakeClock& clock) noexcept : clock_(clock) {}

    [[nodiscard]] Task<void> sleep(Milliseconds wait) override {
        clock_.advance(wait);
        co_return;
    }

    void post(std::function<void()> work) override { work(); }

private:
    FakeClock& clock_;
};

template <auto Decode>
RecordDecoder decoder() {
    return [](const FeedRecord& record) { return Decode(record, DecoderTerms{}); };
}

class DialectFeedsTest : public testing::Test {
protected:
    DialectFeedsTest() {
        for (const auto* topic : {"native", "nsmf", "radius", "gx"}) {
            topics_.make_topic(topic, 1);
        }
        feed_.emplace(topics_, std::vector<std::string>{"native", "nsmf", "radius", "gx"});
        IngestOptions options;
        options.topics = {
            {.topic = "native", .decode = native_decoder({}), .freshness = Freshness::heartbeat},
            {.topic = "nsmf", .decode = decoder<decode_nsmf>(), .freshness = Freshness::traffic},
            {.topic = "radius",
             .decode = decoder<decode_radius>(),
             .freshness = Freshness::traffic},
            {.topic = "gx", .decode = decoder<decode_gx>(), .freshness = Freshness::traffic}};
        ingest_.emplace(
            Ingest::Parts{
                .feed = *feed_,
                .dead_letters = dead_letters_,
                .store = store_,
                .standing = watch_,
                .clock = clock_,
                .loop = loop_,
                .vault = vault_,
                .log = log_,
                .directory_counters = directory_counters_,
                .counters = counters_},
            std::move(options)
        );
    }

    std::string now_ms() const { return std::to_string(epoch_ms(clock_.wall_now())); }

    std::string now_seconds() const { return std::to_string(epoch_ms(clock_.wall_now()) / 1000); }

    void produce(const std::string& topic, const std::string& json) {
        topics_.append({.topic = topic, .partition = 0}, json, "key", clock_.wall_now());
    }

    /// Something that keeps every partition fresh and is of no interest otherwise.
    void traffic() {
        produce("native", R"({"op":"heartbeat","source":"s","time":)" + now_ms() + "}");
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
            EXPECT_TRUE(run_now(ingest_->step()));
            clock_.advance(Milliseconds{250});
            (void)run_now(watch_.refresh(deadline()));
        }
    }

    Deadline deadline() const {
        return Deadline::after(clock_.mono_now(), std::chrono::seconds{1});
    }

    std::string ask(const std::string& address) {
        DirectoryReader reader{
            {.store = store_,
             .standing = watch_,
             .clock = clock_,
             .vault = vault_,
             .counters = directory_counters_},
            {},
            {{IpPrefix::parse("10.0.0.0/8").value(), "internet"}}};
        const SourceEndpoint source{.address = IpAddress::parse(address).value()};
        const auto proof = run_now(reader.prove(source, deadline()));
        if (!proof) {
            return "error";
        }
        const auto* proven = std::get_if<Proven>(&*proof);
        return proven != nullptr ? std::string{proven->msisdn.reveal()}
                                 : std::string{name_of(std::get<Unproven>(*proof))};
    }

    FakeClock clock_;
    InstantLoop loop_{clock_};
    OpensslCrypto crypto_;
    Vault vault_{crypto_, {name_key(crypto_, SecretKey{std::string(32, 'k')})}};
    MapRecordStore store_{clock_};
    StandingWatch watch_{
        {.store = store_, .clock = clock_, .loop = loop_, .vault = vault_}, StandingLimits{}};
    FakeFeedLog topics_;
    FakeDeadLetters dead_letters_;
    MemoryLog log_;
    DirectoryCounters directory_counters_;
    IngestCounters counters_{clock_};
    std::optional<FakeSessionFeed> feed_;
    std::optional<Ingest> ingest_;
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
        produce("native", R"({"op":"heartbeat","source":"s","time":)" + now_ms() + "}");
        EXPECT_TRUE(run_now(ingest_->step()));
        clock_.advance(Milliseconds{250});
        (void)run_now(watch_.refresh(deadline()));
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
