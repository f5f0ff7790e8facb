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
constexpr std::chrono::seconds kMissingAgain{2};

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
    const auto pause = [this] { return missing_ ? kMissingAgain : kAgain; };
    while (!done && !changed_.wait_for(lock, pause(), [this] { return stopping_; })) {
        lock.unlock();
        done = look_once();
        lock.lock();
    }
    asker_.reset();
}

std::optional<std::string> KafkaTopicSurvey::missing() const {
    const std::lock_guard lock{mutex_};
    return missing_;
}

bool KafkaTopicSurvey::all_there(const std::map<std::string, std::int32_t>& known) {
    std::optional<std::string> missing;
    for (const auto& needs : topics_) {
        if (known.contains(needs.topic)) {
            continue;
        }
        const auto words = kafka::missing_topic(needs.topic, connection_).detail;
        const bool is_feed = needs.retention != Milliseconds{0};
        if (!is_feed) {
            look_for(needs.topic, words);
        }
        missing = missing.value_or(words);
    }
    const std::lock_guard lock{mutex_};
    missing_ = missing;
    return !missing;
}

// A feed names its own topics; who only writes is never told by the client that there is none. What
// the brokers make when they are asked for it is not worth a line.
void KafkaTopicSurvey::look_for(const std::string& topic, const std::string& words) {
    const auto times = ++looked_for_[topic];
    if (times == 1) {
        const auto asked = asker_->ask([&topic](rd_kafka_t& client) {
            return kafka::ask_to_make(client, topic, kQuestionMs);
        });
        static_cast<void>(asked);  // The next look tells.
    } else if (times == 2) {
        log_.write(messages::kafka_topic_missing, {{"reason", words}});
    }
}

bool KafkaTopicSurvey::look_once() {
    const auto known =
        asker_->ask([](rd_kafka_t& client) { return kafka::ask_topics(client, kQuestionMs); });
    if (!known || !all_there(*known)) {
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
