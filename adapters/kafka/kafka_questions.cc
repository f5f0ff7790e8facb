// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_questions.h"

#include "adapters/kafka/kafka_conf.h"

namespace numproof::kafka {

Result<std::map<std::string, std::int32_t>> ask_topics(rd_kafka_t& client, int timeout_ms) {
    const rd_kafka_metadata_t* raw = nullptr;
    const auto error = rd_kafka_metadata(&client, 1, nullptr, &raw, timeout_ms);
    const MetadataPtr metadata{raw};
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(to_error(error, "kafka topics"));
    }
    std::map<std::string, std::int32_t> topics;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
        const auto& topic = metadata->topics[i];
        if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && topic.partition_cnt > 0) {
            topics[topic.topic] = topic.partition_cnt;
        }
    }
    return topics;
}

Result<std::map<TopicPartition, std::optional<std::int64_t>>> ask_committed(
    rd_kafka_t& client, const std::set<TopicPartition>& partitions, int timeout_ms
) {
    const PartitionsPtr list{
        rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size()))};
    for (const auto& at : partitions) {
        rd_kafka_topic_partition_list_add(list.get(), at.topic.c_str(), at.partition);
    }
    const auto error = rd_kafka_committed(&client, list.get(), timeout_ms);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(to_error(error, "committed offsets"));
    }
    std::map<TopicPartition, std::optional<std::int64_t>> committed;
    for (int i = 0; i < list->cnt; ++i) {
        const auto& one = list->elems[i];
        if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return tl::unexpected(to_error(one.err, "committed offsets"));
        }
        auto& offset = committed[TopicPartition{.topic = one.topic, .partition = one.partition}];
        if (one.offset >= 0) {
            offset = one.offset;
        }
    }
    return committed;
}

Result<OffsetRange> ask_range(rd_kafka_t& client, const TopicPartition& at, int timeout_ms) {
    OffsetRange range;
    const auto error = rd_kafka_query_watermark_offsets(
        &client, at.topic.c_str(), at.partition, &range.begin, &range.end, timeout_ms
    );
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(to_error(error, "offsets of " + at.topic));
    }
    return range;
}

}  // namespace numproof::kafka
