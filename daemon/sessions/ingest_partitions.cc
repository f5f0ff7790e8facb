// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "daemon/ports/store_life.h"
#include "daemon/sessions/ingest.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

std::initializer_list<LogField> no_fields() {
    return {};
}

}  // namespace

// Everything that decides where a partition is read: which directory is built, in which life of
// the store, and what the partition's record says. Gives the partitions that were begun anew.
Task<Result<Ingest::Touched>> Ingest::tend() {
    next_tend_ = parts_.clock.mono_now() + options_.tend_every;
    clock_guard_.observe(parts_.clock.wall_now(), parts_.clock.mono_now());
    const auto deadline = soon(options_.store_within);
    auto incarnation = co_await parts_.store.incarnation(deadline);
    if (!incarnation) {
        co_return pass_on(incarnation);
    }
    const bool lost = parts_.feed.generation_lost();
    auto agreed = co_await agree(deadline);
    if (agreed && lost) {
        lost_generation_ = agreed->id;
        parts_.log.write(messages::feed_lost_records, no_fields());
        agreed = co_await agree(deadline);
    }
    if (!agreed) {
        co_return pass_on(agreed);
    }
    take_up(std::move(*agreed));
    const Instant asked_at{.wall = parts_.clock.wall_now(), .mono = parts_.clock.mono_now()};
    auto spans = co_await parts_.feed.spans(deadline);
    if (!spans) {
        co_return pass_on(spans);
    }
    auto begun = co_await take_partitions(*spans, *incarnation, deadline);
    if (!begun) {
        co_return pass_on(begun);
    }
    for (const auto& span : *spans) {
        partitions_.at(span.at).end = span.end;
    }
    resume_waiting();
    std::erase_if(*spans, [&](const PartitionSpan& span) { return begun->contains(span.at); });
    auto finished = co_await finish_rebuilds(std::move(*spans), asked_at, deadline);
    if (!finished) {
        co_return pass_on(finished);
    }
    auto declared = co_await declare_whole(*incarnation, deadline);
    if (!declared) {
        co_return pass_on(declared);
    }
    report();
    co_return std::move(*begun);
}

// A marker of a key that we lack: either the key was changed and everything is to be built anew, or
// this node was not given the key that others use. It is replaced only if nobody is at work there.
Task<Result<GenerationRecord>> Ingest::agree(Deadline deadline) {
    using Strange = GenerationKeeper::Strange;
    auto agreed = co_await keeper_.agree(lost_generation_, Strange::leave, deadline);
    if (agreed || agreed.error().code != ErrorCode::key_missing) {
        co_return agreed;
    }
    auto busy = co_await strangers_at_work(deadline);
    if (!busy) {
        co_return pass_on(busy);
    }
    if (*busy) {
        co_return agreed;
    }
    co_return co_await keeper_.agree(lost_generation_, Strange::replace, deadline);
}

Task<Result<bool>> Ingest::strangers_at_work(Deadline deadline) {
    auto counts = co_await parts_.feed.partition_counts(deadline);
    if (!counts) {
        co_return pass_on(counts);
    }
    auto all = all_partitions(*counts);
    auto records = co_await keeper_.read(std::move(all), deadline);
    if (!records) {
        co_return pass_on(records);
    }
    const auto since = now() - options_.strange_max;
    co_return std::ranges::any_of(*records, [&](const auto& record) {
        return record && std::max(record->watermark, record->usable) > since;
    });
}

void Ingest::take_up(GenerationRecord generation) {
    if (generation.id != generation_.id) {
        usable_ = {};
    }
    generation_ = std::move(generation);
}

// From the next round on another one is built.
void Ingest::lose_generation(const Message& why) {
    lost_generation_ = generation_.id;
    next_tend_ = MonoTime{};
    parts_.log.write(why, no_fields());
}

Task<Result<Ingest::Touched>> Ingest::take_partitions(
    std::vector<PartitionSpan> spans, std::string incarnation, Deadline deadline
) {
    incarnation_ = incarnation;
    std::erase_if(partitions_, [&](const auto& known) {
        const bool gone = std::ranges::find(spans, known.first, &PartitionSpan::at) == spans.end();
        if (gone) {
            parts_.counters.forget(known.first);
        }
        return gone;
    });
    std::erase_if(spans, [&](const PartitionSpan& span) {
        const auto known = partitions_.find(span.at);
        return known != partitions_.end() && known->second.generation == generation_.id &&
               known->second.incarnation == incarnation_;
    });
    Touched begun;
    if (spans.empty()) {
        co_return begun;
    }
    std::vector<TopicPartition> names;
    for (const auto& span : spans) {
        names.push_back(span.at);
    }
    auto records = co_await keeper_.read(std::move(names), deadline);
    if (!records) {
        co_return pass_on(records);
    }
    for (std::size_t i = 0; i < spans.size(); ++i) {
        begin(spans[i], (*records)[i]);
        begun.insert(spans[i].at);
    }
    co_return begun;
}

