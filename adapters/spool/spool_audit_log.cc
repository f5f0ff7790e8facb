// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/spool_audit_log.h"

#include <utility>

namespace numproof {
namespace {

/// How exactly deadlines of waiting events are kept.
constexpr Milliseconds kSweep{20};

}  // namespace

/// What came since the loop turned: handed over together, so that events of one turn share a lock,
/// a wake-up and most often a write. It may outlive the log.
struct SpoolAuditLog::Gathered {
    std::deque<SpoolJob> jobs;

    void hand_over(Spool& spool) {
        auto taken = spool.submit(jobs);
        while (!taken && !jobs.empty()) {
            const auto refused = std::move(jobs.front().waiter);
            jobs.pop_front();
            if (refused->claim()) {
                refused->done.complete(taken);
            }
        }
    }
};

/// Those who wait; one sweep on the loop looks after all their deadlines. It may outlive the log.
struct SpoolAuditLog::Waiting {
    struct One {
        std::shared_ptr<SpoolWaiter> waiter;
        Deadline deadline;
    };

    std::list<One> all;
    bool sweeping = false;

    /// Each takes itself off the list when it resumes.
    void give_up_late(MonoTime now) {
        for (const auto& [waiter, deadline] : all) {
            if (deadline.passed(now) && waiter->claim()) {
                waiter->loop.post([late = waiter] {
                    late->done.complete(fail(
                        ErrorCode::deadline_exceeded, "the audit spool did not get to it in time"
                    ));
                });
            }
        }
    }

    static Task<void> sweep(std::shared_ptr<Waiting> self, Loop& loop, const Clock& clock) {
        while (!self->all.empty()) {
            co_await loop.sleep(kSweep);
            self->give_up_late(clock.mono_now());
        }
        self->sweeping = false;
    }
};

SpoolAuditLog::SpoolAuditLog(Spool& spool, Loop& loop, const Clock& clock)
    : spool_(spool),
      loop_(loop),
      clock_(clock),
      gathered_(std::make_shared<Gathered>()),
      waiting_(std::make_shared<Waiting>()) {}

bool SpoolAuditLog::taking() const {
    return spool_.taking();
}

void SpoolAuditLog::gather(SpoolJob job) {
    if (gathered_->jobs.empty()) {
        loop_.post([gathered = gathered_, &spool = spool_] { gathered->hand_over(spool); });
    }
    gathered_->jobs.push_back(std::move(job));
}

Task<Result<void>> SpoolAuditLog::append(AuditEntry entry, Deadline deadline) {
    auto waiter = std::make_shared<SpoolWaiter>(loop_);
    gather({.entry = std::move(entry), .deadline = deadline, .waiter = waiter});
    const auto waiting = waiting_;
    waiting->all.push_back({.waiter = waiter, .deadline = deadline});
    const auto place = std::prev(waiting->all.end());
    if (!waiting->sweeping) {
        waiting->sweeping = true;
        spawn(Waiting::sweep(waiting, loop_, clock_));
    }
    auto answer = co_await waiter->done;
    waiting->all.erase(place);
    co_return answer;
}

}  // namespace numproof
