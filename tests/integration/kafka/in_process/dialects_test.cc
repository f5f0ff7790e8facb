// SPDX-License-Identifier: Apache-2.0
// Records of every dialect through a broker, the ingest and the memory store, up to the answer.
#include <gtest/gtest.h>

#include "adapters/memory/memory_record_store.h"
#include "adapters/openssl/openssl_crypto.h"
#include "daemon/sessions/directory_reader.h"
#include "daemon/sessions/gx_decoder.h"
#include "daemon/sessions/ingest.h"
#include "daemon/sessions/native_decoder.h"
#include "daemon/sessions/nsmf_decoder.h"
#include "daemon/sessions/radius_decoder.h"
#include "daemon/sessions/standing_watch.h"
#include "tests/fakes/fake_dead_letters.h"
#include "tests/integration/kafka/kafka_feed_host.h"

namespace numproof {
namespace {

constexpr Milliseconds kPatience{60'000};

/// A busy machine must not make the directory stale: how fresh it is, is not asked here.
constexpr StandingLimits kPatientLimits{
    .max_staleness = kPatience, .silence_max = kPatience, .refresh_within = kPatience};

template <auto Decode>
RecordDecoder decoder() {
    return [](const FeedRecord& record) {
        const DecoderTerms terms{.default_domain = "internet", .one_domain = true, .numbering = {}};
        return Decode(record, terms);
    };
}

class DialectsOverKafka : public testing::Test {
protected:
    DialectsOverKafka() {
        IngestOptions options;
        options.topics = {
            {.topic = native_, .decode = native_decoder({}), .freshness = Freshness::heartbeat},
            {.topic = nsmf_, .decode = decoder<decode_nsmf>(), .freshness = Freshness::traffic},
            {.topic = radius_, .decode = decoder<decode_radius>(), .freshness = Freshness::traffic},
            {.topic = gx_, .decode = decoder<decode_gx>(), .freshness = Freshness::traffic}};
        std::vector<std::string> topics;
        for (const auto& topic : options.topics) {
            host_->make_topic(topic.topic, 1);
            topics.push_back(topic.topic);
        }
        feed_ = host_->feed(topics);
        ingest_.emplace(
            Ingest::Parts{
                .feed = *feed_,
                .dead_letters = dead_letters_,
                .store = store_,
                .standing = watch_,
                .clock = host_->clock(),
                .loop = host_->environment().loop,
                .vault = vault_,
                .log = host_->log(),
                .directory_counters = directory_counters_,
                .counters = counters_},
            std::move(options)
        );
    }

    ~DialectsOverKafka() override { host_->run(feed_->leave(host_->within(kPatience))); }

    void produce(const std::string& topic, const std::string& json) {
        FeedRecord record;
        record.at = {.topic = topic, .partition = 0};
        record.key = "key";
        record.value = json;
        record.timestamp = host_->clock().wall_now();
        host_->append(record);
    }

    std::string now() const { return std::to_string(epoch_ms(host_->clock().wall_now())); }

    void nsmf(const std::string& event, const std::string& more) {
        produce(
            nsmf_,
            R"({"notifId":"n","eventNotifs":[{"event":")" + event + R"(","timeStamp":)" + now() +
                "," + more + "}]}"
        );
    }

    void radius(const std::string& status, const std::string& more) {
        produce(
            radius_,
            R"({"Acct-Status-Type":")" + status + R"(","NAS-Identifier":"pgw-1",)" + more + "}"
        );
    }

    void traffic() {
        produce(native_, R"({"op":"heartbeat","source":"s","time":)" + now() + "}");
        nsmf("PDU_SES_REL", R"("supi":"214019999999999","pduSeId":1)");
        radius("Stop", R"("Acct-Session-Id":"other")");
        produce(gx_, R"({"CC-Request-Type":3,"Session-Id":"other"})");
    }

    std::string ask(const std::string& address) {
        DirectoryReader reader{
            {.store = store_,
             .standing = watch_,
             .clock = host_->clock(),
             .vault = vault_,
             .counters = directory_counters_},
            {},
            {{IpPrefix::parse("10.0.0.0/8").value(), "internet"},
             {IpPrefix::parse("2001:db8::/32").value(), "internet"}}};
        const SourceEndpoint source{.address = IpAddress::parse(address).value()};
        const auto proof = host_->run(reader.prove(source, host_->within(kPatience)));
        if (!proof) {
            return "error";
        }
        const auto* proven = std::get_if<Proven>(&*proof);
        return proven != nullptr ? std::string{proven->msisdn.reveal()}
                                 : std::string{name_of(std::get<Unproven>(*proof))};
    }

    /// The answers about `addresses`, once they are `wanted` or patience has ended.
    std::vector<std::string> ask_until(
        const std::vector<std::string>& addresses, const std::vector<std::string>& wanted
    ) {
        const auto end = host_->within(kPatience);
        std::vector<std::string> answers;
        do {
            traffic();
            EXPECT_TRUE(host_->run(ingest_->step()));
            (void)host_->run(watch_.refresh(host_->within(kPatience)));
            answers.clear();
            for (const auto& address : addresses) {
                answers.push_back(ask(address));
            }
        } while (answers != wanted && !host_->passed(end));
        return answers;
    }

    std::unique_ptr<InProcessFeedHost> host_ = InProcessFeedHost::make();
    std::string native_ = host_->unique("native");
    std::string nsmf_ = host_->unique("nsmf");
    std::string radius_ = host_->unique("radius");
    std::string gx_ = host_->unique("gx");
    OpensslCrypto crypto_;
    Vault vault_{crypto_, {name_key(crypto_, SecretKey{std::string(32, 'k')})}};
    MemoryStore memory_{host_->clock()};
    MemoryRecordStore store_{memory_};
    StandingWatch watch_{
        {.store = store_,
         .clock = host_->clock(),
         .loop = host_->environment().loop,
         .vault = vault_},
        kPatientLimits};
    FakeDeadLetters dead_letters_;
    DirectoryCounters directory_counters_;
    IngestCounters counters_{host_->clock()};
    std::unique_ptr<SessionFeed> feed_;
    std::optional<Ingest> ingest_;
};

TEST_F(DialectsOverKafka, EachProvesUntilItsSessionEnds) {
    const std::vector<std::string> addresses{"10.0.0.1", "10.0.0.2", "10.0.0.3", "2001:db8:0:4::1"};
    produce(
        native_,
        R"({"op":"subscriber","imsi":"214010000000004","msisdn":"+34600000004",)"
        R"("state":"active","time":"2026-01-01T00:00:00Z"})"
    );
    nsmf(
        "PDU_SES_EST",
        R"("supi":"214010000000001","gpsi":"34600000001","pduSeId":5,"ipv4Addr":"10.0.0.1")"
    );
    nsmf(
        "PDU_SES_EST",
        R"("supi":"imsi-214010000000004","pduSeId":5,"ipv6Prefixes":["2001:db8:0:4::/64"])"
    );
    radius(
        "Interim-Update",
        R"("Acct-Session-Id":"a","Calling-Station-Id":"34600000002","Framed-IP-Address":"10.0.0.2")"
    );
    produce(
        gx_,
        R"({"CC-Request-Type":"INITIAL","Session-Id":"s","Framed-IP-Address":"0a000003",)"
        R"("Subscription-Id":{"type":"END_USER_E164","data":"34600000003"}})"
    );
    const std::vector<std::string> proven{
        "+34600000001", "+34600000002", "+34600000003", "+34600000004"};
    EXPECT_EQ(ask_until(addresses, proven), proven);

    nsmf("PDU_SES_REL", R"("supi":"imsi-214010000000001","pduSeId":5)");
    nsmf("PDU_SES_REL", R"("supi":"imsi-214010000000004","pduSeId":5)");
    radius("Stop", R"("Acct-Session-Id":"a")");
    produce(gx_, R"({"CC-Request-Type":"TERMINATION","Session-Id":"s"})");
    const std::vector<std::string> nobody(addresses.size(), "off_network");
    EXPECT_EQ(ask_until(addresses, nobody), nobody);
    EXPECT_TRUE(dead_letters_.kept.empty());
}

}  // namespace
}  // namespace numproof
