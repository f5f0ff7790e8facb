// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/config_check.h"

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "adapters/kafka/kafka_topics.h"
#include "adapters/log/spdlog_log.h"
#include "daemon/app/exit_codes.h"
#include "daemon/app/loop_stores.h"
#include "daemon/app/options_of.h"

namespace numproof {
namespace {

constexpr Milliseconds kAnswerWithin{10'000};

Task<void> ask_store(
    RecordStore& store, const Clock& clock, EventLoop& loop, Result<void>& answer
) {
    const auto deadline = Deadline::after(clock.mono_now(), kAnswerWithin);
    auto found = co_await store.incarnation(deadline);
    if (!found) {
        answer = pass_on(found);
    }
    loop.stop();
}

Result<void> check_store(Foundation& foundation) {
    EventLoop loop;
    LoopStores stores{foundation, loop, *foundation.edition};
    Result<void> answer;
    spawn(ask_store(stores.records(), foundation.clock, loop, answer));
    loop.run();
    if (const auto refusal = stores.refusal()) {
        return fail(ErrorCode::invalid_configuration, *refusal);
    }
    return answer;
}

Result<void> check_topics(const Foundation& foundation) {
    const auto& settings = foundation.edition->settings;
    auto topics = KafkaTopics::make(
        kafka_connection_of(foundation, foundation.edition),
        {.clock = foundation.clock, .log = *foundation.log}
    );
    if (!topics) {
        return pass_on(topics);
    }
    std::vector<std::string> names{settings.audit.topic};
    if (settings.node.ingest) {
        names.push_back(settings.ingest.dead_letter_topic);
        for (const auto& feed : settings.ingest.feeds) {
            names.push_back(feed.topic);
        }
    }
    const auto deadline = Deadline::after(foundation.clock.mono_now(), kAnswerWithin);
    // All that are missing at once, as the configuration's own mistakes are told.
    std::string missing;
    for (const auto& name : names) {
        auto there = (*topics)->require(name, deadline);
        if (there) {
            continue;
        }
        if (there.error().code != ErrorCode::invalid_configuration) {
            return there;
        }
        missing += (missing.empty() ? "" : "\nkafka: ") + there.error().detail;
    }
    return missing.empty() ? Result<void>{} : fail(ErrorCode::invalid_configuration, missing);
}

int tell(const char* what, const Result<void>& outcome) {
    if (outcome) {
        std::printf("%s: reached\n", what);
        return kExitOk;
    }
    std::fprintf(stderr, "%s: %s\n", what, outcome.error().detail.c_str());
    return outcome.error().code == ErrorCode::invalid_configuration ? kExitConfiguration
                                                                    : kExitUnavailable;
}

int reach_servers(Foundation& foundation) {
    const int store = tell("directory", check_store(foundation));
    const bool own_broker = foundation.edition->settings.kafka.brokers.empty();
    const int broker = own_broker ? kExitOk : tell("kafka", check_topics(foundation));
    return store != kExitOk ? store : broker;
}

}  // namespace

int check(Configuration configuration, KeyMaterial material, Reach reach) {
    const SystemClock clock;
    LogOptions quiet;
    quiet.target = LogSink::stderr_stream;
    quiet.level = Severity::error;
    SpdlogLog log{clock, quiet};
    Foundation foundation{std::move(configuration), std::move(material), log};
    // Only librdkafka knows its properties. A sandbox has yet to start its broker.
    auto connection = kafka_connection_of(foundation, foundation.edition);
    if (connection.brokers.empty()) {
        connection.brokers.emplace_back("127.0.0.1:9092");
    }
    if (const auto checked = check_connection(connection); !checked) {
        std::fprintf(stderr, "numproofd: %s\n", checked.error().detail.c_str());
        return kExitConfiguration;
    }
    std::puts("the configuration is good");
    return reach == Reach::servers ? reach_servers(foundation) : kExitOk;
}

}  // namespace numproof
