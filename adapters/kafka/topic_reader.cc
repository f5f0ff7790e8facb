// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/topic_reader.h"

#include <set>
#include <utility>

#include "adapters/kafka/kafka_asker.h"

namespace numproof::kafka {
namespace {

ClientSettings reader_settings() {
    return {
        .client_id = "numproof-reader",
        .ours =
            {{"enable.auto.commit", "false"},
             {"enable.partition.eof", "true"},
             {"auto.offset.reset", "error"},
             {"allow.auto.create.topics", "false"},
             {"check.crcs", "true"}},
        .defaults = {
            {"queued.max.messages.kbytes", "8192"},
            {"socket.timeout.ms", "10000"},
            {"log.connection.close", "false"}}};
}

}  // namespace

TopicReader::TopicReader(ClientPtr client, const std::string& topic)
    : client_(std::move(client)),
      topic_(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr)),
      queue_(rd_kafka_queue_new(client_.get())) {}

TopicReader::~TopicReader() {
    for (const auto partition : started_) {
        rd_kafka_consume_stop(topic_.get(), partition);
    }
}

Result<TopicReader> TopicReader::open(
    const KafkaConnection& connection,
    std::string topic,
    ClientEvents& events,
    const Clock& clock,
    Deadline deadline
) {
    auto conf = make_conf(connection, reader_settings());
    if (!conf) {
        return pass_on(conf);
    }
    auto client = make_client(RD_KAFKA_CONSUMER, std::move(*conf), events);
    if (!client) {
        return pass_on(client);
    }
    const auto topics = ask_topics(**client, timeout_ms(deadline, clock.mono_now()));
    if (!topics) {
        return tl::unexpected(topics.error());
    }
    const auto found = topics->find(topic);
    if (found == topics->end()) {
        return tl::unexpected(missing_topic(topic, connection));
    }
    std::set<TopicPartition> all;
    for (std::int32_t partition = 0; partition < found->second; ++partition) {
        all.insert({.topic = topic, .partition = partition});
    }
    const auto ranges = ask_ranges(**client, all, timeout_ms(deadline, clock.mono_now()));
    if (!ranges) {
        return tl::unexpected(ranges.error());
    }
    TopicReader reader{std::move(*client), topic};
    for (const auto& [at, range] : *ranges) {
        reader.ranges_[at.partition] = range;
    }
    return reader;
}

Result<void> TopicReader::start(std::int32_t partition, std::int64_t offset) {
    if (rd_kafka_consume_start_queue(topic_.get(), partition, offset, queue_.get()) != 0) {
        return tl::unexpected(to_error(rd_kafka_last_error(), "reading a topic"));
    }
    started_.push_back(partition);
    return {};
}

Result<MessagePtr> TopicReader::next(Milliseconds wait) {
    MessagePtr message{rd_kafka_consume_queue(queue_.get(), static_cast<int>(wait.count()))};
    rd_kafka_poll(client_.get(), 0);
    const bool fine = !message || message->err == RD_KAFKA_RESP_ERR_NO_ERROR ||
                      message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    if (!fine) {
        return tl::unexpected(to_error(message->err, "reading a topic"));
    }
    return message;
}

std::string header_of(const rd_kafka_message_t& message, const char* name) {
    rd_kafka_headers_t* headers = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    const bool found =
        rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR &&
        rd_kafka_header_get_last(headers, name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
    return found && value != nullptr ? std::string{static_cast<const char*>(value), size}
                                     : std::string{};
}

}  // namespace numproof::kafka
