// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "adapters/spool/segment_writer.h"
#include "adapters/spool/spool_job.h"
#include "daemon/audit/audit_chain.h"

namespace numproof {

/// Answers for many waiters: one message to each loop.
class SpoolAnswers {
public:
    void add(const SpoolJob& job, const Result<void>& answer);

    /// Sends all of them.
    void post();

private:
    using Answer = std::pair<std::shared_ptr<SpoolWaiter>, Result<void>>;
    std::map<Loop*, std::vector<Answer>> by_loop_;
};

/// What a batch came to.
struct BatchOutcome {
    std::uint64_t accepted = 0;
    std::uint64_t denied = 0;
    bool full = false;     ///< Something was refused because the spool is full.
    Result<void> written;  ///< Of the write itself.
};

/// One group commit: links events into the chain, writes them with one sync, then answers.
class SpoolBatch {
public:
    /// Both outlive the batch.
    SpoolBatch(AuditChain& chain, SegmentWriter& writer);

    /// Takes `job` in, or notes why not. `now` is for its deadline.
    void add(SpoolJob job, MonoTime now);

    /// Takes a checkpoint in, if one is due and fits.
    void add_due_checkpoint();

    /// Takes a checkpoint in, if any event is not covered by one.
    void add_last_checkpoint();

    /// Makes it durable. On failure the chain is as before.
    [[nodiscard]] BatchOutcome commit();

    /// Tells everybody who waits what commit() came to.
    void answer();

private:
    void refuse(const SpoolJob& job, ErrorCode code, std::string detail);
    [[nodiscard]] Result<void> take_in(AuditRecord record, AuditChain::Place before);

    AuditChain& chain_;
    SegmentWriter& writer_;
    AuditChain::Place before_;
    WriteBatch batch_;
    std::vector<SpoolJob> taken_;
    SpoolAnswers answers_;
    std::uint64_t denied_ = 0;
    bool full_ = false;
};

}  // namespace numproof
