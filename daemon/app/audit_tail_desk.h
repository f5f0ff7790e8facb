// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/kafka/blocking_calls.h"
#include "adapters/kafka/kafka_audit_tail.h"
#include "daemon/app/foundation.h"
#include "daemon/http/message.h"

namespace numproof {

/// Answers `numproofctl audit tail`: the newest of the audit topic, so that operators need no
/// access to Kafka of their own. For one event loop; a thread of its own, made at the first
/// question, waits for Kafka. Destruction waits for a question under way, 10 s at most.
class AuditTailDesk {
public:
    /// All of them outlive this.
    AuditTailDesk(const Foundation& foundation, EventLoop& loop)
        : foundation_(foundation), loop_(loop) {}

    /// `?lines=N`: the newest N events. `?after=CURSOR`: what came since, waiting some seconds for
    /// the first. The answer has the next cursor.
    [[nodiscard]] Task<http::Response> read(const http::Request& request, Deadline deadline);

private:
    [[nodiscard]] kafka::BlockingCalls& thread();

    const Foundation& foundation_;
    EventLoop& loop_;
    std::unique_ptr<kafka::BlockingCalls> thread_;
};

}  // namespace numproof
