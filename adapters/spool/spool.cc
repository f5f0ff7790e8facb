// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/spool.h"

#include <algorithm>
#include <utility>

#include "daemon/audit/audit_events.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

/// How often the thread turns without work: beats and checkpoints that time makes due.
constexpr Milliseconds kTurn{250};

/// Events of one group commit.
constexpr std::size_t kBatchMax = 1024;

/// The spool's own events wait for the disk as long as it takes.
constexpr Deadline kNoHurry{MonoTime::max()};

}  // namespace

Result<std::unique_ptr<Spool>> Spool::open(SpoolParts parts, SpoolSettings settings) {
    auto locked = parts.files.lock();
    if (!locked) {
        return pass_on(locked);
    }
    auto recovered = recover(parts.files);
    if (!recovered) {
        return pass_on(recovered);
    }
    return std::unique_ptr<Spool>{
        new Spool{std::move(parts), std::move(settings), std::move(*recovered)}};
}

Spool::Spool(SpoolParts parts, SpoolSettings settings, Recovery recovered)
    : parts_(std::move(parts)),
      settings_(std::move(settings)),
      bytes_max_(settings_.limits.bytes_max),
      fresh_(settings_.fresh_bytes),
      metrics_(index_, parts_.clock),
      writer_(parts_.files, index_, fresh_, parts_.clock, settings_.limits, recovered.next_number),
      source_(new_source(parts_.crypto, settings_.node)),
      chain_(std::make_unique<AuditChain>(parts_.crypto, parts_.clock, parts_.key, source_)) {
    report(recovered);
    writer_.prepare_first();
}

Spool::~Spool() {
    stop();
}

void Spool::report(const Recovery& recovered) {
    std::uint64_t records = 0;
    for (const auto& segment : recovered.segments) {
        index_.add(segment);
        records += segment.records;
    }
    metrics_.recovered.add(records);
    if (records > 0) {
        parts_.log.write(messages::spool_recovered, {{"records", std::to_string(records)}});
    }
    for (const auto& torn : recovered.torn) {
        parts_.log.write(
            messages::spool_torn, {{"segment", torn.name}, {"bytes", std::to_string(torn.bytes)}}
        );
        note_damage(torn, "spool_tail");
    }
    for (const auto& corrupt : recovered.corrupt) {
        parts_.log.write(
            messages::spool_corrupt,
            {{"segment", corrupt.name}, {"bytes", std::to_string(corrupt.bytes)}}
        );
        metrics_.damaged.add();
        note_damage(corrupt, "spool_segment");
    }
}

void Spool::note_damage(const DamagedSegment& damaged, std::string_view what) {
    auto entry = entry_of(IntegrityEvent{
        .time = parts_.clock.wall_now(),
        .what = std::string{what},
        .place = damaged.name,
        .lost = damaged.bytes});
    queue_.push_back({.entry = std::move(entry), .deadline = kNoHurry, .waiter = nullptr});
}

void Spool::start() {
    thread_ = std::thread{[this] { run(); }};
}

void Spool::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    arrived_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Spool::adopt(SpoolTerms terms) {
    bytes_max_.store(terms.bytes_max);
    const std::lock_guard lock{mutex_};
    terms_ = std::move(terms);
}

Result<void> Spool::submit(std::deque<SpoolJob>& jobs) {
    {
        const std::lock_guard lock{mutex_};
        if (stopping_) {
            return fail(ErrorCode::closed, "the audit spool is stopping");
        }
        while (!jobs.empty() && queue_.size() < settings_.queue_max) {
            queue_.push_back(std::move(jobs.front()));
            jobs.pop_front();
        }
    }
    arrived_.notify_one();
    if (!jobs.empty()) {
        metrics_.denied.add(jobs.size());
        return fail(ErrorCode::queue_full, "too many audit events wait for the disk");
    }
    return {};
}

void Spool::run() {
    while (true) {
        auto jobs = wait_for_jobs();
        beats_.fetch_add(1);
        take_terms();
        if (jobs.empty() && stopping()) {
            break;
        }
        commit(std::move(jobs));
    }
    seal();
    writer_.finish();
}

void Spool::take_terms() {
    std::optional<SpoolTerms> terms;
    {
        const std::lock_guard lock{mutex_};
        terms = std::exchange(terms_, std::nullopt);
    }
    if (!terms) {
        return;
    }
    chain_->sign_with(terms->key);
    parts_.key = std::move(terms->key);
    settings_.limits.bytes_max = terms->bytes_max;
    writer_.bound(settings_.limits);
}

bool Spool::stopping() {
    const std::lock_guard lock{mutex_};
    return stopping_ && queue_.empty();
}

std::vector<SpoolJob> Spool::wait_for_jobs() {
    std::unique_lock lock{mutex_};
    arrived_.wait_for(lock, kTurn, [this] { return stopping_ || !queue_.empty(); });
    std::vector<SpoolJob> jobs;
    jobs.reserve(std::min(queue_.size(), kBatchMax));
    while (!queue_.empty() && jobs.size() < kBatchMax) {
        jobs.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return jobs;
}

void Spool::commit(std::vector<SpoolJob> jobs) {
    SpoolBatch batch{*chain_, writer_};
    const auto now = parts_.clock.mono_now();
    for (auto& job : jobs) {
        batch.add(std::move(job), now);
    }
    batch.add_due_checkpoint();
    // Counted before it is told, so that whoever was answered finds the counters right.
    settle(batch.commit());
    batch.answer();
    writer_.prepare_next();
}

void Spool::seal() {
    SpoolBatch batch{*chain_, writer_};
    batch.add_last_checkpoint();
    settle(batch.commit());
    batch.answer();
}

bool Spool::taking() const {
    // Room for the events of what is under way.
    const auto bytes_max = bytes_max_.load();
    const auto room = std::min<std::uint64_t>(64UL * 1024, bytes_max / 8);
    const auto now = parts_.clock.mono_now().time_since_epoch().count();
    const auto backlog = index_.backlog();
    return backlog.bytes - backlog.unused + room <= bytes_max && now >= refusing_until_ns_.load();
}

void Spool::settle(const BatchOutcome& outcome) {
    if (!outcome.written) {
        const auto until = parts_.clock.mono_now() + std::chrono::seconds{1};
        refusing_until_ns_.store(until.time_since_epoch().count());
    }
    metrics_.accepted.add(outcome.accepted);
    metrics_.denied.add(outcome.denied);
    if (outcome.accepted > 0) {
        metrics_.syncs.add();
    }
    if (outcome.full) {
        parts_.log.write(messages::spool_full, {{"bytes", std::to_string(index_.bytes())}});
    } else if (full_ && outcome.accepted > 0) {
        parts_.log.write(messages::spool_room_again, {});
    }
    full_ = outcome.full || (full_ && outcome.accepted == 0);
    if (!outcome.written) {
        parts_.log.write(messages::spool_write_failed, {{"error", outcome.written.error().detail}});
        if (writer_.failed_tail() == FailedTail::unknown) {
            // What was refused may still be found under these sequence numbers: do not use them
            // again.
            chain_ = std::make_unique<AuditChain>(
                parts_.crypto, parts_.clock, parts_.key, new_source(parts_.crypto, settings_.node)
            );
        }
    }
}

}  // namespace numproof
