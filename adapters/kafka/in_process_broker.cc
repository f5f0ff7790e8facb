// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/in_process_broker.h"

#include <utility>

#include "adapters/kafka/kafka_conf.h"
#include "adapters/kafka/kafka_mock.h"

namespace numproof {
namespace {

constexpr std::int32_t kAllBrokers = -1;

using ClusterPtr = std::unique_ptr<rd_kafka_mock_cluster_t, Freer<rd_kafka_mock_cluster_destroy>>;

class HostEvents final : public kafka::ClientEvents {
public:
    using ClientEvents::ClientEvents;

    void on_error(rd_kafka_resp_err_t, const std::string&) override {}
};

/// The numbers of the Kafka protocol.
std::int16_t api_key(InProcessBroker::Request request) {
    switch (request) {
        case InProcessBroker::Request::produce:
            return 0;
        case InProcessBroker::Request::fetch:
            return 1;
        case InProcessBroker::Request::offset_commit:
            return 8;
        case InProcessBroker::Request::join_group:
            return 11;
    }
    return -1;
}

rd_kafka_resp_err_t error_of(InProcessBroker::Failure failure) {
    switch (failure) {
        case InProcessBroker::Failure::disconnect:
            return RD_KAFKA_RESP_ERR__TRANSPORT;
        case InProcessBroker::Failure::not_leader:
            return RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION;
        case InProcessBroker::Failure::not_enough_replicas:
            return RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS;
        case InProcessBroker::Failure::out_of_order_sequence:
            return RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
        case InProcessBroker::Failure::request_timed_out:
            return RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT;
    }
    return RD_KAFKA_RESP_ERR_UNKNOWN;
}

}  // namespace

struct InProcessBroker::State {
    explicit State(Log& log) : events(log) {}

    HostEvents events;
    kafka::ClientPtr host;
    ClusterPtr cluster;
};

InProcessBroker::InProcessBroker(std::unique_ptr<State> state) : state_(std::move(state)) {}

InProcessBroker::~InProcessBroker() = default;

Result<std::unique_ptr<InProcessBroker>> InProcessBroker::start(Log& log) {
    auto state = std::make_unique<State>(log);
    kafka::ConfPtr conf{rd_kafka_conf_new()};
    auto host = kafka::make_client(RD_KAFKA_PRODUCER, std::move(conf), state->events);
    if (!host) {
        return pass_on(host);
    }
    state->host = std::move(*host);
    state->cluster.reset(rd_kafka_mock_cluster_new(state->host.get(), 1));
    if (!state->cluster) {
        return fail(ErrorCode::io_failure, "the in-process broker cannot be started");
    }
    return std::unique_ptr<InProcessBroker>{new InProcessBroker{std::move(state)}};
}

std::string InProcessBroker::address() const {
    return rd_kafka_mock_cluster_bootstraps(state_->cluster.get());
}

KafkaConnection InProcessBroker::connection() const {
    return KafkaConnection{.brokers = {address()}, .security = {}, .properties = {}};
}

Result<void> InProcessBroker::make_topic(const std::string& topic, std::int32_t partitions) {
    const auto error =
        rd_kafka_mock_topic_create(state_->cluster.get(), topic.c_str(), partitions, 1);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(kafka::to_error(error, "in-process topic '" + topic + "'"));
    }
    return {};
}

void InProcessBroker::fail_next(Request request, const std::vector<Failure>& failures) {
    std::vector<rd_kafka_resp_err_t> errors;
    errors.reserve(failures.size());
    for (const auto failure : failures) {
        errors.push_back(error_of(failure));
    }
    rd_kafka_mock_push_request_errors_array(
        state_->cluster.get(), api_key(request), errors.size(), errors.data()
    );
}

void InProcessBroker::go_away() {
    rd_kafka_mock_broker_set_down(state_->cluster.get(), kAllBrokers);
}

void InProcessBroker::come_back() {
    rd_kafka_mock_broker_set_up(state_->cluster.get(), kAllBrokers);
}

}  // namespace numproof
