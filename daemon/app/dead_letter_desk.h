// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/kafka/blocking_calls.h"
#include "adapters/kafka/kafka_letter_box.h"
#include "daemon/app/foundation.h"
#include "daemon/app/letter_query.h"
#include "daemon/http/message.h"
#include "daemon/ports/audit_log.h"

namespace numproof {

/// A letter, what it would be put back as, and what became of that.
struct ReplayStep {
    KeptLetter letter;
    std::optional<Replay> replay;
    std::string outcome;
};

using ReplayPlan = std::vector<ReplayStep>;

/// Answers `numproofctl dlq`: what lies in the topic of dead letters, and putting it back. Content
/// is never shown. For one event loop; a thread of its own, made at the first question, waits for
/// Kafka. Destruction waits for a question under way, 20 s at most.
class DeadLetterDesk {
public:
    /// All of them outlive this.
    DeadLetterDesk(const Foundation& foundation, EventLoop& loop, AuditLog& audit);

    /// The letters that the query wants, the newest `limit` of them.
    [[nodiscard]] Task<http::Response> list(const http::Request& request, Deadline deadline);

    /// Puts back the oldest `limit` letters that the query wants and that were not replayed yet.
    /// Each has its audit event on disk before it goes.
    [[nodiscard]] Task<http::Response> replay(const http::Request& request, Deadline deadline);

private:
    struct Found;

    /// A question is answered to its end as it began.
    using Terms = std::shared_ptr<const Edition>;

    [[nodiscard]] Task<std::shared_ptr<Found>> read(Terms terms, LetterQuery query);
    [[nodiscard]] Task<Result<void>> note(const KeptLetter& letter, std::string result);
    [[nodiscard]] Task<Result<void>> carry_out(Terms terms, ReplayPlan& plan);
    [[nodiscard]] Task<Result<std::size_t>> put_back(Terms terms, std::vector<Replay> replays);
    [[nodiscard]] kafka::BlockingCalls& thread();
    [[nodiscard]] KafkaLetterBox box(const Terms& terms) const;
    [[nodiscard]] Deadline soon(Milliseconds within) const;

    const Foundation& foundation_;
    EventLoop& loop_;
    AuditLog& audit_;
    std::unique_ptr<kafka::BlockingCalls> thread_;
};

}  // namespace numproof
