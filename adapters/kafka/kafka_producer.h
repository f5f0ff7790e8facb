// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/kafka/kafka_conf.h"
#include "adapters/kafka/kafka_metrics.h"

namespace numproof::kafka {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// One record on its way out; everything is copied by send().
struct OutgoingRecord {
    std::string_view topic;
    std::optional<std::int32_t> partition;  ///< None: by the key.
    std::optional<std::string_view> key;
    std::string_view value;
    const HeaderList* headers = nullptr;
    std::optional<WallTime> timestamp;  ///< None: now.
};

/// How a producer is set up.
struct ProducerSettings {
    std::string client_id;
    Milliseconds delivery_max{30'000};  ///< Then a record counts as failed.
    std::size_t queue_bytes_max = std::size_t{16} * 1024 * 1024;
    Milliseconds linger{5};
};

/// An idempotent librdkafka producer, `acks=all`. For one thread.
class KafkaProducer final : public ClientEvents {
public:
    /// Told once for each record that send() took, with its ticket: empty when it is
    /// acknowledged by all in-sync replicas. Called inside poll().
    using OnDelivery = std::function<void(std::uintptr_t ticket, std::optional<Error> error)>;

    struct Environment {
        KafkaProducerMetrics& metrics;
        Log& log;
    };

    [[nodiscard]] static Result<std::unique_ptr<KafkaProducer>> make(
        const KafkaConnection& connection,
        const ProducerSettings& settings,
        Environment environment,
        OnDelivery on_delivery
    );
    ~KafkaProducer() override;

    /// Queues `record`; queue_full when it has to be polled first.
    [[nodiscard]] Result<void> send(const OutgoingRecord& record, std::uintptr_t ticket);

    /// Delivers reports, waiting at most `wait` for the first.
    void poll(Milliseconds wait);

    /// Writes to `descriptor`, an eventfd, when there is something to poll.
    void signal_to(int descriptor);

    /// Whether it can never be used again (ERR__FATAL): make another one.
    [[nodiscard]] bool fatal() const;

    [[nodiscard]] rd_kafka_t& client() const { return *client_; }

    void on_error(rd_kafka_resp_err_t error, const std::string& reason) override;
    void on_delivery(const rd_kafka_message_t& message) override;

private:
    KafkaProducer(
        const KafkaConnection& connection, Environment environment, OnDelivery on_delivery
    );

    [[nodiscard]] Error error_of(rd_kafka_resp_err_t error, const std::string& topic) const;

    KafkaConnection connection_;
    KafkaProducerMetrics& metrics_;
    OnDelivery tell_;
    ClientPtr client_;
    QueuePtr queue_;
};

}  // namespace numproof::kafka
