// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_consumer.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <thread>
#include <utility>

#include "adapters/kafka/record_headers.h"
#include "daemon/telemetry/messages.h"

namespace numproof::kafka {
namespace {

constexpr Milliseconds kAssignPause{100};

ClientSettings client_settings(const ConsumerSettings& settings) {
    Properties ours{
        {"group.id", settings.group},
        {"partition.assignment.strategy", "range"},
        {"enable.auto.commit", "true"},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"},
        {"enable.partition.eof", "true"},
        {"allow.auto.create.topics", "false"},
        {"check.crcs", "true"}};
    if (!settings.instance_id.empty()) {
        ours.emplace_back("group.instance.id", settings.instance_id);
    }
    const auto prefetch_kib = std::to_string(settings.prefetch_bytes_max / 1024);
    return ClientSettings{
        .client_id = "numproof-feed",
        .ours = std::move(ours),
        .defaults = {
            // A node that died gives its partitions to others before anybody has to be called.
            {"session.timeout.ms", "10000"},
            {"queued.max.messages.kbytes", prefetch_kib},
            {"queued.min.messages", "10000"},
            {"fetch.max.bytes", "8388608"},
            {"auto.commit.interval.ms", "1000"},
            {"socket.timeout.ms", "10000"},
            {"socket.keepalive.enable", "true"},
            {"reconnect.backoff.max.ms", "2000"},
            {"topic.metadata.refresh.interval.ms", "10000"},
            {"log.connection.close", "false"}}};
}

TopicPartition place_of(const rd_kafka_topic_partition_t& partition) {
    return TopicPartition{.topic = partition.topic, .partition = partition.partition};
}

TopicPartition place_of(const rd_kafka_message_t& message) {
    const auto* topic = message.rkt != nullptr ? rd_kafka_topic_name(message.rkt) : "";
    return TopicPartition{.topic = topic, .partition = message.partition};
}

Bytes bytes_of(const void* data, std::size_t size) {
    return data == nullptr ? Bytes{} : Bytes{static_cast<const char*>(data), size};
}

bool is_replayed(const rd_kafka_message_t& message) {
    rd_kafka_headers_t* headers = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    return rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR &&
           rd_kafka_header_get_last(headers, kReplayedFrom, &value, &size) ==
               RD_KAFKA_RESP_ERR_NO_ERROR;
}

FeedRecord record_of(const rd_kafka_message_t& message, TopicPartition at) {
    rd_kafka_timestamp_type_t kind{};
    return FeedRecord{
        .at = std::move(at),
        .offset = message.offset,
        .timestamp = wall_from_ms(rd_kafka_message_timestamp(&message, &kind)),
        .key = bytes_of(message.key, message.key_len),
        .value = bytes_of(message.payload, message.len),
        .replayed = is_replayed(message)};
}

PartitionsPtr list_of(const FeedPositions::Offsets& offsets) {
    PartitionsPtr list{rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size()))};
    for (const auto& [at, offset] : offsets) {
        auto* one = rd_kafka_topic_partition_list_add(list.get(), at.topic.c_str(), at.partition);
        one->offset = offset == FeedPositions::kBeginning ? RD_KAFKA_OFFSET_BEGINNING : offset;
    }
    return list;
}

}  // namespace

KafkaConsumer::KafkaConsumer(ConsumerSettings settings, KafkaFeedMetrics& metrics, Log& log)
    : ClientEvents(log, settings.connection.security.token_source),
      settings_(std::move(settings)),
      metrics_(metrics) {}

Result<std::unique_ptr<KafkaConsumer>> KafkaConsumer::make(
    ConsumerSettings settings, KafkaFeedMetrics& metrics, Log& log
) {
    auto conf = make_conf(settings.connection, client_settings(settings));
    if (!conf) {
        return pass_on(conf);
    }
    std::unique_ptr<KafkaConsumer> made{new KafkaConsumer{std::move(settings), metrics, log}};
    auto client = make_client(RD_KAFKA_CONSUMER, std::move(*conf), *made);
    if (!client) {
        return pass_on(client);
    }
    made->client_ = std::move(*client);
    rd_kafka_poll_set_consumer(made->client_.get());
    made->queue_.reset(rd_kafka_queue_get_consumer(made->client_.get()));
    return made;
}

