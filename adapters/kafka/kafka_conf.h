// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "adapters/kafka/kafka_connection.h"
#include "adapters/kafka/kafka_handles.h"
#include "daemon/base/deadline.h"
#include "daemon/telemetry/log.h"

namespace numproof::kafka {

/// Names and values in the order in which they are set.
using Properties = std::vector<std::pair<std::string, std::string>>;

/// What a kind of client sets. Settings named in `ours` cannot be overridden by the operator
/// (see kOurProperties), those in `defaults` can.
struct ClientSettings {
    std::string client_id;  ///< Short: librdkafka 2.0.2 crashes on a long one.
    Properties ours;
    Properties defaults;
};

/// Builds a configuration from `connection` and `settings`; fails with invalid_configuration and
/// the name of the property that is wrong or not the operator's to set.
[[nodiscard]] Result<ConfPtr> make_conf(
    const KafkaConnection& connection, const ClientSettings& settings
);

/// Whose callbacks a client calls: librdkafka has one `opaque` for all of them.
class ClientEvents {
public:
    explicit ClientEvents(Log& log, KafkaTokenSource token_source = {})
        : log_(log), token_source_(std::move(token_source)) {}

    ClientEvents(const ClientEvents&) = delete;
    ClientEvents& operator=(const ClientEvents&) = delete;
    virtual ~ClientEvents() = default;

    /// An error of the client as a whole. In the polling thread.
    virtual void on_error(rd_kafka_resp_err_t error, const std::string& reason) = 0;

    /// Consumers only. In the polling thread.
    virtual void on_rebalance(
        rd_kafka_resp_err_t event, rd_kafka_topic_partition_list_t* partitions
    );

    /// Producers only. In the polling thread.
    virtual void on_delivery(const rd_kafka_message_t& message);

    /// Logs that brokers and we do not accept each other: now and then, for it is tried again
    /// every few seconds. In the polling thread.
    void note_refusal(rd_kafka_resp_err_t error, const std::string& reason);

    [[nodiscard]] Log& log() const noexcept { return log_; }

    [[nodiscard]] const KafkaTokenSource& token_source() const noexcept { return token_source_; }

private:
    Log& log_;
    KafkaTokenSource token_source_;
    rd_kafka_resp_err_t refused_ = RD_KAFKA_RESP_ERR_NO_ERROR;
    std::chrono::steady_clock::time_point quiet_until_;
};

/// Makes a client that reports to `events`, which must outlive it.
[[nodiscard]] Result<ClientPtr> make_client(
    rd_kafka_type_t type, ConfPtr conf, ClientEvents& events
);

/// What is left of `deadline`, in the whole milliseconds that librdkafka takes; at least 1.
[[nodiscard]] int timeout_ms(Deadline deadline, MonoTime now);

/// What librdkafka's `error` means to us.
[[nodiscard]] Error to_error(rd_kafka_resp_err_t error, const std::string& context);

/// The same, for the error objects of newer calls.
[[nodiscard]] Error to_error(const rd_kafka_error_t& error, const std::string& context);

/// Tells the operator how to make `topic`, which does not exist.
[[nodiscard]] Error missing_topic(const std::string& topic, const KafkaConnection& connection);

}  // namespace numproof::kafka