// Same directory, same life of the store: go on. Another life: writes since the anchor may be lost.
// Another directory, or a part of it, or records that the broker has lost: all of it again.
void Ingest::begin(const PartitionSpan& span, const std::optional<WatermarkRecord>& record) {
    auto& partition = partitions_[span.at];
    partition = Partition{};
    partition.incarnation = incarnation_;
    partition.generation = generation_.id;
    partition.candidate_since = parts_.clock.mono_now();
    if (!record || record->generation != generation_.id) {
        begin_rebuild(span);
        return;
    }
    if (!continues(record->incarnation, incarnation_)) {
        lose_generation(messages::store_lost_part);
        begin_rebuild(span);
        return;
    }
    const bool same_life = record->incarnation == incarnation_;
    const auto from = same_life ? record->next : record->anchor;
    // The broker may have lost its tail in the same outage: what stands there now is something
    // else.
    if (from < span.begin || std::max(from, record->next) > span.end) {
        lose_generation(messages::feed_lost_records);
        begin_rebuild(span);
        return;
    }
    partition.watermark = same_life ? record->watermark : WallTime{};
    usable_ = std::max(usable_, record->usable);
    partition.anchor = record->anchor;
    partition.candidate = from;
    if (!same_life) {
        partition.rebuild_end = std::max(record->next, from);
    }
    rewind(span.at, from);
}

void Ingest::begin_rebuild(const PartitionSpan& span) {
    auto& partition = partitions_.at(span.at);
    partition.anchor = span.begin;
    partition.candidate = span.begin;
    partition.rebuild_end = span.end;
    partition.rebuilt = PartitionRange{.begin = span.begin, .end = span.end};
    if (span.end > span.begin) {  // Nothing is read again in a topic that has only been made.
        parts_.log.write(
            messages::rebuild_begun,
            {{"topic", span.at.topic},
             {"partition", std::to_string(span.at.partition)},
             {"records", std::to_string(span.end - span.begin)}}
        );
    }
    rewind(span.at, span.begin);
}

// Between two batches everything that the feed gave is in the directory. Offsets may have gaps: the
// feed's own position says that an end was reached.
Task<Result<void>> Ingest::finish_rebuilds(
    std::vector<PartitionSpan> spans, Instant asked_at, Deadline deadline
) {
    std::map<TopicPartition, WatermarkRecord> records;
    for (const auto& span : spans) {
        auto& partition = partitions_.at(span.at);
        note_read(span, partition, asked_at);
        if (partition.wait != Wait::none || span.position < partition.next) {
            continue;
        }
        if (partition.rebuild_end && span.position >= *partition.rebuild_end) {
            partition.rebuild_end.reset();
            partition.next = span.position;
            records[span.at] = record_of(partition);
        }
        const auto* feed = topic(span.at.topic);
        // By a clock that is wrong nobody can say up to when something was read.
        const bool clock_is_right = parts_.standing.basis().standing != Standing::clock_disagrees;
        const bool caught_up = clock_is_right && feed != nullptr &&
                               feed->freshness == Freshness::caught_up &&
                               span.position >= span.end && !partition.rebuild_end;
        if (caught_up &&
            guard(span.at.topic).phase(parts_.clock.mono_now()) == PoisonGuard::Phase::clean) {
            partition.watermark = asked_at.wall;
            partition.next = span.position;
            records[span.at] = record_of(partition);
        }
    }
    auto advanced = co_await keeper_.advance(records, deadline);
    if (!advanced) {
        begin_again(records);
        co_return pass_on(advanced);
    }
    for (const auto& [at, record] : records) {
        parts_.counters.note_watermark(at, record.watermark);
    }
    co_return Result<void>{};
}

void Ingest::note_read(const PartitionSpan& span, Partition& partition, Instant asked_at) const {
    const bool at_end = partition.wait == Wait::none && span.position >= partition.next &&
                        span.position >= span.end;
    asked_at.wall = clock_guard_.believed(asked_at.mono);
    if (at_end) {
        partition.read = asked_at;
        partition.goal_at.reset();
    } else if (!partition.goal_at) {
        partition.goal = span.end;
        partition.goal_at = asked_at;
    }
}