KafkaConsumer::~KafkaConsumer() {
    signal_to(-1);
}

void KafkaConsumer::signal_to(int descriptor) {
    static constexpr std::uint64_t kOne = 1;
    descriptor_ = descriptor;
    for (auto* queue : {queue_.get(), closing_.get()}) {
        if (queue != nullptr) {
            rd_kafka_queue_io_event_enable(queue, descriptor, &kOne, sizeof kOne);
        }
    }
}

Result<void> KafkaConsumer::subscribe() {
    const PartitionsPtr list{
        rd_kafka_topic_partition_list_new(static_cast<int>(settings_.topics.size()))};
    for (const auto& topic : settings_.topics) {
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    }
    const auto error = rd_kafka_subscribe(client_.get(), list.get());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(to_error(error, "kafka subscription"));
    }
    return {};
}

std::vector<FeedRecord> KafkaConsumer::poll(std::size_t records_max) {
    apply_moves();
    std::vector<FeedRecord> records;
    // What is left in the queue does not signal again: a batch without a record is not the end.
    while (poll_batch(records_max, records) == records_max && records.empty()) {
    }
    // Now, since nothing else may ever wake who waits for records.
    apply_moves();
    return records;
}

std::size_t KafkaConsumer::poll_batch(std::size_t size, std::vector<FeedRecord>& records) {
    std::vector<rd_kafka_message_t*> batch(size);
    const auto polled = rd_kafka_consume_batch_queue(queue_.get(), 0, batch.data(), size);
    batch.resize(polled > 0 ? static_cast<std::size_t>(polled) : 0);
    for (auto* raw : batch) {
        const MessagePtr message{raw};
        auto at = place_of(*message);
        if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            take_event(*message);
        } else if (positions_.accept(at, message->offset)) {
            metrics_.records.add();
            metrics_.bytes.add(message->key_len + message->len);
            records.push_back(record_of(*message, std::move(at)));
        }
    }
    return batch.size();
}

void KafkaConsumer::apply_moves() {
    if (positions_.take_moved()) {
        assign_positions();
    }
}

void KafkaConsumer::take_event(const rd_kafka_message_t& message) {
    auto at = place_of(message);
    switch (static_cast<int>(message.err)) {
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            positions_.reached_end(at, message.offset);
            return;
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
        case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            restart_at_beginning(at);
            return;
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
            trouble_ = missing_topic(at.topic, settings_.connection);
            return;
        case RD_KAFKA_RESP_ERR__FATAL:
            note_fatal();
            return;
        case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
            // We were slow on purpose; librdkafka joins again now that it is polled.
            return;
        default:
            trouble_ = to_error(message.err, "kafka topic '" + at.topic + "'");
    }
}

void KafkaConsumer::restart_at_beginning(const TopicPartition& at) {
    if (!positions_.move(at, FeedPositions::kBeginning)) {
        return;
    }
    generation_lost_ = true;
    metrics_.offsets_gone.add();
    log().write(
        messages::kafka_offset_gone,
        {{"topic", at.topic}, {"partition", std::to_string(at.partition)}}
    );
}

void KafkaConsumer::resume(const std::map<TopicPartition, std::optional<std::int64_t>>& committed) {
    waiting_.reset();
    positions_.assign(committed);
    assign_positions();
    metrics_.partitions.set(static_cast<double>(committed.size()));
    log_partitions(messages::kafka_partitions_assigned, committed.size());
}

void KafkaConsumer::assign_positions() {
    const auto list = list_of(positions_.positions());
    assign(list.get());
}

// librdkafka (2.0.2, and still 2.15.0: its issue 5573) aborts the process when a partition is taken
// from it once more before it has handled the last time; that takes it far less than this pause.
void KafkaConsumer::assign(const rd_kafka_topic_partition_list_t* list) {
    std::this_thread::sleep_until(assigned_at_ + kAssignPause);
    rd_kafka_assign(client_.get(), list);
    assigned_at_ = std::chrono::steady_clock::now();
}

