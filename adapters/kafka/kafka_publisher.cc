// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_publisher.h"

#include <cstddef>
#include <utility>

#include "adapters/kafka/kafka_producer.h"

namespace numproof {
namespace {

constexpr Milliseconds kTurn{50};

}  // namespace

struct KafkaPublisher::State {
    explicit State(Environment environment) : env(environment) {}

    Environment env;
    KafkaProducerMetrics metrics{"publisher"};
    std::size_t outstanding = 0;
    std::optional<Error> failure;
    std::unique_ptr<kafka::KafkaProducer> producer;

    void count_report(std::optional<Error> error) {
        --outstanding;
        if (error) {
            failure = std::move(error);
        }
    }
};

KafkaPublisher::KafkaPublisher(std::unique_ptr<State> state) : state_(std::move(state)) {}

KafkaPublisher::~KafkaPublisher() = default;

Result<std::unique_ptr<KafkaPublisher>> KafkaPublisher::make(
    const KafkaConnection& connection, Environment environment
) {
    auto state = std::make_unique<State>(environment);
    auto made = kafka::KafkaProducer::make(
        connection,
        {.client_id = "numproof-publisher"},
        {.metrics = state->metrics, .log = environment.log},
        [raw = state.get()](std::uintptr_t, std::optional<Error> error) {
            raw->count_report(std::move(error));
        }
    );
    if (!made) {
        return pass_on(made);
    }
    state->producer = std::move(*made);
    return std::unique_ptr<KafkaPublisher>{new KafkaPublisher{std::move(state)}};
}

Result<void> KafkaPublisher::publish(const Record& record, Deadline deadline) {
    kafka::OutgoingRecord outgoing;
    outgoing.topic = record.to.topic;
    outgoing.partition = record.to.partition;
    outgoing.key = record.key;
    outgoing.value = record.value;
    outgoing.timestamp = record.timestamp;
    while (true) {
        auto sent = state_->producer->send(outgoing, 0);
        if (sent) {
            ++state_->outstanding;
            state_->producer->poll(Milliseconds{0});
            return sent;
        }
        const bool full = sent.error().code == ErrorCode::queue_full;
        if (!full || deadline.passed(state_->env.clock.mono_now())) {
            return sent;
        }
        state_->producer->poll(kTurn);
    }
}

Result<void> KafkaPublisher::wait_for_all(Deadline deadline) {
    while (state_->outstanding > 0) {
        if (deadline.passed(state_->env.clock.mono_now())) {
            return fail(
                ErrorCode::deadline_exceeded,
                std::to_string(state_->outstanding) + " records are not acknowledged"
            );
        }
        state_->producer->poll(kTurn);
    }
    if (auto failure = std::exchange(state_->failure, std::nullopt)) {
        return tl::unexpected(std::move(*failure));
    }
    return {};
}

const KafkaProducerMetrics& KafkaPublisher::metrics() const noexcept {
    return state_->metrics;
}

}  // namespace numproof
