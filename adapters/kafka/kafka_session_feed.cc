// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_session_feed.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "adapters/kafka/blocking_calls.h"
#include "adapters/kafka/fence_patience.h"
#include "adapters/kafka/kafka_asker.h"
#include "adapters/kafka/kafka_consumer.h"
#include "adapters/kafka/kafka_questions.h"
#include "adapters/kafka/loop_timer.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

constexpr Milliseconds kRetry{1000};
constexpr Milliseconds kClosingTurn{20};

/// librdkafka signals its queue only under conditions of its own: look without a signal, too.
constexpr Milliseconds kUnsignalled{500};
constexpr int kQuestionMs = 5000;

using Counts = std::map<std::string, std::int32_t>;
using Committed = std::map<TopicPartition, std::optional<std::int64_t>>;
using Positions = kafka::FeedPositions::Offsets;

/// What a question's thread writes and its asker reads afterwards.
template <typename T>
using Answer = std::shared_ptr<Result<T>>;

template <typename T>
Answer<T> no_answer_yet() {
    return std::make_shared<Result<T>>(
        fail(ErrorCode::deadline_exceeded, "kafka did not answer in time")
    );
}

Result<std::vector<PartitionSpan>> ask_spans(
    rd_kafka_t& client, const Positions& positions, int timeout_ms
) {
    std::set<TopicPartition> partitions;
    for (const auto& [at, position] : positions) {
        partitions.insert(at);
    }
    auto ranges = kafka::ask_ranges(client, partitions, timeout_ms);
    if (!ranges) {
        return pass_on(ranges);
    }
    std::vector<PartitionSpan> spans;
    for (const auto& [at, position] : positions) {
        const auto& [begin, end] = ranges->find(at)->second;
        // Until the first record comes, "the beginning" is the first offset that there is.
        const bool fresh = position == kafka::FeedPositions::kBeginning;
        spans.push_back({.at = at, .begin = begin, .end = end, .position = fresh ? begin : position}
        );
    }
    return spans;
}

}  // namespace

struct KafkaSessionFeed::State {
    State(KafkaFeedSettings wanted, KafkaEnvironment environment)
        : settings(std::move(wanted)), env(environment) {}

    KafkaFeedSettings settings;
    KafkaEnvironment env;
    KafkaFeedMetrics metrics;
    std::atomic<MonoTime::rep> last_poll{0};

    kafka::WakeUp readable{env.base, [this] { wake(); }};
    kafka::LoopTimer timer{env.base, [this] { wake(); }};
    Pending<bool>* sleeper = nullptr;

    std::shared_ptr<kafka::KafkaConsumer> consumer;  ///< Shared with what is being asked of it.
    std::unique_ptr<kafka::Asker> asker;
    kafka::BlockingCalls questions{{.base = env.base, .loop = env.loop, .clock = env.clock}};
    kafka::FencePatience patience;
    std::uint64_t consumers = 0;  ///< Replaced so far: an answer for one of them is of no use.
    bool records_lost = false;    ///< By an earlier consumer, and not told yet.
    bool refused = false;         ///< For good.
    bool subscribed = false;
    bool left = false;
    bool probing = false;
    bool resolving = false;
    MonoTime retry_at;
    std::optional<Error> trouble;
    bool trouble_is_news = false;

    void wake() {
        if (auto* waiting = std::exchange(sleeper, nullptr)) {
            waiting->complete(true);
        }
    }

    [[nodiscard]] MonoTime now() const { return env.clock.mono_now(); }

    /// Until something happened, or `until`.
    Task<void> sleep(MonoTime until) {
        Pending<bool> woken;
        sleeper = &woken;
        timer.start(std::max(MonoTime::duration::zero(), until - now()));
        co_await woken;
        timer.stop();
    }

    [[nodiscard]] Result<std::shared_ptr<kafka::KafkaConsumer>> new_consumer() {
        kafka::ConsumerSettings wanted{
            .connection = settings.connection,
            .topics = settings.topics,
            .group = settings.group,
            .instance_id = settings.instance_id,
            .prefetch_bytes_max = settings.prefetch_bytes_max};
        auto made = kafka::KafkaConsumer::make(std::move(wanted), metrics, env.log);
        if (!made) {
            return pass_on(made);
        }
        (*made)->signal_to(readable.descriptor());
        return std::shared_ptr{std::move(*made)};
    }

