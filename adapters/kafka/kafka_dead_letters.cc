// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_dead_letters.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/kafka/kafka_producer.h"
#include "adapters/kafka/loop_timer.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

constexpr std::size_t kWaitingMax = 10'000;

/// librdkafka reports what became of a letter within the first. It waits by the wall clock, though:
/// after a step of it its threads may sleep for as long as the step was. A client that has not
/// reported by the second is replaced.
constexpr Milliseconds kDeliveryMax{10'000};
constexpr Milliseconds kSilenceMax{12'000};

/// Poison may be as large as the broker takes, and its letter is larger. What is above these goes
/// without its value, or its key: one large record must not stop the feed. (Octets; librdkafka's
/// message.max.bytes and a broker's are about a million.)
constexpr std::size_t kValueMax = 800'000;
constexpr std::size_t kKeyMax = 64'000;

/// What is left out is told by its size.
void leave_out(std::string& octets, std::size_t max, const char* name, kafka::HeaderList& headers) {
    if (octets.size() > max) {
        headers.emplace_back(name, std::to_string(octets.size()));
        octets.clear();
    }
}

kafka::HeaderList headers_of(const DeadLetter& letter, std::string key_id) {
    const auto& record = letter.record;
    return {
        {"np_reason", letter.reason},
        {"np_topic", record.at.topic},
        {"np_partition", std::to_string(record.at.partition)},
        {"np_offset", std::to_string(record.offset)},
        {"np_time", std::to_string(epoch_ms(record.timestamp))},
        {"np_key_id", std::move(key_id)}};
}

}  // namespace

struct KafkaDeadLetters::State {
    using Outcome = Pending<Result<void>>;

    /// Which record a letter is about.
    struct Place {
        TopicPartition at;
        std::int64_t offset = 0;

        auto operator<=>(const Place&) const = default;
    };

    /// A letter that was sent. Nobody waits for it any more once its time is over; when it is
    /// offered again then, it is not sent a second time.
    struct Sent {
        Outcome* waiter = nullptr;
        bool arrived = false;
    };

    struct OnItsWay {
        Place place;
        MonoTime since;
    };

    State(Settings wanted, KafkaEnvironment environment)
        : settings(std::move(wanted)), env(environment) {}

    Settings settings;
    KafkaEnvironment env;
    KafkaProducerMetrics metrics{"dead_letters"};
    std::map<Place, Sent> letters;
    std::map<std::uintptr_t, OnItsWay> on_their_way;  ///< By ticket: the oldest comes first.
    std::uintptr_t last_ticket = 0;
    std::vector<std::pair<std::uintptr_t, std::optional<Error>>> reports;
    kafka::WakeUp readable{env.base, [this] { take_reports(); }};
    std::unique_ptr<kafka::KafkaProducer> producer;

    Result<void> build() {
        auto made = kafka::KafkaProducer::make(
            settings.connection,
            {.client_id = "numproof-dlq", .delivery_max = kDeliveryMax},
            {.metrics = metrics, .log = env.log},
            [this](std::uintptr_t ticket, std::optional<Error> error) {
                reports.emplace_back(ticket, std::move(error));
            }
        );
        if (!made) {
            return pass_on(made);
        }
        producer = std::move(*made);
        producer->signal_to(readable.descriptor());
        return {};
    }

    [[nodiscard]] bool is_silent() const {
        return !on_their_way.empty() &&
               env.clock.mono_now() - on_their_way.begin()->second.since > kSilenceMax;
    }

    /// A producer that failed for good does not recover, and one that sleeps may do so for hours;
    /// those who wait are told to offer their letters again.
    Result<void> replace_if_dead() {
        if (!producer->fatal() && !is_silent()) {
            return {};
        }
        producer.reset();
        metrics.rebuilds.add();
        env.log.write(messages::kafka_producer_rebuilt, {{"role", "dead_letters"}});
        auto built = build();
        while (!on_their_way.empty()) {
            const Error lost{.code = ErrorCode::broker_unavailable, .detail = "producer replaced"};
            end(on_their_way.begin()->first, lost);
        }
        return built;
    }

    /// Makes room for one more.
    [[nodiscard]] bool has_room() {
        if (letters.size() >= kWaitingMax) {
            std::erase_if(letters, [](const auto& letter) { return letter.second.arrived; });
        }
        return letters.size() < kWaitingMax;
    }

    Result<void> send(const DeadLetter& letter, std::string key_id, const Place& place) {
        auto headers = headers_of(letter, std::move(key_id));
        auto key = letter.record.key;
        auto value = letter.record.value;
        leave_out(value, kValueMax, "np_value_left_out", headers);
        leave_out(key, kKeyMax, "np_key_left_out", headers);
        kafka::OutgoingRecord outgoing;
        outgoing.topic = settings.topic;
        if (!key.empty()) {
            outgoing.key = key;
        }
        outgoing.value = value;
        outgoing.headers = &headers;
        const auto ticket = ++last_ticket;
        if (auto sent = producer->send(outgoing, ticket); !sent) {
            return sent;
        }
        on_their_way[ticket] = {.place = place, .since = env.clock.mono_now()};
        letters[place] = Sent{};
        return {};
    }

    /// Coroutines go on after the poll, not inside it: one of them may replace the producer.
    void take_reports() {
        producer->poll(Milliseconds{0});
        for (auto& [ticket, error] : std::exchange(reports, {})) {
            end(ticket, std::move(error));
        }
    }

    void end(std::uintptr_t ticket, std::optional<Error> error) {
        const auto found = on_their_way.find(ticket);
        if (found == on_their_way.end()) {
            return;
        }
        const auto letter = letters.find(found->second.place);
        on_their_way.erase(found);
        auto* waiter = letter->second.waiter;
        letter->second.arrived = !error;
        if (waiter != nullptr || error) {
            letters.erase(letter);
        }
        if (waiter != nullptr) {
            waiter->complete(
                error ? Result<void>{tl::unexpected(std::move(*error))} : Result<void>{}
            );
        }
    }

    /// Nobody waits for it any more; it may arrive all the same.
    void give_up(const Place& place) {
        const auto letter = letters.find(place);
        if (letter == letters.end()) {
            return;
        }
        if (auto* waiter = std::exchange(letter->second.waiter, nullptr)) {
            const std::string what = "kafka topic '" + settings.topic + "' takes no dead letter";
            waiter->complete(fail(ErrorCode::deadline_exceeded, what + ": not acknowledged in time")
            );
        }
    }
};

KafkaDeadLetters::KafkaDeadLetters(std::unique_ptr<State> state) : state_(std::move(state)) {}

KafkaDeadLetters::~KafkaDeadLetters() = default;

Result<std::unique_ptr<KafkaDeadLetters>> KafkaDeadLetters::make(
    Settings settings, KafkaEnvironment environment
) {
    auto state = std::make_unique<State>(std::move(settings), environment);
    if (auto built = state->build(); !built) {
        return pass_on(built);
    }
    return std::unique_ptr<KafkaDeadLetters>{new KafkaDeadLetters{std::move(state)}};
}

Task<Result<void>> KafkaDeadLetters::keep(
    DeadLetter letter, std::string key_id, Deadline deadline
) {
    auto& state = *state_;
    if (auto usable = state.replace_if_dead(); !usable) {
        co_return usable;
    }
    const State::Place place{.at = letter.record.at, .offset = letter.record.offset};
    auto known = state.letters.find(place);
    if (known != state.letters.end() && known->second.arrived) {
        state.letters.erase(known);
        co_return Result<void>{};
    }
    if (known == state.letters.end()) {
        if (!state.has_room()) {
            co_return fail(ErrorCode::broker_unavailable, "too many dead letters are on their way");
        }
        if (auto sent = state.send(letter, std::move(key_id), place); !sent) {
            co_return fail(ErrorCode::broker_unavailable, sent.error().detail);
        }
        known = state.letters.find(place);
    }
    if (known->second.waiter != nullptr) {
        co_return fail(ErrorCode::broker_unavailable, "the same dead letter is on its way");
    }
    State::Outcome outcome;
    known->second.waiter = &outcome;
    const kafka::LoopTimer timer{state.env.base, [&state, place] { state.give_up(place); }};
    timer.start(deadline.left(state.env.clock.mono_now()));
    co_return co_await outcome;
}

const KafkaProducerMetrics& KafkaDeadLetters::metrics() const noexcept {
    return state_->metrics;
}

}  // namespace numproof
