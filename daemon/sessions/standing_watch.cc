// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/standing_watch.h"

#include <algorithm>

#include "daemon/domain/store_keys.h"
#include "daemon/sessions/directory_rules.h"
#include "daemon/sessions/generation_marker.h"

namespace numproof {

StandingWatch::StandingWatch(Parts parts, StandingLimits limits)
    : parts_(parts),
      limits_(limits),
      seal_(parts.vault),
      guard_(parts.clock.wall_now(), parts.clock.mono_now()) {}

DirectoryBasis StandingWatch::basis() const {
    const auto wall = parts_.clock.wall_now();
    DirectoryBasis basis;
    basis.standing = judge(wall, parts_.clock.mono_now());
    if (seen_) {
        basis.trusted_since = seen_->trusted_since;
        basis.incarnation = seen_->incarnation;
    }
    if (const auto oldest = oldest_watermark(wall)) {
        basis.watermark_age = std::max(Milliseconds{0}, wall - *oldest);
    }
    return basis;
}

Standing StandingWatch::judge(WallTime wall, MonoTime mono) const {
    if (!guard_.agrees(wall, mono)) {
        return Standing::clock_disagrees;
    }
    if (!seen_) {
        return Standing::starting;
    }
    if (mono - seen_->at > limits_.silence_max) {
        return Standing::store_unavailable;
    }
    if (!seen_->missing_key.empty()) {
        return Standing::key_missing;
    }
    if (!seen_->whole) {
        return Standing::rebuilding;
    }
    const auto oldest = oldest_watermark(wall);
    return oldest && wall - *oldest <= limits_.max_staleness ? Standing::usable : Standing::stale;
}

std::optional<WallTime> StandingWatch::oldest_watermark(WallTime wall) const {
    if (!seen_ || seen_->partitions.empty()) {
        return std::nullopt;
    }
    auto oldest = WallTime::max();
    for (const auto& [at, record] : seen_->partitions) {
        if (!record || record->watermark > wall + limits_.future_max) {
            return std::nullopt;
        }
        oldest = std::min(oldest, record->watermark);
    }
    return oldest;
}

// Between a reading that found nothing and this one the store may have come back empty and been
// filled again: only what held before, too, was not there.
Task<Result<Standing>> StandingWatch::confirm(Deadline deadline) {
    const auto before = seen_;
    auto refreshed = co_await refresh(deadline);
    if (!refreshed) {
        co_return pass_on(refreshed);
    }
    if (before && (!before->whole || before->incarnation != seen_->incarnation)) {
        co_return Standing::rebuilding;
    }
    co_return basis().standing;
}

Task<Result<void>> StandingWatch::refresh(Deadline deadline) {
    const auto asked_at = parts_.clock.mono_now();
    guard_.observe(parts_.clock.wall_now(), asked_at);
    auto incarnation = co_await parts_.store.incarnation(deadline);
    if (!incarnation) {
        co_return pass_on(incarnation);
    }
    if (seen_ && seen_->incarnation != *incarnation) {
        seen_->whole =
            false;  // What was true in another life closes now, not when this one is read.
    }
    std::vector<std::string> keys{store_keys::generation()};
    auto markers = co_await parts_.store.read(std::move(keys), deadline);
    if (!markers) {
        co_return pass_on(markers);
    }
    const auto& marker = markers->front();
    auto generation = marker ? open_marker(parts_.vault, *marker) : fail(ErrorCode::malformed, "");
    Seen seen;
    seen.at = asked_at;
    seen.incarnation = *incarnation;
    seen.marker_key = marker ? key_of_marker(*marker) : std::string{};
    if (!generation && generation.error().code == ErrorCode::key_missing) {
        seen.missing_key = std::move(generation.error().detail);
    }
    seen.whole = generation && generation->phase == GenerationRecord::Phase::whole;
    if (seen.whole) {
        parts_.vault.adopt(generation->id, generation->secret);
        auto partitions = co_await read_partitions(*generation, *incarnation, deadline);
        if (!partitions) {
            co_return pass_on(partitions);
        }
        seen.partitions = std::move(*partitions);
    }
    auto since = co_await keep_life(*incarnation, seen.whole, deadline);
    if (!since) {
        co_return pass_on(since);
    }
    seen.trusted_since = *since;
    auto after = co_await parts_.store.incarnation(deadline);
    if (!after || *after != *incarnation) {
        co_return fail(ErrorCode::store_unavailable, "the store restarted meanwhile");
    }
    seen_ = std::move(seen);
    co_return Result<void>{};
}

Task<void> StandingWatch::run() {
    while (!stopping_) {
        const auto deadline = Deadline::after(parts_.clock.mono_now(), limits_.refresh_within);
        // A failure needs no word here: what is known grows old, and basis() says so.
        (void)co_await refresh(deadline);
        co_await parts_.loop.sleep(limits_.refresh_every);
    }
}

std::vector<StandingWatch::FeedPartition> StandingWatch::partitions() const {
    return seen_ ? seen_->partitions : std::vector<FeedPartition>{};
}

std::optional<TopicPartition> StandingWatch::most_silent() const {
    if (!seen_ || seen_->partitions.empty()) {
        return std::nullopt;
    }
    const auto heard = [](const FeedPartition& one) {
        return one.record ? one.record->watermark : WallTime{};
    };
    return std::ranges::min_element(seen_->partitions, {}, heard)->at;
}

std::string StandingWatch::marker_key() const {
    return seen_ ? seen_->marker_key : std::string{};
}

std::string StandingWatch::missing_key() const {
    return seen_ ? seen_->missing_key : std::string{};
}

// A watermark of another generation or of an earlier life of the store may stand for writes that
// are lost: it counts as missing until ingest has gone over them again.
Task<Result<std::vector<StandingWatch::FeedPartition>>> StandingWatch::read_partitions(
    GenerationRecord generation, std::string incarnation, Deadline deadline
) {
    std::vector<FeedPartition> partitions;
    std::vector<std::string> keys;
    for (const auto& at : all_partitions(generation.partitions)) {
        keys.push_back(store_keys::watermark(at));
        partitions.push_back({.at = at, .record = std::nullopt});
    }
    auto records = co_await parts_.store.read(std::move(keys), deadline);
    if (!records) {
        co_return pass_on(records);
    }
    for (std::size_t i = 0; i < partitions.size(); ++i) {
        const auto& stored = (*records)[i];
        auto parsed =
            stored ? parse_watermark_record(stored->value) : fail(ErrorCode::malformed, "none");
        if (parsed && parsed->generation == generation.id && parsed->incarnation == incarnation) {
            partitions[i].record = std::move(*parsed);
        }
    }
    co_return partitions;
}

// The first life of an empty store has nothing to distrust. A life that follows another one begins
// when we first see it. `marked`: the directory is whole, so this store has lived before.
Task<Result<WallTime>> StandingWatch::keep_life(
    std::string incarnation, bool marked, Deadline deadline
) {
    const auto now = parts_.clock.wall_now();
    const bool seen_another = seen_ && seen_->incarnation != incarnation;
    WallTime since;
    RecordChange change{.key = store_keys::incarnation(), .make = nullptr};
    change.make = [&](const std::optional<Record>& current) -> std::optional<NewRecord> {
        const auto known =
            current ? parse_life_record(current->value) : fail(ErrorCode::malformed, "none");
        if (known && known->incarnation == incarnation) {
            since = known->since;
            return std::nullopt;
        }
        const bool first = !current && !marked && !seen_another;
        since = first ? WallTime{} : now;
        const LifeRecord life{.incarnation = incarnation, .since = since};
        return NewRecord{.record = seal_.open_to_all(to_stored(life)), .keep = kSubscriberLife};
    };
    std::vector<RecordChange> changes;
    changes.push_back(std::move(change));
    auto done = co_await change_records(parts_.store, parts_.clock, std::move(changes), deadline);
    if (!done) {
        co_return pass_on(done);
    }
    co_return since;
}

}  // namespace numproof
