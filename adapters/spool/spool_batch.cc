// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/spool_batch.h"

#include <utility>

#include "adapters/spool/segment_format.h"

namespace numproof {

void SpoolAnswers::add(const SpoolJob& job, const Result<void>& answer) {
    if (job.waiter) {
        by_loop_[&job.waiter->loop].emplace_back(job.waiter, answer);
    }
}

void SpoolAnswers::post() {
    for (auto& [loop, answers] : by_loop_) {
        loop->post([answers = std::move(answers)] {
            for (const auto& [waiter, answer] : answers) {
                waiter->done.complete(answer);
            }
        });
    }
    by_loop_.clear();
}

SpoolBatch::SpoolBatch(AuditChain& chain, SegmentWriter& writer)
    : chain_(chain), writer_(writer), before_(chain.place()) {
    batch_.source = chain.source();
}

void SpoolBatch::add(SpoolJob job, MonoTime now) {
    if (job.waiter && !job.waiter->claim()) {
        return;
    }
    if (job.deadline.passed(now)) {
        refuse(job, ErrorCode::deadline_exceeded, "it waited too long for the spool");
        return;
    }
    if (full_) {
        refuse(job, ErrorCode::spool_full, "the audit spool is full");
        return;
    }
    auto place = chain_.place();
    const auto taken = take_in(chain_.link(job.entry), std::move(place));
    if (!taken) {
        full_ = taken.error().code == ErrorCode::spool_full;
        refuse(job, taken.error().code, taken.error().detail);
        return;
    }
    taken_.push_back(std::move(job));
    add_due_checkpoint();
}

void SpoolBatch::add_due_checkpoint() {
    if (!full_ && chain_.checkpoint_due()) {
        add_last_checkpoint();
    }
}

void SpoolBatch::add_last_checkpoint() {
    if (!chain_.unsealed()) {
        return;
    }
    auto place = chain_.place();
    const auto taken = take_in(chain_.link_checkpoint(), std::move(place));
    full_ = full_ || !taken;
}

Result<void> SpoolBatch::take_in(AuditRecord record, AuditChain::Place before) {
    const auto size = batch_.octets.size();
    const auto in_write = size == 0 ? segment::InWrite::first : segment::InWrite::later;
    auto appended = segment::append_record(batch_.octets, record, in_write);
    if (!appended) {
        chain_.rewind(std::move(before));
        return fail(ErrorCode::io_failure, appended.error().detail);
    }
    if (!writer_.fits(batch_.octets.size())) {
        batch_.octets.resize(size);
        chain_.rewind(std::move(before));
        return fail(ErrorCode::spool_full, "the audit spool is full");
    }
    batch_.records.push_back(
        {.record = std::move(record), .end = batch_.octets.size(), .in_write = in_write}
    );
    return {};
}

BatchOutcome SpoolBatch::commit() {
    BatchOutcome outcome;
    outcome.full = full_;
    const auto records = batch_.records.size();
    if (records > 0) {
        outcome.written = writer_.write(std::move(batch_));
    }
    if (outcome.written) {
        outcome.accepted = records;
    } else {
        chain_.rewind(std::move(before_));
        denied_ += taken_.size();
    }
    for (const auto& job : taken_) {
        answers_.add(job, outcome.written);
    }
    if (full_) {
        // So that it can go as soon as it is delivered.
        writer_.close();
    }
    outcome.denied = denied_;
    return outcome;
}

void SpoolBatch::answer() {
    answers_.post();
}

void SpoolBatch::refuse(const SpoolJob& job, ErrorCode code, std::string detail) {
    ++denied_;
    answers_.add(job, fail(code, std::move(detail)));
}

}  // namespace numproof
