// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"
#include "daemon/domain/audit_entry.h"

namespace numproof {

/// Port: the audit trail (rule R14).
///
/// Contract (tests/contract/audit_log_contract.h):
///   - it answers only when the event is durable on local disk, or has certainly failed;
///   - it fails with spool_full, io_failure, queue_full, deadline_exceeded or closed;
///   - it answers on the thread and loop that asked.
/// One instance belongs to one event loop and is not thread-safe.
class AuditLog {
public:
    AuditLog() = default;
    AuditLog(const AuditLog&) = delete;
    AuditLog& operator=(const AuditLog&) = delete;
    virtual ~AuditLog() = default;

    /// From memory: whether append() would succeed now, as far as can be told. Asked before
    /// something is used up for an answer that needs an event.
    [[nodiscard]] virtual bool taking() const { return true; }

    /// Makes `entry` durable.
    [[nodiscard]] virtual Task<Result<void>> append(AuditEntry entry, Deadline deadline) = 0;
};

}  // namespace numproof
