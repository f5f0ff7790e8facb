// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/kafka/kafka_connection.h"
#include "adapters/kafka/topic_needs.h"
#include "daemon/telemetry/log.h"

namespace numproof {

namespace kafka {
class Asker;
}

/// Looks once, on a thread of its own, how topics are set up, and warns of each thing that lets
/// records be lost. Brokers that do not answer are asked again every half minute; while a topic is
/// missing, which is told once, it is looked for every other second. Rights that we lack are none
/// of its business. Destruction waits for the question that is under way, some seconds at most.
class KafkaTopicSurvey {
public:
    /// Connects to nothing yet; fails with invalid_configuration. `log` outlives it.
    [[nodiscard]] static Result<std::unique_ptr<KafkaTopicSurvey>> make(
        const KafkaConnection& connection, std::vector<TopicNeeds> topics, Log& log
    );
    ~KafkaTopicSurvey();
    KafkaTopicSurvey(const KafkaTopicSurvey&) = delete;
    KafkaTopicSurvey& operator=(const KafkaTopicSurvey&) = delete;

    void start();

    /// Names a topic that brokers said they do not have, with the command that makes it; nothing
    /// while none has answered yet, nor once all topics were seen. Thread-safe.
    [[nodiscard]] std::optional<std::string> missing() const;

private:
    KafkaTopicSurvey(const KafkaConnection& connection, std::vector<TopicNeeds> topics, Log& log);

    void look();
    [[nodiscard]] bool look_once();
    [[nodiscard]] bool all_there(const std::map<std::string, std::int32_t>& known);
    void look_for(const std::string& topic, const std::string& words);

    KafkaConnection connection_;
    std::vector<TopicNeeds> topics_;
    Log& log_;
    std::unique_ptr<kafka::Asker> asker_;
    std::map<std::string, int> looked_for_;  ///< How often each topic was missing.
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;  ///< Guarded by mutex_, as what follows.
    std::optional<std::string> missing_;
    std::thread thread_;
};

}  // namespace numproof
