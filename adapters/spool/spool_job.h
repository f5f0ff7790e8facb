// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"
#include "daemon/domain/audit_entry.h"
#include "daemon/ports/loop.h"

namespace numproof {

/// Somebody on an event loop who waits for an event to be durable.
struct SpoolWaiter {
    explicit SpoolWaiter(Loop& its_loop) : loop(its_loop) {}

    /// True for the first who asks: the spool, to write the event, or the waiter, to give it up.
    [[nodiscard]] bool claim() noexcept { return !claimed.exchange(true); }

    Loop& loop;
    std::atomic<bool> claimed{false};
    Pending<Result<void>> done;  ///< Touched on `loop` only.
};

/// An event on its way to the disk.
struct SpoolJob {
    AuditEntry entry;
    Deadline deadline;
    std::shared_ptr<SpoolWaiter> waiter;  ///< Null if nobody waits.
};

}  // namespace numproof
