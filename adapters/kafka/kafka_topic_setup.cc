// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_topic_setup.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "adapters/kafka/kafka_conf.h"

namespace numproof::kafka {
namespace {

struct ResourcesFreer {
    void operator()(rd_kafka_ConfigResource_t* made) const noexcept {
        rd_kafka_ConfigResource_destroy(made);
    }
};

using ResourcePtr = std::unique_ptr<rd_kafka_ConfigResource_t, ResourcesFreer>;
using Setups = std::map<std::string, TopicSetup>;

Result<Setups> ask_replicas(
    rd_kafka_t& client, const std::vector<TopicNeeds>& topics, int timeout_ms
) {
    const rd_kafka_metadata_t* raw = nullptr;
    const auto error = rd_kafka_metadata(&client, 1, nullptr, &raw, timeout_ms);
    const MetadataPtr metadata{raw};
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(to_error(error, "kafka topics"));
    }
    Setups setups;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
        const auto& topic = metadata->topics[i];
        const bool ours =
            std::ranges::find(topics, topic.topic, &TopicNeeds::topic) != topics.end();
        if (!ours || topic.err != RD_KAFKA_RESP_ERR_NO_ERROR || topic.partition_cnt == 0) {
            continue;
        }
        auto fewest = topic.partitions[0].replica_cnt;
        for (int p = 1; p < topic.partition_cnt; ++p) {
            fewest = std::min(fewest, topic.partitions[p].replica_cnt);
        }
        setups[topic.topic].replicas = fewest;
    }
    return setups;
}

void take_settings(const rd_kafka_ConfigResource_t& resource, Setups& setups) {
    const auto found = setups.find(rd_kafka_ConfigResource_name(&resource));
    if (found == setups.end() ||
        rd_kafka_ConfigResource_error(&resource) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return;
    }
    std::size_t count = 0;
    const auto* const* entries = rd_kafka_ConfigResource_configs(&resource, &count);
    for (std::size_t i = 0; i < count; ++i) {
        if (const char* value = rd_kafka_ConfigEntry_value(entries[i])) {
            found->second.settings[rd_kafka_ConfigEntry_name(entries[i])] = value;
        }
    }
}

Result<void> ask_settings(rd_kafka_t& client, Setups& setups, int timeout_ms) {
    std::vector<ResourcePtr> owned;
    std::vector<rd_kafka_ConfigResource_t*> wanted;
    for (const auto& [topic, setup] : setups) {
        owned.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
        wanted.push_back(owned.back().get());
    }
    std::array<char, 256> why{};
    const AdminOptionsPtr options{
        rd_kafka_AdminOptions_new(&client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS)};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, why.data(), why.size());
    const QueuePtr queue{rd_kafka_queue_new(&client)};
    rd_kafka_DescribeConfigs(&client, wanted.data(), wanted.size(), options.get(), queue.get());
    const EventPtr event{rd_kafka_queue_poll(queue.get(), timeout_ms)};
    if (!event) {
        return fail(ErrorCode::deadline_exceeded, "kafka settings of topics");
    }
    const auto error = rd_kafka_event_error(event.get());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(to_error(error, "kafka settings of topics"));
    }
    std::size_t count = 0;
    const auto* const* resources = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event.get()), &count
    );
    for (std::size_t i = 0; i < count; ++i) {
        take_settings(*resources[i], setups);
    }
    return {};
}

std::string brokers_of(const KafkaConnection& connection) {
    std::string all;
    for (const auto& broker : connection.brokers) {
        all += (all.empty() ? "" : ",") + broker;
    }
    return all;
}

/// Judges one topic; each check adds what it finds.
class Judge {
public:
    Judge(const TopicNeeds& needs, const TopicSetup& setup, const KafkaConnection& connection)
        : needs_(needs), setup_(setup), brokers_(brokers_of(connection)) {}

    std::vector<TopicWeakness> judge() {
        judge_replicas();
        judge_policy();
        judge_retention();
        if (setting("unclean.leader.election.enable") == "true") {
            add("unclean.leader.election.enable=true",
                "a leader that was behind loses records that were acknowledged",
                alter("unclean.leader.election.enable=false"));
        }
        return std::move(found_);
    }

private:
    void judge_replicas() {
        if (setup_.replicas == 1) {
            add("replication factor 1",
                "records are lost with the disk of one broker, and none is taken while it is away",
                "kafka-reassign-partitions.sh --bootstrap-server " + brokers_ +
                    " --reassignment-json-file FILE --execute   (FILE: three replicas for each "
                    "partition of " +
                    needs_.topic + ")");
        } else if (setup_.replicas > 1 && setting("min.insync.replicas") == "1") {
            add("min.insync.replicas=1",
                "a record that was acknowledged may be lost with one broker",
                alter("min.insync.replicas=2"));
        }
    }

    void judge_policy() {
        const auto policy = setting("cleanup.policy");
        if (policy.find("compact") != std::string::npos) {
            add("cleanup.policy=" + policy,
                "of records with the same key all but the newest are deleted",
                alter("cleanup.policy=delete"));
        }
    }

    void judge_retention() {
        const auto text = setting("retention.ms");
        std::int64_t kept = -1;
        std::from_chars(text.data(), text.data() + text.size(), kept);
        const bool deletes = setting("cleanup.policy").find("delete") != std::string::npos;
        if (deletes && kept >= 0 && kept < needs_.retention.count()) {
            add("retention.ms=" + text,
                "a directory that is built anew does not know what is older than that: whose "
                "session began before is unknown",
                alter("retention.ms=" + std::to_string(needs_.retention.count())) +
                    "   (or more: longer than the longest session)");
        }
    }

    [[nodiscard]] std::string setting(const std::string& name) const {
        const auto found = setup_.settings.find(name);
        return found == setup_.settings.end() ? std::string{} : found->second;
    }

    [[nodiscard]] std::string alter(const std::string& setting) const {
        return "kafka-configs.sh --bootstrap-server " + brokers_ +
               " --alter --entity-type topics --entity-name " + needs_.topic + " --add-config " +
               setting;
    }

    void add(std::string value, std::string reason, std::string command) {
        found_.push_back(
            {.value = std::move(value), .reason = std::move(reason), .command = std::move(command)}
        );
    }

    const TopicNeeds& needs_;
    const TopicSetup& setup_;
    std::string brokers_;
    std::vector<TopicWeakness> found_;
};

}  // namespace

Result<std::map<std::string, TopicSetup>> ask_setups(
    rd_kafka_t& client, const std::vector<TopicNeeds>& topics, int timeout_ms
) {
    auto setups = ask_replicas(client, topics, timeout_ms);
    if (!setups || setups->empty()) {
        return setups;
    }
    if (auto asked = ask_settings(client, *setups, timeout_ms); !asked) {
        return pass_on(asked);
    }
    return setups;
}

std::vector<TopicWeakness> weaknesses_of(
    const TopicNeeds& needs, const TopicSetup& setup, const KafkaConnection& connection
) {
    return Judge{needs, setup, connection}.judge();
}

}  // namespace numproof::kafka