    /// A consumer that the group has shut out is of no use any more: another takes its place.
    void replace_consumer(const Error& why) {
        const auto pause = patience.note(now());
        auto next = pause ? new_consumer() : tl::unexpected(why);
        if (!next) {
            refuse(next.error());
            return;
        }
        env.log.write(messages::kafka_consumer_replaced, {{"reason", why.detail}});
        metrics.consumers_replaced.add();
        metrics.partitions.set(0);
        records_lost = consumer->take_generation_lost() || records_lost;
        ++consumers;
        auto old = std::exchange(consumer, std::move(*next));
        old->signal_to(-1);
        // Its end may take a moment.
        static_cast<void>(questions.start([old = std::move(old)]() mutable { old.reset(); }, [] {})
        );
        subscribed = false;
        retry_at = now() + *pause;
    }

    void refuse(const Error& why) {
        refused = true;
        metrics.refusals.add();
        env.log.write(messages::kafka_feed_refused, {{"reason", why.detail}});
        trouble_is_news = !trouble;
        trouble = why;
    }

    void note_trouble(Error error) {
        trouble_is_news = !trouble || trouble->code != error.code;
        if (trouble_is_news) {
            const bool ours = error.code == ErrorCode::invalid_configuration;
            env.log.write(
                ours ? messages::kafka_topic_missing : messages::kafka_unavailable,
                {{"reason", error.detail}}
            );
        }
        trouble = std::move(error);
        retry_at = now() + kRetry;
    }

    void end_trouble() {
        if (!refused && std::exchange(trouble, std::nullopt)) {
            env.log.write(messages::kafka_available, {});
        }
    }

    [[nodiscard]] bool retry_due() const { return now() >= retry_at; }

    /// Asks what has to be known before records can come, or to see whether a trouble is over.
    void ask_what_is_due() {
        if (refused) {
            return;
        }
        if ((!subscribed || trouble) && !probing && retry_due()) {
            probe();
        }
        if (consumer->waiting() && !resolving && retry_due()) {
            resolve();
        }
    }

    void probe() {
        auto answer = no_answer_yet<Counts>();
        probing = questions.start(
            [answer, &asker = *asker] {
                *answer = asker.ask([](rd_kafka_t& client) {
                    return kafka::ask_topics(client, kQuestionMs);
                });
            },
            [this, answer] {
                probing = false;
                take_topics(*answer);
                wake();
            }
        );
    }

    void take_topics(Result<Counts>& topics) {
        if (!topics) {
            note_trouble(std::move(topics.error()));
            return;
        }
        for (const auto& topic : settings.topics) {
            if (!topics->contains(topic)) {
                note_trouble(kafka::missing_topic(topic, settings.connection));
                return;
            }
        }
        end_trouble();
        if (!left && !std::exchange(subscribed, true)) {
            if (auto done = consumer->subscribe(); !done) {
                subscribed = false;
                note_trouble(std::move(done.error()));
            }
        }
    }

    void resolve() {
        auto answer = no_answer_yet<Committed>();
        const auto asked_for = assignment();
        resolving = questions.start(
            [answer, partitions = *consumer->waiting(), asked = consumer] {
                *answer = kafka::ask_committed(asked->client(), partitions, kQuestionMs);
            },
            [this, answer, asked_for] {
                resolving = false;
                if (asked_for == assignment() && !left) {
                    take_committed(*answer);
                }
                wake();
            }
        );
    }

