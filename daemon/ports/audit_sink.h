// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "daemon/base/deadline.h"
#include "daemon/base/result.h"

namespace numproof {

/// One audit event as it goes out: CloudEvents 1.0, Kafka binary mode.
struct AuditRecord {
    std::string key;                                           ///< = `ce_partitionkey`; text.
    std::vector<std::pair<std::string, std::string>> headers;  ///< `ce_…`, `content-type`.
    std::string value;                                         ///< JSON.

    bool operator==(const AuditRecord&) const = default;
};

/// Port: where the spool is shipped to. Used by one thread, which it may block.
class AuditSink {
public:
    AuditSink() = default;
    AuditSink(const AuditSink&) = delete;
    AuditSink& operator=(const AuditSink&) = delete;
    virtual ~AuditSink() = default;

    /// Succeeds when every record is acknowledged by all in-sync replicas. After a failure
    /// (broker_unavailable, deadline_exceeded, closed) some may have arrived: send all again.
    [[nodiscard]] virtual Result<void> deliver(
        std::span<const AuditRecord> records, Deadline deadline
    ) = 0;
};

}  // namespace numproof
