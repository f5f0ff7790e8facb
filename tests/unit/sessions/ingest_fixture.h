// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/sessions/ingest.h"
#include "daemon/sessions/native_decoder.h"
#include "daemon/sessions/standing_watch.h"
#include "daemon/telemetry/messages.h"
#include "tests/fakes/fake_dead_letters.h"
#include "tests/fakes/fake_session_feed.h"
#include "tests/fakes/memory_log.h"
#include "tests/unit/sessions/directory_fixture.h"

namespace numproof {

inline const std::string kTopic = "numproof.sessions";
inline const TopicPartition kFirst{.topic = kTopic, .partition = 0};
inline const TopicPartition kSecond{.topic = kTopic, .partition = 1};

/// A loop on which waiting is only a matter of the clock.
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

/// Ingest of one process over fakes, with a standing watch that looks on.
class IngestStand : public testing::Test {
protected:
    /// A new process, on the same store and topics, that reads the topics of `options`.
    void start(Vault& vault, IngestOptions options) {
        ingest_.reset();
        std::vector<std::string> topics;
        for (const auto& feed : options.topics) {
            topics.push_back(feed.topic);
        }
        feed_.emplace(topics_, std::move(topics));
        ingest_.emplace(
            Ingest::Parts{
                .feed = *feed_,
                .dead_letters = dead_letters_,
                .store = store_,
                .standing = watch_,
                .clock = clock_,
                .loop = loop_,
                .vault = vault,
                .log = log_,
                .directory_counters = directory_counters_,
                .counters = counters_},
            std::move(options)
        );
    }

    std::string now_ms() const { return std::to_string(epoch_ms(clock_.wall_now())); }

    std::int64_t produce(const TopicPartition& at, const std::string& json) {
        return topics_.append(at, json, "key", clock_.wall_now());
    }

    void heartbeat(const TopicPartition& at) {
        produce(at, R"({"op":"heartbeat","source":"smf-1","time":)" + now_ms() + "}");
    }

    /// One batch, then a quarter of a second.
    void step() {
        EXPECT_TRUE(run_now(ingest_->step()));
        clock_.advance(Milliseconds{250});
        (void)run_now(watch_.refresh(deadline()));
    }

    Deadline deadline() const {
        return Deadline::after(clock_.mono_now(), std::chrono::seconds{1});
    }

    /// Whose number is behind `address`, or why nobody's is.
    std::string ask(const std::string& address = "10.0.0.1") {
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

/// One native topic of two partitions.
class IngestTest : public IngestStand {
protected:
    IngestTest() {
        topics_.make_topic(kTopic, 2);
        start();
    }

    /// A new process on the same store and topics.
    void start() { start(vault_); }

    void start(Vault& vault) {
        IngestOptions options;
        options.topics.push_back(
            {.topic = kTopic, .decode = native_decoder(DecoderTerms{}), .freshness = freshness_}
        );
        options.burst.records = 20;
        options.retry_for = std::chrono::seconds{2};
        IngestStand::start(vault, std::move(options));
    }

    void bind(const TopicPartition& at, const std::string& session, const std::string& number) {
        produce(
            at,
            R"({"op":"bind","source":"smf-1","session":")" + session + R"(","msisdn":")" + number +
                R"(","ipv4":"10.0.0.1","access":"3gpp","time":)" + now_ms() + "}"
        );
    }

    /// Rounds of a quarter of a second each, with heartbeats when asked for.
    void turn(int rounds, bool beating = true) {
        for (int i = 0; i < rounds; ++i) {
            if (beating) {
                heartbeat(kFirst);
                heartbeat(kSecond);
            }
            step();
        }
    }

    Standing standing() {
        (void)run_now(watch_.refresh(deadline()));
        return watch_.basis().standing;
    }

    bool logged(const Message& message) const {
        return std::ranges::any_of(log_.lines(), [&](const std::string& line) {
            return line.starts_with(message.id);
        });
    }

    Freshness freshness_ = Freshness::heartbeat;
};

}  // namespace numproof
