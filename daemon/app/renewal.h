// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/kafka/blocking_calls.h"
#include "adapters/kafka/kafka_topic_survey.h"
#include "daemon/app/audit_pipeline.h"
#include "daemon/app/ingest_thread.h"
#include "daemon/app/loop_directory.h"
#include "daemon/app/worker.h"

namespace numproof {

/// The topic survey of `edition`; fails with invalid_configuration.
[[nodiscard]] Result<std::unique_ptr<KafkaTopicSurvey>> make_topic_survey(
    const Foundation& foundation, const std::shared_ptr<const Edition>& edition
);

/// Makes what a reload cannot change in place beside what is at work, then puts it in its place:
/// directories of loops, the thread that reads feeds, the ways to Kafka. Belongs to the main loop.
class Renewal {
public:
    /// All of it outlives this.
    struct Parts {
        Foundation& foundation;
        EventLoop& loop;
        AuditPipeline& audit;
        std::vector<std::unique_ptr<Worker>>& workers;
        LoopDirectories& directories;               ///< Of the main loop.
        std::unique_ptr<IngestThread>& ingest;      ///< nullptr: without the role.
        std::unique_ptr<KafkaTopicSurvey>& survey;  ///< nullptr: there is none.
        Membership membership;
        std::function<void()> directory_taken;  ///< The main loop has another directory.
    };

    explicit Renewal(Parts parts) : parts_(std::move(parts)) {}

    /// Makes all that Edition::renewals names, and changes nothing that is at work. Empty: it can
    /// be taken; else why not, in words, and then none of it is kept.
    [[nodiscard]] Task<std::string> prepare(std::shared_ptr<const Edition> edition);

    /// Lets go of what was prepared.
    [[nodiscard]] Task<void> drop();

    /// Workers answer under `edition`, which was prepared, and the new parts take over. Feeds are
    /// not read between the end of the former reader and the first batch of the new one. Gives how
    /// many workers did not answer in time; one that moves again takes it then.
    [[nodiscard]] Task<std::size_t> take(std::shared_ptr<const Edition> edition);

    /// The reader of feeds has left to make room for another.
    [[nodiscard]] bool changes_ingest() const noexcept { return changes_ingest_; }

private:
    [[nodiscard]] Task<std::string> prepare_directories(std::shared_ptr<const Edition> edition);
    [[nodiscard]] std::string make_kafka_parts(const std::shared_ptr<const Edition>& edition);
    [[nodiscard]] Task<std::size_t> adopt(std::shared_ptr<const Edition> edition);
    [[nodiscard]] Task<void> take_ingest();
    [[nodiscard]] Task<void> take_sink();
    [[nodiscard]] Task<void> take_survey();

    /// Runs what blocks on another thread, and waits for it.
    [[nodiscard]] Task<void> aside(std::function<void()> work);

    const Parts parts_;
    std::unique_ptr<kafka::BlockingCalls> thread_;  ///< Made when it is needed first.
    std::unique_ptr<IngestThread> ingest_;
    std::unique_ptr<KafkaAuditSink> sink_;
    std::unique_ptr<KafkaTopicSurvey> survey_;
    bool changes_ingest_ = false;
};

}  // namespace numproof