Task<Result<void>> Ingest::declare_whole(std::string incarnation, Deadline deadline) {
    const bool was_whole = generation_.phase == GenerationRecord::Phase::whole;
    if (was_whole && parts_.clock.mono_now() < next_count_) {
        co_return Result<void>{};
    }
    auto counts = co_await parts_.feed.partition_counts(deadline);
    if (!counts) {
        co_return pass_on(counts);
    }
    next_count_ = parts_.clock.mono_now() + options_.count_every;
    if (counts->empty() || (was_whole && generation_.partitions == *counts)) {
        co_return Result<void>{};
    }
    auto whole = co_await keeper_.complete(
        generation_, std::move(*counts), std::move(incarnation), deadline
    );
    if (!whole) {
        co_return pass_on(whole);
    }
    if (*whole && !was_whole) {
        generation_.phase = GenerationRecord::Phase::whole;
        parts_.log.write(messages::directory_whole, {{"generation", generation_.id}});
    }
    co_return Result<void>{};
}

// What is left of a rebuild, for people and for metrics.
void Ingest::report() {
    for (const auto& [at, partition] : partitions_) {
        parts_.counters.note_lag(at, std::max<std::int64_t>(0, partition.end - partition.next));
    }
    std::int64_t done = 0;
    std::int64_t total = 0;
    bool running = generation_.phase == GenerationRecord::Phase::building;
    for (const auto& [at, partition] : partitions_) {
        if (partition.rebuilt) {
            const auto& [begin, end] = *partition.rebuilt;
            done += std::clamp(partition.next, begin, end) - begin;
            total += end - begin;
            running = running || partition.rebuild_end.has_value();
        }
    }
    if (!running) {
        parts_.counters.note_rebuild(std::nullopt);
        next_report_ = MonoTime{};
        return;
    }
    const auto now = parts_.clock.mono_now();
    meter_.note(now, done, total);
    const auto progress = meter_.progress();
    parts_.counters.note_rebuild(progress);
    if (now < next_report_) {
        return;
    }
    next_report_ = now + options_.report_every;
    const auto left = progress.left ? std::to_string(progress.left->count() / 1000) : "unknown";
    parts_.log.write(
        messages::rebuild_progress,
        {{"percent", std::to_string(progress.percent())},
         {"done", std::to_string(done)},
         {"total", std::to_string(total)},
         {"records_per_second", std::to_string(std::llround(progress.per_second))},
         {"seconds_left", left}}
    );
}

void Ingest::resume_waiting() {
    for (auto& [at, partition] : partitions_) {
        const bool clock_is_there =
            partition.wait == Wait::clock && latest_now() >= partition.wait_until;
        const bool poison_is_over =
            partition.wait == Wait::poison &&
            guard(at.topic).phase(parts_.clock.mono_now()) != PoisonGuard::Phase::stopped;
        const bool is_offered_again = partition.wait == Wait::dead_letters &&
                                      parts_.clock.mono_now() >= partition.parked_until;
        if (clock_is_there || poison_is_over || is_offered_again) {
            partition.wait = Wait::none;
            rewind(at, partition.next);
        }
    }
}

void Ingest::rewind(const TopicPartition& at, std::int64_t offset) {
    auto& partition = partitions_.at(at);
    partition.next = offset;
    if (parts_.feed.rewind(at, offset)) {
        parts_.counters.rewinds.add();
        parts_.log.write(
            messages::partition_rewound,
            {{"topic", at.topic},
             {"partition", std::to_string(at.partition)},
             {"offset", std::to_string(offset)}}
        );
        return;
    }
    // Not ours any more, or not now: it is begun again when it is ours.
    partition.generation.clear();
}

void Ingest::begin_again(const std::map<TopicPartition, WatermarkRecord>& records) {
    for (const auto& [at, record] : records) {
        partitions_.at(at).generation.clear();
    }
    next_tend_ = MonoTime{};
}

WatermarkRecord Ingest::record_of(Partition& partition) const {
    const auto now = parts_.clock.mono_now();
    const auto margin = is_spread(partition.incarnation) ? options_.spread_failover_margin
                                                         : options_.failover_margin;
    if (now - partition.candidate_since >= margin) {
        partition.anchor = partition.candidate;
        partition.candidate = partition.next;
        partition.candidate_since = now;
    }
    return {
        .generation = partition.generation,
        .incarnation = partition.incarnation,
        .watermark = partition.watermark,
        .next = partition.next,
        .anchor = partition.anchor,
        .usable = usable_,
        .reader = options_.reader};
}

}  // namespace numproof
