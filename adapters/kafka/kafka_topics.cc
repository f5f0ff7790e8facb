// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_topics.h"

#include <array>
#include <thread>
#include <utility>

#include "adapters/kafka/kafka_asker.h"
#include "adapters/kafka/kafka_conf.h"
#include "adapters/kafka/kafka_questions.h"

namespace numproof {
namespace {

Result<void> outcome_of(rd_kafka_event_t* event, const std::string& topic) {
    const auto context = "making kafka topic '" + topic + "'";
    if (event == nullptr) {
        return fail(ErrorCode::deadline_exceeded, context);
    }
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(kafka::to_error(rd_kafka_event_error(event), context));
    }
    std::size_t count = 0;
    const auto* topics =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    const auto error =
        count == 1 ? rd_kafka_topic_result_error(topics[0]) : RD_KAFKA_RESP_ERR_UNKNOWN;
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
        return tl::unexpected(kafka::to_error(error, context));
    }
    return {};
}

}  // namespace

struct KafkaTopics::State {
    State(const KafkaConnection& to, Environment environment)
        : connection(to), clock(environment.clock) {}

    KafkaConnection connection;
    const Clock& clock;
    std::unique_ptr<kafka::Asker> asker;

    [[nodiscard]] int left_ms(Deadline deadline) const {
        return kafka::timeout_ms(deadline, clock.mono_now());
    }

    Result<void> create(const std::string& topic, std::int32_t partitions, Deadline deadline) {
        std::array<char, 256> why{};
        const kafka::NewTopicPtr wanted{
            rd_kafka_NewTopic_new(topic.c_str(), partitions, -1, why.data(), why.size())};
        if (!wanted) {
            return fail(ErrorCode::invalid_configuration, why.data());
        }
        const kafka::AdminOptionsPtr options{
            rd_kafka_AdminOptions_new(&asker->client(), RD_KAFKA_ADMIN_OP_CREATETOPICS)};
        const auto timeout = left_ms(deadline);
        rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout, why.data(), why.size());
        const kafka::QueuePtr queue{rd_kafka_queue_new(&asker->client())};
        std::array<rd_kafka_NewTopic_t*, 1> topics{wanted.get()};
        rd_kafka_CreateTopics(
            &asker->client(), topics.data(), topics.size(), options.get(), queue.get()
        );
        const kafka::EventPtr event{rd_kafka_queue_poll(queue.get(), timeout)};
        return outcome_of(event.get(), topic);
    }
};

KafkaTopics::KafkaTopics(std::unique_ptr<State> state) : state_(std::move(state)) {}

KafkaTopics::~KafkaTopics() = default;

Result<std::unique_ptr<KafkaTopics>> KafkaTopics::make(
    const KafkaConnection& connection, Environment environment
) {
    auto state = std::make_unique<State>(connection, environment);
    auto asker = kafka::Asker::make(connection, environment.log);
    if (!asker) {
        return pass_on(asker);
    }
    state->asker = std::move(*asker);
    return std::unique_ptr<KafkaTopics>{new KafkaTopics{std::move(state)}};
}

Result<std::optional<std::int32_t>> KafkaTopics::partitions(
    const std::string& topic, Deadline deadline
) {
    auto topics = kafka::ask_topics(state_->asker->client(), state_->left_ms(deadline));
    if (!topics) {
        return pass_on(topics);
    }
    const auto found = topics->find(topic);
    return found == topics->end() ? std::nullopt : std::optional{found->second};
}

Result<void> KafkaTopics::require(const std::string& topic, Deadline deadline) {
    auto found = partitions(topic, deadline);
    if (!found) {
        return pass_on(found);
    }
    if (!*found) {
        return tl::unexpected(kafka::missing_topic(topic, state_->connection));
    }
    return {};
}

Result<void> KafkaTopics::ensure(const std::string& topic, std::int32_t count, Deadline deadline) {
    bool asked = false;
    while (true) {
        auto found = partitions(topic, deadline);
        if (!found) {
            return pass_on(found);
        }
        if (*found) {
            return {};
        }
        if (!std::exchange(asked, true)) {
            if (auto made = state_->create(topic, count, deadline); !made) {
                return made;
            }
        }
        if (deadline.passed(state_->clock.mono_now())) {
            return fail(
                ErrorCode::deadline_exceeded, "kafka topic '" + topic + "' does not appear"
            );
        }
        // The controller answers before every broker knows the topic.
        std::this_thread::sleep_for(Milliseconds{10});
    }
}

}  // namespace numproof
