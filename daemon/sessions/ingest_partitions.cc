// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

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
    const auto deadline = soon(options_.store_within);
    auto incarnation = co_await parts_.store.incarnation(deadline);
    if (!incarnation) {
        co_return pass_on(incarnation);
    }
    const bool lost = parts_.feed.generation_lost();
    auto agreed = co_await keeper_.agree(lost_generation_, deadline);
    if (agreed && lost) {
        lost_generation_ = agreed->id;
        parts_.log.write(messages::feed_lost_records, no_fields());
        agreed = co_await keeper_.agree(lost_generation_, deadline);
    }
    if (!agreed) {
        co_return pass_on(agreed);
    }
    generation_ = std::move(*agreed);
    const auto asked_at = parts_.clock.wall_now();
    auto spans = co_await parts_.feed.spans(deadline);
    if (!spans) {
        co_return pass_on(spans);
    }
    auto begun = co_await take_partitions(*spans, *incarnation, deadline);
    if (!begun) {
        co_return pass_on(begun);
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
    co_return std::move(*begun);
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
        lost_generation_ = generation_.id;
        next_tend_ = MonoTime{};
        parts_.log.write(messages::store_lost_part, no_fields());
        begin_rebuild(span);
        return;
    }
    const bool same_life = record->incarnation == incarnation_;
    const auto from = same_life ? record->next : record->anchor;
    if (from < span.begin || from > span.end) {
        lost_generation_ = generation_.id;
        next_tend_ = MonoTime{};
        parts_.log.write(messages::feed_lost_records, no_fields());
        begin_rebuild(span);
        return;
    }
    partition.watermark = same_life ? record->watermark : WallTime{};
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
    parts_.log.write(
        messages::rebuild_begun,
        {{"topic", span.at.topic},
         {"partition", std::to_string(span.at.partition)},
         {"records", std::to_string(span.end - span.begin)}}
    );
    rewind(span.at, span.begin);
}

// Between two batches everything that the feed gave is in the directory. Offsets may have gaps: the
// feed's own position says that an end was reached.
Task<Result<void>> Ingest::finish_rebuilds(
    std::vector<PartitionSpan> spans, WallTime asked_at, Deadline deadline
) {
    std::map<TopicPartition, WatermarkRecord> records;
    for (const auto& span : spans) {
        auto& partition = partitions_.at(span.at);
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
            partition.watermark = asked_at;
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

void Ingest::resume_waiting() {
    for (auto& [at, partition] : partitions_) {
        const bool clock_is_there =
            partition.wait == Wait::clock && parts_.clock.wall_now() >= partition.wait_until;
        const bool poison_is_over =
            partition.wait == Wait::poison &&
            guard(at.topic).phase(parts_.clock.mono_now()) != PoisonGuard::Phase::stopped;
        if (clock_is_there || poison_is_over) {
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
    if (now - partition.candidate_since >= options_.failover_margin) {
        partition.anchor = partition.candidate;
        partition.candidate = partition.next;
        partition.candidate_since = now;
    }
    return {
        .generation = partition.generation,
        .incarnation = partition.incarnation,
        .watermark = partition.watermark,
        .next = partition.next,
        .anchor = partition.anchor};
}

}  // namespace numproof