Result<void> KafkaConsumer::store_offset(const TopicPartition& at, std::int64_t next) {
    if (!positions_.note_done(at, next)) {
        return {};
    }
    const auto list = list_of({{at, next}});
    const auto error = rd_kafka_offsets_store(client_.get(), list.get());
    if (error == RD_KAFKA_RESP_ERR__STATE || error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return {};
    }
    return tl::unexpected(to_error(error, "offset of " + at.topic));
}

bool KafkaConsumer::rewind(const TopicPartition& at, std::int64_t offset) {
    return positions_.move(at, offset);
}

void KafkaConsumer::commit_done() {
    if (positions_.done().empty()) {
        return;
    }
    // Named offsets also go back, where the periodic commit of librdkafka never does.
    const auto list = list_of(positions_.done());
    rd_kafka_commit(client_.get(), list.get(), 1);
}

void KafkaConsumer::close_slowly() {
    if (waiting_) {
        // librdkafka does not end while it waits to hear where to start.
        give_up_assignment();
    }
    commit_done();
    closing_.reset(rd_kafka_queue_new(client_.get()));
    const auto descriptor = descriptor_;
    signal_to(descriptor);
    const ErrorPtr error{rd_kafka_consumer_close_queue(client_.get(), closing_.get())};
}

bool KafkaConsumer::poll_closing() {
    std::array<rd_kafka_message_t*, 64> batch{};
    const auto count = rd_kafka_consume_batch_queue(closing_.get(), 0, batch.data(), batch.size());
    for (ssize_t i = 0; i < count; ++i) {
        const MessagePtr dropped{batch[static_cast<std::size_t>(i)]};
    }
    return rd_kafka_consumer_closed(client_.get()) != 0;
}

void KafkaConsumer::on_error(rd_kafka_resp_err_t error, const std::string& reason) {
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
        metrics_.broker_losses.add();
        trouble_ = Error{.code = ErrorCode::broker_unavailable, .detail = reason};
    } else if (error == RD_KAFKA_RESP_ERR__AUTHENTICATION || error == RD_KAFKA_RESP_ERR__SSL) {
        trouble_ = Error{.code = ErrorCode::broker_unavailable, .detail = reason};
    } else if (error == RD_KAFKA_RESP_ERR__FATAL) {
        note_fatal();
    }
}

void KafkaConsumer::note_fatal() {
    if (fatal_) {
        return;
    }
    std::array<char, 512> why{};
    const auto cause = rd_kafka_fatal_error(client_.get(), why.data(), why.size());
    const bool fenced = cause == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
    fatal_ = Error{
        .code = fenced ? ErrorCode::invalid_configuration : ErrorCode::broker_unavailable,
        .detail = fenced ? "group '" + settings_.group + "' shut out its member '" +
                               settings_.instance_id + "'"
                         : std::string{why.data()}};
}

void KafkaConsumer::on_rebalance(
    rd_kafka_resp_err_t event, rd_kafka_topic_partition_list_t* partitions
) {
    ++generation_;
    metrics_.rebalances.add();
    if (event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && !closing_) {
        take_assignment(*partitions);
    } else {
        give_up_assignment();
    }
}

void KafkaConsumer::take_assignment(const rd_kafka_topic_partition_list_t& partitions) {
    auto& waiting = waiting_.emplace();
    for (int i = 0; i < partitions.cnt; ++i) {
        waiting.insert(place_of(partitions.elems[i]));
    }
}

void KafkaConsumer::give_up_assignment() {
    if (rd_kafka_assignment_lost(client_.get()) == 0) {
        commit_done();
    }
    log_partitions(messages::kafka_partitions_revoked, positions_.positions().size());
    waiting_.reset();
    positions_.revoke();
    metrics_.partitions.set(0);
    assign(nullptr);
}

void KafkaConsumer::log_partitions(const Message& message, std::size_t count) {
    log().write(message, {{"group", settings_.group}, {"partitions", std::to_string(count)}});
}

}  // namespace numproof::kafka
