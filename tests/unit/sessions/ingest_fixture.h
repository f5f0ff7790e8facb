// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
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
class IngestTest : public testing::Test {
protected:
    IngestTest() {
        topics_.make_topic(kTopic, 2);
        start();
    }

    /// A new process on the same store and topics.
    void start() { start(vault_); }

    void start(Vault& vault) {
        ingest_.reset();
        feed_.emplace(topics_, std::vector<std::string>{kTopic});
        IngestOptions options;
        options.topics.push_back(
            {.topic = kTopic, .decode = native_decoder(DecoderTerms{}), .freshness = freshness_}
        );
        options.burst.records = 20;
        options.retry_for = std::chrono::seconds{2};
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

    std::int64_t produce(const TopicPartition& at, const std::string& json) {
        return topics_.append(at, json, "key", clock_.wall_now());
    }

    void heartbeat(const TopicPartition& at) {
        produce(
            at,
            R"({"op":"heartbeat","source":"smf-1","time":)" +
                std::to_string(epoch_ms(clock_.wall_now())) + "}"
        );
    }

    void bind(const TopicPartition& at, const std::string& session, const std::string& number) {
        produce(
            at,
            R"({"op":"bind","source":"smf-1","session":")" + session + R"(","msisdn":")" + number +
                R"(","ipv4":"10.0.0.1","access":"3gpp","time":)" +
                std::to_string(epoch_ms(clock_.wall_now())) + "}"
        );
    }

    /// Rounds of a quarter of a second each, with heartbeats when asked for.
    void turn(int rounds, bool beating = true) {
        for (int i = 0; i < rounds; ++i) {
            if (beating) {
                heartbeat(kFirst);
                heartbeat(kSecond);
            }
            EXPECT_TRUE(run_now(ingest_->step()));
            clock_.advance(Milliseconds{250});
            (void)run_now(watch_.refresh(deadline()));
        }
    }

    Deadline deadline() const {
        return Deadline::after(clock_.mono_now(), std::chrono::seconds{1});
    }

    Standing standing() {
        (void)run_now(watch_.refresh(deadline()));
        return watch_.basis().standing;
    }

    std::string ask() {
        DirectoryReader reader{
            {.store = store_,
             .standing = watch_,
             .clock = clock_,
             .vault = vault_,
             .counters = directory_counters_},
            {},
            {{IpPrefix::parse("10.0.0.0/8").value(), "internet"}}};
        const SourceEndpoint source{.address = IpAddress::parse("10.0.0.1").value()};
        const auto proof = run_now(reader.prove(source, deadline()));
        if (!proof) {
            return "error";
        }
        const auto* proven = std::get_if<Proven>(&*proof);
        return proven != nullptr ? std::string{proven->msisdn.reveal()}
                                 : std::string{name_of(std::get<Unproven>(*proof))};
    }

    bool logged(const Message& message) const {
        return std::ranges::any_of(log_.lines(), [&](const std::string& line) {
            return line.starts_with(message.id);
        });
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
    Freshness freshness_ = Freshness::heartbeat;
    std::optional<FakeSessionFeed> feed_;
    std::optional<Ingest> ingest_;
};

}  // namespace numproof
