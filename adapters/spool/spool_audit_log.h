// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>

#include "adapters/spool/spool.h"
#include "daemon/ports/audit_log.h"

namespace numproof {

/// AuditLog of one event loop on the spool. An event that still waits in the queue when its
/// deadline passes is given up; one that is being written is waited for, because only the disk
/// knows (a disk that hangs stops the spool's beats, and the watchdog ends the process).
class SpoolAuditLog final : public AuditLog {
public:
    /// All of them outlive the log, and its loop the spool's thread.
    SpoolAuditLog(Spool& spool, Loop& loop, const Clock& clock);

    [[nodiscard]] bool taking() const override;
    [[nodiscard]] Task<Result<void>> append(AuditEntry entry, Deadline deadline) override;

private:
    struct Gathered;
    struct Waiting;

    void gather(SpoolJob job);

    Spool& spool_;
    Loop& loop_;
    const Clock& clock_;
    std::shared_ptr<Gathered> gathered_;
    std::shared_ptr<Waiting> waiting_;
};

}  // namespace numproof