    [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> assignment() const {
        return {consumers, consumer->generation()};
    }

    void take_committed(Result<Committed>& committed) {
        if (!committed) {
            note_trouble(std::move(committed.error()));
            return;
        }
        consumer->resume(*committed);
    }

    std::vector<FeedRecord> poll(std::size_t records_max) {
        last_poll.store(now().time_since_epoch().count(), std::memory_order_relaxed);
        auto records = consumer->poll(records_max);
        if (const auto fatal = consumer->fatal(); fatal && !refused) {
            replace_consumer(*fatal);
        } else if (auto error = consumer->take_trouble()) {
            note_trouble(std::move(*error));
        } else if (!records.empty()) {
            end_trouble();
        }
        return records;
    }

    /// Why next() should end without records now, if it should.
    std::optional<Error> reason_to_fail(Deadline deadline) {
        if (left) {
            return Error{.code = ErrorCode::closed, .detail = "the feed was left"};
        }
        const bool tell = std::exchange(trouble_is_news, false) || deadline.passed(now());
        return tell ? trouble : std::nullopt;
    }

    [[nodiscard]] MonoTime wait_until(Deadline deadline) const {
        const bool asks = probing || resolving || refused;
        const bool has_to_ask = trouble || !subscribed || consumer->waiting();
        const auto turn =
            has_to_ask && !asks ? std::max(retry_at, now() + kClosingTurn) : now() + kUnsignalled;
        return std::min(deadline.at(), turn);
    }
};

KafkaSessionFeed::KafkaSessionFeed(std::unique_ptr<State> state) : state_(std::move(state)) {}

KafkaSessionFeed::~KafkaSessionFeed() = default;

Result<std::unique_ptr<KafkaSessionFeed>> KafkaSessionFeed::make(
    KafkaFeedSettings settings, KafkaEnvironment environment
) {
    if (settings.topics.empty() || settings.group.empty()) {
        return fail(ErrorCode::invalid_configuration, "a feed needs a topic and a group");
    }
    auto state = std::make_unique<State>(std::move(settings), environment);
    auto consumer = state->new_consumer();
    if (!consumer) {
        return pass_on(consumer);
    }
    auto asker = kafka::Asker::make(state->settings.connection, environment.log);
    if (!asker) {
        return pass_on(asker);
    }
    state->asker = std::move(*asker);
    state->consumer = std::move(*consumer);
    return std::unique_ptr<KafkaSessionFeed>{new KafkaSessionFeed{std::move(state)}};
}

Task<Result<std::vector<FeedRecord>>> KafkaSessionFeed::next(
    std::size_t records_max, Deadline deadline
) {
    auto& state = *state_;
    while (true) {
        if (!state.left) {
            auto records = state.poll(records_max);
            if (!records.empty()) {
                co_return records;
            }
            state.ask_what_is_due();
        }
        if (auto error = state.reason_to_fail(deadline)) {
            co_return tl::unexpected(std::move(*error));
        }
        if (deadline.passed(state.now())) {
            co_return std::vector<FeedRecord>{};
        }
        const auto until = state.wait_until(deadline);
        co_await state.sleep(until);
    }
}

Result<void> KafkaSessionFeed::store_offset(const TopicPartition& at, std::int64_t next) {
    return state_->consumer->store_offset(at, next);
}

Task<Result<std::vector<PartitionSpan>>> KafkaSessionFeed::spans(Deadline deadline) {
    auto& state = *state_;
    auto answer = no_answer_yet<std::vector<PartitionSpan>>();
    const auto timeout = kafka::timeout_ms(deadline, state.now());
    std::function<void()> work = [answer,
                                  timeout,
                                  positions = state.consumer->positions().positions(),
                                  &asker = *state.asker] {
        *answer =
            asker.ask([&](rd_kafka_t& client) { return ask_spans(client, positions, timeout); });
    };
    const bool in_time = co_await state.questions.run(std::move(work), deadline);
    if (!in_time) {
        co_return fail(ErrorCode::broker_unavailable, "kafka did not tell its offsets in time");
    }
    co_return std::move(*answer);
}

Task<Result<std::map<std::string, std::int32_t>>> KafkaSessionFeed::partition_counts(
    Deadline deadline
) {
    auto& state = *state_;
    auto answer = no_answer_yet<Counts>();
    const auto timeout = kafka::timeout_ms(deadline, state.now());
    std::function<void()> work = [answer, timeout, &asker = *state.asker] {
        *answer = asker.ask([&](rd_kafka_t& client) { return kafka::ask_topics(client, timeout); });
    };
    const bool in_time = co_await state.questions.run(std::move(work), deadline);
    if (!in_time) {
        co_return fail(ErrorCode::broker_unavailable, "kafka did not tell its topics in time");
    }
    if (!*answer) {
        co_return pass_on(*answer);
    }
    Counts ours;
    for (const auto& topic : state.settings.topics) {
        const auto found = (*answer)->find(topic);
        if (found == (*answer)->end()) {
            auto error = kafka::missing_topic(topic, state.settings.connection);
            co_return tl::unexpected(std::move(error));
        }
        ours.insert(*found);
    }
    co_return ours;
}

Result<void> KafkaSessionFeed::rewind(const TopicPartition& at, std::int64_t offset) {
    if (!state_->consumer->rewind(at, offset)) {
        return fail(ErrorCode::invalid_value, "the partition is not assigned");
    }
    state_->wake();
    return {};
}

bool KafkaSessionFeed::generation_lost() {
    const bool now = state_->consumer->take_generation_lost();
    return std::exchange(state_->records_lost, false) || now;
}

Task<void> KafkaSessionFeed::leave(Deadline deadline) {
    auto& state = *state_;
    if (std::exchange(state.left, true)) {
        co_return;
    }
    state.wake();
    if (state.consumer->fatal()) {
        // The group has shut us out already, and librdkafka would wait for its answer for ever.
        co_return;
    }
    state.consumer->close_slowly();
    while (!state.consumer->poll_closing() && !deadline.passed(state.now())) {
        const auto until = std::min(deadline.at(), state.now() + kClosingTurn);
        co_await state.sleep(until);
    }
}

MonoTime KafkaSessionFeed::last_poll() const noexcept {
    return MonoTime{MonoTime::duration{state_->last_poll.load(std::memory_order_relaxed)}};
}

const KafkaFeedMetrics& KafkaSessionFeed::metrics() const noexcept {
    return state_->metrics;
}

}  // namespace numproof
