// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_topic_survey.h"

#include <utility>

#include <pthread.h>

#include "adapters/kafka/kafka_asker.h"
#include "adapters/kafka/kafka_conf.h"
#include "adapters/kafka/kafka_questions.h"
#include "adapters/kafka/kafka_topic_setup.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

constexpr int kQuestionMs = 2000;
constexpr std::chrono::seconds kAgain{30};

}  // namespace

KafkaTopicSurvey::KafkaTopicSurvey(
    const KafkaConnection& connection, std::vector<TopicNeeds> topics, Log& log
)
    : connection_(connection), topics_(std::move(topics)), log_(log) {}

KafkaTopicSurvey::~KafkaTopicSurvey() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

Result<std::unique_ptr<KafkaTopicSurvey>> KafkaTopicSurvey::make(
    const KafkaConnection& connection, std::vector<TopicNeeds> topics, Log& log
) {
    std::unique_ptr<KafkaTopicSurvey> made{
        new KafkaTopicSurvey{connection, std::move(topics), log}};
    auto asker = kafka::Asker::make(connection, log);
    if (!asker) {
        return pass_on(asker);
    }
    made->asker_ = std::move(*asker);
    return made;
}

void KafkaTopicSurvey::start() {
    thread_ = std::thread{[this] { look(); }};
    pthread_setname_np(thread_.native_handle(), "np-topics");
}

void KafkaTopicSurvey::look() {
    bool done = look_once();
    std::unique_lock lock{mutex_};
    while (!done && !changed_.wait_for(lock, kAgain, [this] { return stopping_; })) {
        lock.unlock();
        done = look_once();
        lock.lock();
    }
    asker_.reset();
}

// A feed names its own topics; who only writes is never told by the client that there is none.
bool KafkaTopicSurvey::tell_missing(const std::map<std::string, std::int32_t>& known) {
    bool complete = true;
    for (const auto& needs : topics_) {
        if (known.contains(needs.topic)) {
            continue;
        }
        complete = false;
        const bool is_feed = needs.retention != Milliseconds{0};
        if (!is_feed && told_missing_.insert(needs.topic).second) {
            const auto missing = kafka::missing_topic(needs.topic, connection_);
            log_.write(messages::kafka_topic_missing, {{"reason", missing.detail}});
        }
    }
    return complete;
}

bool KafkaTopicSurvey::look_once() {
    const auto known =
        asker_->ask([](rd_kafka_t& client) { return kafka::ask_topics(client, kQuestionMs); });
    if (!known || !tell_missing(*known)) {
        return false;
    }
    const auto setups = asker_->ask([this](rd_kafka_t& client) {
        return kafka::ask_setups(client, topics_, kQuestionMs);
    });
    if (!setups) {
        return false;
    }
    for (const auto& needs : topics_) {
        const auto setup = setups->find(needs.topic);
        if (setup == setups->end()) {
            continue;
        }
        for (const auto& weak : kafka::weaknesses_of(needs, setup->second, connection_)) {
            log_.write(
                messages::kafka_topic_weak,
                {{"topic", needs.topic},
                 {"value", weak.value},
                 {"reason", weak.reason},
                 {"command", weak.command}}
            );
        }
    }
    return true;
}

}  // namespace numproof
