// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_audit_sink.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "adapters/kafka/kafka_producer.h"
#include "adapters/kafka/kafka_topics.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

constexpr Milliseconds kTurn{100};

}  // namespace

struct KafkaAuditSink::State {
    State(Settings wanted, Environment environment)
        : settings(std::move(wanted)), clock(environment.clock), log(environment.log) {}

    Settings settings;
    const Clock& clock;
    Log& log;
    KafkaProducerMetrics metrics{"audit"};
    std::size_t outstanding = 0;
    std::optional<Error> failure;
    std::unique_ptr<kafka::KafkaProducer> producer;

    Result<void> build() {
        auto made = kafka::KafkaProducer::make(
            settings.connection,
            {.client_id = "numproof-audit"},
            {.metrics = metrics, .log = log},
            [this](std::uintptr_t, std::optional<Error> error) { count_report(std::move(error)); }
        );
        if (!made) {
            return pass_on(made);
        }
        producer = std::move(*made);
        return {};
    }

    void count_report(std::optional<Error> error) {
        --outstanding;
        if (error) {
            failure = std::move(error);
        }
    }

    Result<void> queue(const AuditRecord& record, Deadline deadline) {
        kafka::OutgoingRecord outgoing;
        outgoing.topic = settings.topic;
        outgoing.key = record.key;
        outgoing.value = record.value;
        outgoing.headers = &record.headers;
        while (true) {
            auto sent = producer->send(outgoing, 0);
            if (sent) {
                ++outstanding;
                return sent;
            }
            if (sent.error().code != ErrorCode::queue_full) {
                return sent;
            }
            if (deadline.passed(clock.mono_now())) {
                return fail(ErrorCode::deadline_exceeded, "the producer's queue stays full");
            }
            producer->poll(kTurn);
        }
    }

    Result<void> await_reports(Deadline deadline) {
        while (outstanding > 0 && !failure) {
            if (deadline.passed(clock.mono_now())) {
                return fail(
                    ErrorCode::deadline_exceeded,
                    std::to_string(outstanding) + " audit events are not acknowledged"
                );
            }
            producer->poll(std::min(kTurn, Milliseconds{left_ms(deadline)}));
        }
        if (failure) {
            return tl::unexpected(*failure);
        }
        return {};
    }

    [[nodiscard]] int left_ms(Deadline deadline) const {
        return kafka::timeout_ms(deadline, clock.mono_now());
    }

    Result<void> send_all(std::span<const AuditRecord> records, Deadline deadline) {
        for (const auto& record : records) {
            if (auto queued = queue(record, deadline); !queued) {
                return queued;
            }
        }
        return await_reports(deadline);
    }

    void drop_producer() {
        producer.reset();
        outstanding = 0;
        failure.reset();
        metrics.rebuilds.add();
        log.write(messages::kafka_producer_rebuilt, {{"role", "audit"}});
    }
};

KafkaAuditSink::KafkaAuditSink(std::unique_ptr<State> state) : state_(std::move(state)) {}

KafkaAuditSink::~KafkaAuditSink() = default;

Result<std::unique_ptr<KafkaAuditSink>> KafkaAuditSink::make(
    Settings settings, Environment environment
) {
    auto state = std::make_unique<State>(std::move(settings), environment);
    if (auto built = state->build(); !built) {
        return pass_on(built);
    }
    return std::unique_ptr<KafkaAuditSink>{new KafkaAuditSink{std::move(state)}};
}

Result<void> KafkaAuditSink::check_topic(Deadline deadline) {
    auto topics = KafkaTopics::make(
        state_->settings.connection, {.clock = state_->clock, .log = state_->log}
    );
    if (!topics) {
        return pass_on(topics);
    }
    return (*topics)->require(state_->settings.topic, deadline);
}

Result<void> KafkaAuditSink::deliver(std::span<const AuditRecord> records, Deadline deadline) {
    if (!state_->producer) {
        if (auto built = state_->build(); !built) {
            return built;
        }
    }
    auto sent = state_->send_all(records, deadline);
    if (!sent) {
        state_->drop_producer();
    }
    return sent;
}

const KafkaProducerMetrics& KafkaAuditSink::metrics() const noexcept {
    return state_->metrics;
}

}  // namespace numproof
