// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/renewal.h"

#include <atomic>
#include <mutex>
#include <utility>

#include "daemon/app/options_of.h"

namespace numproof {
namespace {

// A worker turns its loop many times a second; the watchdog sees one that does not.
constexpr Milliseconds kAdoptWithin{20'000};
constexpr Milliseconds kLeaveWithin{8'000};
constexpr Milliseconds kLookEvery{2};

// Deliveries and the ends of clients have limits of their own, which are shorter.
constexpr Milliseconds kAsideWithin{30'000};

/// What workers have said so far. Workers write, the main loop reads.
class Answers {
public:
    void add(const std::string& trouble) {
        const std::lock_guard lock{mutex_};
        ++count_;
        if (trouble_.empty()) {
            trouble_ = trouble;
        }
    }

    [[nodiscard]] std::size_t count() const {
        const std::lock_guard lock{mutex_};
        return count_;
    }

    [[nodiscard]] std::string trouble() const {
        const std::lock_guard lock{mutex_};
        return trouble_;
    }

private:
    mutable std::mutex mutex_;
    std::size_t count_ = 0;  // Guarded by mutex_, as what follows.
    std::string trouble_;
};

/// So that it can be owned by a std::function.
template <typename T>
std::shared_ptr<T> shared(T value) {
    return std::make_shared<T>(std::move(value));
}

}  // namespace

Result<std::unique_ptr<KafkaTopicSurvey>> make_topic_survey(
    const Foundation& foundation, const std::shared_ptr<const Edition>& edition
) {
    return KafkaTopicSurvey::make(
        kafka_connection_of(foundation, edition), topic_needs_of(edition->settings), *foundation.log
    );
}

Task<std::string> Renewal::prepare(std::shared_ptr<const Edition> edition) {
    auto trouble = make_kafka_parts(edition);
    if (trouble.empty() && edition->renewals.directory) {
        trouble = co_await prepare_directories(edition);
    }
    if (!trouble.empty()) {
        co_await drop();
    }
    co_return trouble;
}

std::string Renewal::make_kafka_parts(const std::shared_ptr<const Edition>& edition) {
    const auto& renewals = edition->renewals;
    if (renewals.ingest && parts_.ingest) {
        auto made = IngestThread::make(parts_.foundation, edition, parts_.membership);
        if (!made) {
            return made.error().detail;
        }
        ingest_ = std::move(*made);
    }
    if (renewals.kafka) {
        auto made = AuditPipeline::make_sink(parts_.foundation, edition);
        if (!made) {
            return made.error().detail;
        }
        sink_ = std::move(*made);
    }
    if (renewals.kafka && parts_.survey) {
        auto made = make_topic_survey(parts_.foundation, edition);
        if (!made) {
            return made.error().detail;
        }
        survey_ = std::move(*made);
    }
    return {};
}

Task<std::string> Renewal::prepare_directories(std::shared_ptr<const Edition> edition) {
    const auto answers = std::make_shared<Answers>();
    for (const auto& worker : parts_.workers) {
        worker->prepare(edition, [answers](const std::string& why) { answers->add(why); });
    }
    auto trouble = co_await parts_.directories.prepare(edition);
    const auto& clock = parts_.foundation.clock;
    const auto deadline = Deadline::after(clock.mono_now(), kAdoptWithin);
    while (answers->count() < parts_.workers.size() && !deadline.passed(clock.mono_now())) {
        co_await parts_.loop.sleep(kLookEvery);
    }
    if (trouble.empty() && answers->count() < parts_.workers.size()) {
        trouble = "a worker does not answer";
    }
    if (trouble.empty()) {
        trouble = answers->trouble();
    }
    co_return trouble.empty() ? std::string{} : "directory: " + trouble;
}

Task<void> Renewal::drop() {
    parts_.directories.drop_next();
    for (const auto& worker : parts_.workers) {
        worker->drop_prepared();
    }
    const auto ingest = shared(std::move(ingest_));
    const auto sink = shared(std::move(sink_));
    const auto survey = shared(std::move(survey_));
    std::function<void()> end = [ingest, sink, survey] {
        ingest->reset();
        sink->reset();
        survey->reset();
    };
    co_await aside(std::move(end));
}

Task<std::size_t> Renewal::take(std::shared_ptr<const Edition> edition) {
    parts_.audit.adopt(*edition);
    const auto late = co_await adopt(std::move(edition));
    co_await take_ingest();
    co_await take_sink();
    co_await take_survey();
    co_return late;
}

Task<std::size_t> Renewal::adopt(std::shared_ptr<const Edition> edition) {
    if (edition->renewals.directory) {
        parts_.directories.take_next();
        parts_.directory_taken();
    }
    const auto done = std::make_shared<std::atomic<std::size_t>>(0);
    for (const auto& worker : parts_.workers) {
        worker->adopt(edition, [done] { done->fetch_add(1); });
    }
    const auto& clock = parts_.foundation.clock;
    const auto deadline = Deadline::after(clock.mono_now(), kAdoptWithin);
    while (done->load() < parts_.workers.size() && !deadline.passed(clock.mono_now())) {
        co_await parts_.loop.sleep(kLookEvery);
    }
    co_return parts_.workers.size() - done->load();
}

// Two readers under one name would shut each other out: the new one begins when the other is gone.
Task<void> Renewal::take_ingest() {
    if (!ingest_) {
        co_return;
    }
    changes_ingest_ = true;
    parts_.ingest->leave();
    const auto& clock = parts_.foundation.clock;
    const auto deadline = Deadline::after(clock.mono_now(), kLeaveWithin);
    while (!parts_.ingest->left() && !deadline.passed(clock.mono_now())) {
        co_await parts_.loop.sleep(kLookEvery);
    }
    parts_.ingest->stop();
    const auto former = shared(std::exchange(parts_.ingest, std::move(ingest_)));
    parts_.ingest->start();
    changes_ingest_ = false;
    std::function<void()> end = [former] { former->reset(); };
    co_await aside(std::move(end));
}

Task<void> Renewal::take_sink() {
    if (!sink_) {
        co_return;
    }
    // Who ships has the pipeline until it ended: its deliveries have deadlines, and the watchdog
    // looks at its beats.
    const auto stopped = std::make_shared<std::atomic<bool>>(false);
    while (!stopped->load()) {
        std::function<void()> stop = [&audit = parts_.audit, stopped] {
            audit.stop_shipping();
            stopped->store(true);
        };
        co_await aside(std::move(stop));
        co_await parts_.loop.sleep(kLookEvery);
    }
    const auto former = shared(parts_.audit.ship_by(std::move(sink_)));
    std::function<void()> end = [former] {
        former->shipper.reset();
        former->sink.reset();
    };
    co_await aside(std::move(end));
}

Task<void> Renewal::take_survey() {
    if (!survey_) {
        co_return;
    }
    const auto former = shared(std::exchange(parts_.survey, std::move(survey_)));
    parts_.survey->start();
    std::function<void()> end = [former] { former->reset(); };
    co_await aside(std::move(end));
}

Task<void> Renewal::aside(std::function<void()> work) {
    if (!thread_) {
        thread_ = std::make_unique<kafka::BlockingCalls>(kafka::BlockingCalls::Environment{
            .base = parts_.loop.base(), .loop = parts_.loop, .clock = parts_.foundation.clock});
    }
    const auto deadline = Deadline::after(parts_.foundation.clock.mono_now(), kAsideWithin);
    [[maybe_unused]] const bool in_time = co_await thread_->run(std::move(work), deadline);
}

}  // namespace numproof
