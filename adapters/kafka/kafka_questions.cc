// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_questions.h"

#include <algorithm>

#include "adapters/kafka/kafka_conf.h"

namespace numproof::kafka {
namespace {

PartitionsPtr list_of(const std::set<TopicPartition>& partitions, std::int64_t offset) {
    PartitionsPtr list{rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size()))};
    for (const auto& at : partitions) {
        auto* one = rd_kafka_topic_partition_list_add(list.get(), at.topic.c_str(), at.partition);
        one->offset = offset;
    }
    return list;
}

// Not rd_kafka_query_watermark_offsets(): of librdkafka 2.0.2 it has no time limit once it has
// asked, and a broker that stands still holds its caller for minutes. This one has; the names of
// the two ends of a partition are understood in the place of a time.
Result<std::map<TopicPartition, std::int64_t>> ask_offsets(
    rd_kafka_t& client,
    const std::set<TopicPartition>& partitions,
    std::int64_t which,
    int timeout_ms
) {
    const auto list = list_of(partitions, which);
    const auto error = rd_kafka_offsets_for_times(&client, list.get(), timeout_ms);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(to_error(error, "kafka offsets"));
    }
    std::map<TopicPartition, std::int64_t> offsets;
    for (int i = 0; i < list->cnt; ++i) {
        const auto& one = list->elems[i];
        if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return tl::unexpected(to_error(one.err, std::string{"offsets of "} + one.topic));
        }
        if (one.offset < 0) {
            return fail(ErrorCode::broker_unavailable, "no offset of " + std::string{one.topic});
        }
        offsets[TopicPartition{.topic = one.topic, .partition = one.partition}] = one.offset;
    }
    if (offsets.size() != partitions.size()) {
        return fail(
            ErrorCode::broker_unavailable, "kafka told the offsets of some partitions only"
        );
    }
    return offsets;
}

Result<std::map<TopicPartition, OffsetRange>> ask_both_ends(
    rd_kafka_t& client, const std::set<TopicPartition>& partitions, int timeout_ms
) {
    auto begins = ask_offsets(client, partitions, RD_KAFKA_OFFSET_BEGINNING, timeout_ms);
    if (!begins) {
        return pass_on(begins);
    }
    auto ends = ask_offsets(client, partitions, RD_KAFKA_OFFSET_END, timeout_ms);
    if (!ends) {
        return pass_on(ends);
    }
    std::map<TopicPartition, OffsetRange> ranges;
    for (const auto& [at, begin] : *begins) {
        ranges[at] = OffsetRange{.begin = begin, .end = ends->find(at)->second};
    }
    return ranges;
}

}  // namespace

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

Result<void> ask_to_make(rd_kafka_t& client, const std::string& topic, int timeout_ms) {
    auto* const handle = rd_kafka_topic_new(&client, topic.c_str(), nullptr);
    if (handle == nullptr) {
        return tl::unexpected(to_error(rd_kafka_last_error(), "kafka topic"));
    }
    const rd_kafka_metadata_t* raw = nullptr;
    const auto error = rd_kafka_metadata(&client, 0, handle, &raw, timeout_ms);
    const MetadataPtr metadata{raw};
    rd_kafka_topic_destroy(handle);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(to_error(error, "kafka topic"));
    }
    return {};
}

Result<std::map<TopicPartition, std::optional<std::int64_t>>> ask_committed(
    rd_kafka_t& client, const std::set<TopicPartition>& partitions, int timeout_ms
) {
    const auto list = list_of(partitions, RD_KAFKA_OFFSET_INVALID);
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

Result<std::map<TopicPartition, OffsetRange>> ask_ranges(
    rd_kafka_t& client, const std::set<TopicPartition>& partitions, int timeout_ms
) {
    if (partitions.empty()) {
        return {};
    }
    auto ranges = ask_both_ends(client, partitions, std::max(1, timeout_ms / 2));
    if (!ranges) {
        // Nothing else tells the client of another leader or of more partitions.
        static_cast<void>(ask_topics(client, timeout_ms));
    }
    return ranges;
}

}  // namespace numproof::kafka
