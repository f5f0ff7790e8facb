// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/kafka/kafka_connection.h"
#include "adapters/kafka/kafka_handles.h"
#include "adapters/kafka/topic_needs.h"
#include "daemon/base/result.h"

namespace numproof::kafka {

/// How a topic is set up: its settings by Kafka's names, and how many copies it has.
struct TopicSetup {
    int replicas = 0;  ///< Of the partition that has the fewest.
    std::map<std::string, std::string> settings;
};

/// What about a topic lets records be lost, and what mends it.
struct TopicWeakness {
    std::string value;  ///< As `min.insync.replicas=1`.
    std::string reason;
    std::string command;
};

/// Asks how each of `topics` is set up; blocks for `timeout_ms` at most, twice. Topics that are
/// missing, or that we may not describe (ACL DescribeConfigs), are left out.
[[nodiscard]] Result<std::map<std::string, TopicSetup>> ask_setups(
    rd_kafka_t& client, const std::vector<TopicNeeds>& topics, int timeout_ms
);

/// Judges a topic by what it is needed for. A setting that the broker did not tell is no weakness.
/// `connection` is for the commands.
[[nodiscard]] std::vector<TopicWeakness> weaknesses_of(
    const TopicNeeds& needs, const TopicSetup& setup, const KafkaConnection& connection
);

}  // namespace numproof::kafka
