// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/sandbox.h"

#include <filesystem>

#include <pthread.h>
#include <stdlib.h>

#include "adapters/kafka/kafka_topics.h"
#include "daemon/app/options_of.h"
#include "daemon/app/sandbox_events.h"

namespace numproof {
namespace {

constexpr std::int32_t kSessionPartitions = 4;
constexpr Milliseconds kHeartbeatEvery{500};
constexpr Milliseconds kTopicsWithin{30'000};
constexpr Milliseconds kPublishWithin{1'000};

// What the sandbox makes itself, in its own broker as on a real one.
std::vector<std::pair<std::string, std::int32_t>> topics_of(const Settings& settings) {
    std::vector<std::pair<std::string, std::int32_t>> topics;
    for (const auto& feed : settings.ingest.feeds) {
        topics.emplace_back(feed.topic, kSessionPartitions);
    }
    topics.emplace_back(settings.ingest.dead_letter_topic, 1);
    topics.emplace_back(settings.audit.topic, 1);
    return topics;
}

// librdkafka's in-process broker answers no admin requests: its topics are made from inside.
Result<std::unique_ptr<InProcessBroker>> start_broker(const Settings& settings, Log& log) {
    auto broker = InProcessBroker::start(log);
    if (!broker) {
        return broker;
    }
    for (const auto& [topic, partitions] : topics_of(settings)) {
        if (auto made = (*broker)->make_topic(topic, partitions); !made) {
            return pass_on(made);
        }
    }
    return broker;
}

Result<std::string> make_folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "numproof-sandbox-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) {
        return fail(ErrorCode::io_failure, "no temporary folder can be made for the spool");
    }
    return pattern;
}

}  // namespace

Result<std::unique_ptr<SandboxGround>> SandboxGround::lay(Settings& settings, Log& log) {
    std::unique_ptr<SandboxGround> ground{new SandboxGround};
    if (settings.kafka.brokers.empty()) {
        auto broker = start_broker(settings, log);
        if (!broker) {
            return pass_on(broker);
        }
        ground->broker_ = std::move(*broker);
        settings.kafka.brokers = {ground->broker_->address()};
    }
    if (settings.audit.spool_dir.empty()) {
        auto folder = make_folder();
        if (!folder) {
            return pass_on(folder);
        }
        ground->temporary_folder_ = *folder;
        settings.audit.spool_dir = *folder;
    }
    return ground;
}

SandboxGround::~SandboxGround() {
    if (!temporary_folder_.empty()) {
        std::error_code ignored;
        std::filesystem::remove_all(temporary_folder_, ignored);
    }
}

SandboxCore::~SandboxCore() {
    stop();
}

Result<void> SandboxCore::make_topics() {
    const auto& settings = foundation_.edition->settings;
    const auto connection = kafka_connection_of(foundation_, foundation_.edition);
    auto topics =
        KafkaTopics::make(connection, {.clock = foundation_.clock, .log = *foundation_.log});
    if (!topics) {
        return pass_on(topics);
    }
    const auto deadline = Deadline::after(foundation_.clock.mono_now(), kTopicsWithin);
    for (const auto& [topic, partitions] : topics_of(settings)) {
        if (auto made = (*topics)->ensure(topic, partitions, deadline); !made) {
            return made;
        }
    }
    for (const auto& feed : settings.ingest.feeds) {
        auto count = (*topics)->partitions(feed.topic, deadline);
        if (!count) {
            return pass_on(count);
        }
        for (std::int32_t partition = 0; partition < count->value_or(0); ++partition) {
            partitions_.push_back({.topic = feed.topic, .partition = partition});
        }
    }
    auto publisher =
        KafkaPublisher::make(connection, {.clock = foundation_.clock, .log = *foundation_.log});
    if (!publisher) {
        return pass_on(publisher);
    }
    publisher_ = std::move(*publisher);
    return {};
}

void SandboxCore::start() {
    thread_ = std::thread{[this] { run(); }};
    pthread_setname_np(thread_.native_handle(), "np-sandbox");
}

void SandboxCore::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void SandboxCore::run() {
    if (partitions_.empty()) {
        return;  // No feed is configured.
    }
    const TopicPartition first = partitions_.front();
    for (const auto& record : sandbox_sessions(foundation_.clock.wall_now())) {
        publish(first, record);
    }
    std::unique_lock lock{mutex_};
    while (!stopping_) {
        lock.unlock();
        const auto heartbeat = sandbox_heartbeat(foundation_.clock.wall_now());
        for (const auto& partition : partitions_) {
            publish(partition, heartbeat);
        }
        lock.lock();
        wake_.wait_for(lock, kHeartbeatEvery, [this] { return stopping_; });
    }
}

void SandboxCore::publish(const TopicPartition& to, const SandboxRecord& record) {
    const auto deadline = Deadline::after(foundation_.clock.mono_now(), kPublishWithin);
    const KafkaPublisher::Record event{
        .to = to, .key = record.key, .value = record.value, .timestamp = {}};
    // A broker that is away makes the feed stale, which is what a real one would do too.
    [[maybe_unused]] const auto queued = publisher_->publish(event, deadline);
}

}  // namespace numproof
