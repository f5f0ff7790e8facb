// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_producer.h"

#include <array>

#include <syslog.h>

namespace numproof::kafka {
namespace {

ClientSettings client_settings(const ProducerSettings& settings) {
    return ClientSettings{
        .client_id = settings.client_id,
        .ours =
            {{"enable.idempotence", "true"},
             {"acks", "all"},
             {"message.timeout.ms", std::to_string(settings.delivery_max.count())}},
        .defaults = {
            {"queue.buffering.max.kbytes", std::to_string(settings.queue_bytes_max / 1024)},
            {"linger.ms", std::to_string(settings.linger.count())},
            // A topic that nobody knows after that is missing, and said to be.
            {"topic.metadata.propagation.max.ms", "5000"},
            {"socket.timeout.ms", "10000"},
            {"socket.keepalive.enable", "true"},
            {"reconnect.backoff.max.ms", "2000"},
            {"log.connection.close", "false"}}};
}

HeadersPtr headers_of(const HeaderList* headers) {
    if (headers == nullptr) {
        return nullptr;
    }
    HeadersPtr made{rd_kafka_headers_new(headers->size())};
    for (const auto& [name, value] : *headers) {
        rd_kafka_header_add(
            made.get(),
            name.data(),
            static_cast<ssize_t>(name.size()),
            value.data(),
            static_cast<ssize_t>(value.size())
        );
    }
    return made;
}

/// The variadic call takes a type before every value, and this at the end.
constexpr int kEnd = RD_KAFKA_VTYPE_END;

}  // namespace

KafkaProducer::KafkaProducer(
    const KafkaConnection& connection, Environment environment, OnDelivery on_delivery
)
    : ClientEvents(environment.log, connection.security.token_source),
      connection_(connection),
      metrics_(environment.metrics),
      tell_(std::move(on_delivery)) {}

Result<std::unique_ptr<KafkaProducer>> KafkaProducer::make(
    const KafkaConnection& connection,
    const ProducerSettings& settings,
    Environment environment,
    OnDelivery on_delivery
) {
    auto conf = make_conf(connection, client_settings(settings));
    if (!conf) {
        return pass_on(conf);
    }
    std::unique_ptr<KafkaProducer> made{
        new KafkaProducer{connection, environment, std::move(on_delivery)}};
    auto client = make_client(RD_KAFKA_PRODUCER, std::move(*conf), *made);
    if (!client) {
        return pass_on(client);
    }
    made->client_ = std::move(*client);
    made->queue_.reset(rd_kafka_queue_get_main(made->client_.get()));
    return made;
}

KafkaProducer::~KafkaProducer() {
    if (client_) {
        signal_to(-1);
        // What was not delivered is known to whoever sent it; librdkafka would warn of it.
        rd_kafka_set_log_level(client_.get(), LOG_CRIT);
        rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    }
}

Result<void> KafkaProducer::send(const OutgoingRecord& record, std::uintptr_t ticket) {
    const std::string topic{record.topic};
    auto headers = headers_of(record.headers);
    const auto key = record.key.value_or(std::string_view{});
    // Not rd_kafka_produceva: librdkafka 2.0.2 frees the headers twice there when the partition
    // does not exist. With a list of our own, producev leaves it to us after a failure.
    const auto error = rd_kafka_producev(
        client_.get(),
        RD_KAFKA_VTYPE_TOPIC,
        topic.c_str(),
        RD_KAFKA_VTYPE_PARTITION,
        record.partition.value_or(RD_KAFKA_PARTITION_UA),
        RD_KAFKA_VTYPE_MSGFLAGS,
        RD_KAFKA_MSG_F_COPY,
        RD_KAFKA_VTYPE_KEY,
        key.data(),
        key.size(),
        RD_KAFKA_VTYPE_VALUE,
        record.value.data(),
        record.value.size(),
        RD_KAFKA_VTYPE_HEADERS,
        headers.get(),
        RD_KAFKA_VTYPE_TIMESTAMP,
        record.timestamp ? epoch_ms(*record.timestamp) : std::int64_t{0},
        RD_KAFKA_VTYPE_OPAQUE,
        reinterpret_cast<void*>(ticket),
        kEnd
    );
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(error_of(error, topic));
    }
    static_cast<void>(headers.release());
    return {};
}

void KafkaProducer::poll(Milliseconds wait) {
    rd_kafka_poll(client_.get(), static_cast<int>(wait.count()));
}

void KafkaProducer::signal_to(int descriptor) {
    static constexpr std::uint64_t kOne = 1;
    rd_kafka_queue_io_event_enable(queue_.get(), descriptor, &kOne, sizeof kOne);
}

bool KafkaProducer::fatal() const {
    return rd_kafka_fatal_error(client_.get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
}

void KafkaProducer::on_error(rd_kafka_resp_err_t, const std::string&) {
    // What an error of the client means for a record is told in that record's report.
}

void KafkaProducer::on_delivery(const rd_kafka_message_t& message) {
    const auto ticket = reinterpret_cast<std::uintptr_t>(message._private);
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        metrics_.delivered.add();
        tell_(ticket, std::nullopt);
        return;
    }
    metrics_.failed.add();
    const auto* topic = rd_kafka_topic_name(message.rkt);
    tell_(ticket, error_of(message.err, topic));
}

Error KafkaProducer::error_of(rd_kafka_resp_err_t error, const std::string& topic) const {
    const bool missing = error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
                         error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    return missing ? missing_topic(topic, connection_)
                   : to_error(error, "kafka topic '" + topic + "'");
}

}  // namespace numproof::kafka
