// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/kafka/in_process_broker.h"
#include "adapters/kafka/kafka_publisher.h"
#include "daemon/app/foundation.h"
#include "daemon/app/sandbox_events.h"

namespace numproof {

/// What the sandbox brings along because no file or server does: broker, issuer, spool folder.
class SandboxGround {
public:
    /// Fills in what `settings` leave open; keeps it alive.
    [[nodiscard]] static Result<std::unique_ptr<SandboxGround>> lay(Settings& settings, Log& log);

    SandboxGround(const SandboxGround&) = delete;
    SandboxGround& operator=(const SandboxGround&) = delete;

    /// Removes the temporary spool folder, if it made one.
    ~SandboxGround();

private:
    SandboxGround() = default;

    std::unique_ptr<InProcessBroker> broker_;
    std::string temporary_folder_;
};

/// The packet core of the sandbox: makes the topics, publishes the made-up sessions once and a
/// heartbeat to every partition twice a second, on a thread of its own.
class SandboxCore {
public:
    explicit SandboxCore(Foundation& foundation) : foundation_(foundation) {}

    SandboxCore(const SandboxCore&) = delete;
    SandboxCore& operator=(const SandboxCore&) = delete;
    ~SandboxCore();

    /// Makes the topics that are missing; blocks for as long as the broker takes.
    [[nodiscard]] Result<void> make_topics();

    void start();
    void stop();

private:
    void run();
    void publish(const TopicPartition& to, const SandboxRecord& record);

    Foundation& foundation_;
    std::vector<TopicPartition> partitions_;
    std::unique_ptr<KafkaPublisher> publisher_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;  // Guarded by mutex_.
    std::thread thread_;
};

/// What is printed when the sandbox is up: what it is, and three commands to paste.
[[nodiscard]] std::string sandbox_banner(const Settings& settings);

}  // namespace numproof
