// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/ingest.h"

#include <algorithm>

#include "daemon/base/failpoint.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

/// A record may hold several events: each has a place of its own.
constexpr std::int64_t kEventsOfARecord = 1024;

/// How much longer than we know another node may have held the directory for usable.
constexpr Milliseconds kUsableAtMost{10000};

/// The shortest IMSI. Telephone numbers that are shorter are nobody's.
constexpr std::ptrdiff_t kNumberDigitsMin = 6;

bool may_hold_a_number(std::string_view key) {
    // However the digits are grouped: "0170-123-4567" is one, too.
    const auto digits = std::ranges::count_if(key, [](char c) { return c >= '0' && c <= '9'; });
    return digits >= kNumberDigitsMin ||
           std::ranges::any_of(key, [](char c) { return c < ' ' || c > '~'; });
}

const Message& message_for(ErrorCode code) {
    if (code == ErrorCode::broker_unavailable) {
        return messages::feed_unavailable;
    }
    return code == ErrorCode::key_missing ? messages::directory_key_missing
                                          : messages::directory_write_failed;
}

WallTime time_of(const SessionEvent& event) {
    return std::visit([](const auto& any) { return any.time; }, event);
}

}  // namespace

std::string dead_letter_place(const TopicPartition& at, std::int64_t offset) {
    return "np:dlq:" + at.topic + ":" + std::to_string(at.partition) + ":" + std::to_string(offset);
}

std::string dead_letter_key(const Vault& vault, std::string_view key) {
    return may_hold_a_number(key) ? "hmac" + to_hex(as_view(vault.mac("dead letter key", key)))
                                  : std::string{key};
}

Ingest::Ingest(Parts parts, IngestOptions options)
    : parts_(parts),
      options_(std::move(options)),
      writer_(
          {.store = parts.store,
           .clock = parts.clock,
           .vault = parts.vault,
           .counters = parts.directory_counters},
          options_.rules
      ),
      keeper_({.store = parts.store, .clock = parts.clock, .vault = parts.vault}),
      clock_guard_(parts.clock.wall_now(), parts.clock.mono_now()) {}

Task<void> Ingest::run() {
    for (const auto& feed : options_.topics) {
        if (feed.freshness == Freshness::caught_up) {
            parts_.log.write(messages::feed_caught_up_only, {{"topic", feed.topic}});
        }
    }
    bool open = true;
    while (open && !stopping_) {
        open = co_await step();
    }
    co_await parts_.feed.leave(soon(std::chrono::seconds{5}));
}

Task<bool> Ingest::step() {
    if (parts_.clock.mono_now() >= next_tend_) {
        auto tended = co_await tend();
        parts_.counters.locked_out = !tended && tended.error().code == ErrorCode::key_missing;
        if (!tended) {
            const auto code = tended.error().code;
            complain(message_for(code), tended.error());
            co_await parts_.loop.sleep(options_.retry_every);
            if (code == ErrorCode::key_missing) {
                // Whoever reads on would keep partitions from those who can use them. A node that
                // has read already leaves them; one that has not does not take any.
                next_tend_ = MonoTime{};
                co_return generation_.id.empty();
            }
        }
        plan_next_tend();
    }
    auto records = co_await parts_.feed.next(options_.records_max, soon(options_.poll_within));
    if (!records) {
        if (records.error().code == ErrorCode::closed) {
            co_return false;
        }
        complain(messages::feed_unavailable, records.error());
        co_await parts_.loop.sleep(options_.retry_every);
        co_return true;
    }
    co_await process(std::move(*records));
    co_return true;
}

// The pause begins when the questions are answered: however long that took, there is time for
// batches in between. Whoever wanted it at once meanwhile has said so.
void Ingest::plan_next_tend() {
    if (next_tend_ != MonoTime{}) {
        const bool building = generation_.phase == GenerationRecord::Phase::building;
        next_tend_ =
            parts_.clock.mono_now() + (building ? options_.retry_every : options_.tend_every);
    }
}

Task<void> Ingest::process(std::vector<FeedRecord> records) {
    if (records.empty()) {
        co_return;
    }
    const bool ready =
        std::ranges::all_of(records, [&](const FeedRecord& record) { return is_ready(record.at); });
    if (!ready) {
        // The next round decides where the new partitions are read, and gives all of this again.
        give_back(records);
        next_tend_ = MonoTime{};
        co_return;
    }
    note_usable();
    if (std::ranges::any_of(records, [&](const auto& one) { return outlived_tombstones(one); })) {
        lose_generation(messages::feed_lost_records);
        give_back(records);
        co_return;
    }
    auto batch = sort_out(std::move(records));
    const auto give_up = soon(options_.retry_for);
    while (true) {
        const bool done = co_await bring_in(batch);
        if (done) {
            co_return;
        }
        parts_.counters.store_retries.add();
        if (stopping_ || give_up.passed(parts_.clock.mono_now())) {
            break;
        }
        co_await parts_.loop.sleep(options_.retry_every);
    }
    give_back(batch);
}

Ingest::Batch Ingest::sort_out(std::vector<FeedRecord> records) {
    Batch batch;
    for (auto& record : records) {
        auto& partition = partitions_.at(record.at);
        if (partition.wait == Wait::none && !must_wait(record, partition)) {
            sort_out(std::move(record), partition, batch);
        }
    }
    return batch;
}

// A partition that waits keeps its place in `next`; what the feed gives meanwhile is let pass and
// read again later.
bool Ingest::must_wait(const FeedRecord& record, Partition& partition) {
    if (record.timestamp > latest_now() + options_.ahead_max) {
        partition.wait = Wait::clock;
        partition.wait_until = record.timestamp - options_.ahead_max;
        parts_.log.write(
            messages::record_ahead,
            {{"topic", record.at.topic}, {"partition", std::to_string(record.at.partition)}}
        );
        return true;
    }
    if (guard(record.at.topic).phase(parts_.clock.mono_now()) == PoisonGuard::Phase::stopped) {
        partition.wait = Wait::poison;
        return true;
    }
    return false;
}

void Ingest::sort_out(FeedRecord record, Partition& partition, Batch& batch) {
    const auto* feed = topic(record.at.topic);
    auto events =
        feed != nullptr ? feed->decode(record) : fail(ErrorCode::invalid_value, "topic_unknown");
    const auto quality = events ? PoisonGuard::Quality::good : PoisonGuard::Quality::poison;
    if (guard(record.at.topic).note(parts_.clock.mono_now(), quality)) {
        partition.wait = Wait::poison;
        parts_.counters.bursts.add();
        parts_.log.write(messages::poison_burst, {{"topic", record.at.topic}});
        return;
    }
    batch.next[record.at] = record.offset + 1;
    ++batch.records;
    if (!events) {
        batch.letters.push_back(
            {.record = std::move(record), .reason = std::move(events.error().detail)}
        );
        return;
    }
    // What is read again in another life of the store stands in a lane of its own: a batch that was
    // written across a failover would else hide what the failover lost before it.
    const auto lane = lane_of(record.at, generation_.id + partition.incarnation);
    auto place = record.offset * kEventsOfARecord;
    for (auto& event : *events) {
        if (auto* const bind = std::get_if<SessionBind>(&event); bind != nullptr) {
            // What ended meanwhile was read before it, and it does not begin again.
            bind->may_be_late = bind->may_be_late || record.replayed;
        }
        note_watermark(record, event, batch);
        const EventPosition at{.time = time_of(event), .lane = lane, .offset = place++};
        batch.events.push_back({.event = std::move(event), .at = at});
    }
}

// Nobody can have sent everything up to an instant that is still to come: the record's own
// timestamp bounds what it may claim.
void Ingest::note_watermark(const FeedRecord& record, const SessionEvent& event, Batch& batch)
    const {
    const auto freshness = topic(record.at.topic)->freshness;
    const bool counts =
        freshness == Freshness::traffic ||
        (freshness == Freshness::heartbeat && std::holds_alternative<Heartbeat>(event));
    if (counts) {
        auto& watermark = batch.watermarks[record.at];
        watermark = std::max(watermark, std::min(time_of(event), record.timestamp));
    }
}

Task<bool> Ingest::bring_in(Batch batch) {
    auto written = co_await write_events(batch);
    if (!written) {
        complain(messages::directory_write_failed, written.error());
        co_return false;
    }
    co_await keep_letters(batch);
    auto advanced = co_await write_watermarks(batch);
    if (!advanced) {
        complain(messages::directory_write_failed, advanced.error());
        co_return false;
    }
    count(batch);
    co_return true;
}

Task<Result<void>> Ingest::write_events(const Batch& batch) {
    auto events = batch.events;
    const auto when = context();
    co_return co_await writer_.apply(std::move(events), when, soon(options_.store_within));
}

// All letters go to one topic: what it did not take now is not offered letter by letter.
Task<void> Ingest::keep_letters(Batch& batch) {
    for (auto letter = batch.letters.begin(); letter != batch.letters.end(); ++letter) {
        auto kept = co_await keep(*letter);
        if (!kept) {
            park(batch, letter, kept.error());
            co_return;
        }
    }
}

Task<Result<void>> Ingest::keep(DeadLetter letter) {
    const auto place = dead_letter_place(letter.record.at, letter.record.offset);
    letter.record.key = dead_letter_key(parts_.vault, letter.record.key);
    letter.record.value = parts_.vault.seal(place, letter.record.value);
    co_return co_await parts_.dead_letters.keep(
        std::move(letter), parts_.vault.key_id(), soon(options_.store_within)
    );
}

// Each partition with a letter that is not kept waits right before that record; the others go on.
// What of the batch stood behind it is written already, and is written again.
void Ingest::park(Batch& batch, std::vector<DeadLetter>::iterator first, const Error& why) {
    for (auto letter = first; letter != batch.letters.end(); ++letter) {
        const auto& at = letter->record.at;
        auto& partition = partitions_.at(at);
        partition.wait = Wait::dead_letters;
        partition.parked_until = parts_.clock.mono_now() + options_.park_for;
        batch.next[at] = std::min(batch.next[at], letter->record.offset);
        batch.watermarks.erase(at);
    }
    batch.letters.erase(first, batch.letters.end());
    complain(messages::dead_letter_failed, why);
}

// The writes count only if one life of the store acknowledged all of them; otherwise tend() goes
// back to where they are safe.
Task<Result<void>> Ingest::write_watermarks(const Batch& batch) {
    auto incarnation = co_await parts_.store.incarnation(soon(options_.store_within));
    if (!incarnation) {
        co_return pass_on(incarnation);
    }
    const bool other_life = std::ranges::any_of(batch.next, [&](const auto& advanced) {
        return partitions_.at(advanced.first).incarnation != *incarnation;
    });
    if (other_life) {
        give_back(batch);
        next_tend_ = MonoTime{};
        co_return Result<void>{};
    }
    std::map<TopicPartition, WatermarkRecord> records;
    for (const auto& [at, next] : batch.next) {
        auto& partition = partitions_.at(at);
        partition.next = next;
        if (partition.goal_at && next >= partition.goal) {
            partition.read = std::exchange(partition.goal_at, std::nullopt);
        }
        const auto watermark = batch.watermarks.find(at);
        const bool trusted =
            guard(at.topic).phase(parts_.clock.mono_now()) == PoisonGuard::Phase::clean;
        if (watermark != batch.watermarks.end() && trusted) {
            partition.watermark = std::max(partition.watermark, watermark->second);
        }
        if (partition.rebuild_end && next >= *partition.rebuild_end) {
            partition.rebuild_end.reset();
            next_tend_ = MonoTime{};
        }
        if (!partition.rebuild_end) {
            records[at] = record_of(partition);
        }
    }
    auto advanced = co_await keeper_.advance(records, soon(options_.store_within));
    if (!advanced) {
        co_return pass_on(advanced);
    }
    for (const auto& [at, record] : records) {
        parts_.counters.note_watermark(at, record.watermark);
    }
    NP_FAILPOINT("ingest.before_offset_store");
    for (const auto& [at, next] : batch.next) {
        // A partition that was taken from us meanwhile is read again by its new owner.
        (void)parts_.feed.store_offset(at, next);
    }
    co_return Result<void>{};
}

void Ingest::count(const Batch& batch) {
    parts_.counters.records.add(batch.records);
    for (const auto& placed : batch.events) {
        parts_.counters.count(placed.event);
    }
    for (const auto& letter : batch.letters) {
        parts_.counters.count_poison(letter.reason);
    }
}

void Ingest::give_back(const Batch& batch) {
    for (const auto& [at, next] : batch.next) {
        rewind(at, partitions_.at(at).next);
    }
}

void Ingest::give_back(const std::vector<FeedRecord>& records) {
    Touched seen;
    for (const auto& record : records) {
        if (is_ready(record.at) && seen.insert(record.at).second) {
            rewind(record.at, partitions_.at(record.at).next);
        }
    }
}

bool Ingest::is_ready(const TopicPartition& at) const {
    const auto known = partitions_.find(at);
    return known != partitions_.end() && known->second.generation == generation_.id;
}

void Ingest::complain(const Message& message, const Error& error) {
    const auto now = parts_.clock.mono_now();
    if (now >= quiet_until_) {
        quiet_until_ = now + options_.complain_every;
        parts_.log.write(
            message, {{"error", std::string{name_of(error.code)}}, {"detail", error.detail}}
        );
    }
}

// A tombstone has to outlive every event that may still come and contradict it: late ones, those of
// a partition that lags, those that are read again.
ApplyContext Ingest::context() const {
    const auto basis = parts_.standing.basis();
    const auto behind =
        basis.standing == Standing::usable ? basis.watermark_age : options_.rebuild_max;
    return {
        .now = now(),
        .tombstone_keep = options_.rules.lateness_max + options_.late_records + behind};
}

void Ingest::note_usable() {
    if (generation_.phase == GenerationRecord::Phase::whole &&
        parts_.standing.basis().standing == Standing::usable) {
        usable_ = now();
    }
}

// While the directory is usable what ends is remembered for lateness_max and late_records; else far
// longer. A record that we read so late that the end of what it says may have been forgotten would
// bring the dead back: then everything is read again, in one go.
bool Ingest::outlived_tombstones(const FeedRecord& record) const {
    const auto& read = partitions_.at(record.at).read;
    const auto mono = parts_.clock.mono_now();
    const bool just_read = read && mono - read->mono <= options_.late_records;
    if (usable_ == WallTime{} || just_read) {
        return false;
    }
    const auto unread_since = read ? std::max(read->wall, record.timestamp) : record.timestamp;
    const auto forgotten = now() - options_.late_records;
    const auto remembered_long = usable_ + kUsableAtMost + options_.rules.lateness_max;
    return unread_since < std::min(forgotten, remembered_long);
}

// What is forgotten when, and for how long it is kept, must not hang on a wall clock that was
// stepped.
WallTime Ingest::now() const {
    return clock_guard_.believed(parts_.clock.mono_now());
}

// A clock that was late and has been put right is only believed again after a restart: records need
// not wait for that.
WallTime Ingest::latest_now() const {
    return std::max(now(), parts_.clock.wall_now());
}

const FeedTopic* Ingest::topic(const std::string& name) const {
    const auto found = std::ranges::find(options_.topics, name, &FeedTopic::topic);
    return found == options_.topics.end() ? nullptr : &*found;
}

PoisonGuard& Ingest::guard(const std::string& topic) {
    return guards_.try_emplace(topic, options_.burst).first->second;
}

Deadline Ingest::soon(Milliseconds within) const {
    return Deadline::after(parts_.clock.mono_now(), within);
}

bool Ingest::leads() const {
    const auto& all = generation_.partitions;
    return generation_.phase == GenerationRecord::Phase::whole && !all.empty() &&
           partitions_.contains({.topic = all.begin()->first, .partition = 0});
}

IngestProgress Ingest::progress() const {
    IngestProgress progress{
        .generation = generation_.id,
        .whole = generation_.phase == GenerationRecord::Phase::whole,
        .rebuild = parts_.counters.rebuild(),
        .partitions = {}};
    for (const auto& [at, partition] : partitions_) {
        constexpr std::array<std::string_view, 4> kWaits{"", "clock", "poison", "dead_letters"};
        progress.partitions.push_back(
            {.at = at,
             .next = partition.next,
             .end = partition.end,
             .rebuild_begin = partition.rebuild_end && partition.rebuilt
                                  ? std::optional{partition.rebuilt->begin}
                                  : std::nullopt,
             .rebuild_end = partition.rebuild_end,
             .watermark = partition.watermark,
             .waits_for = std::string{kWaits.at(static_cast<std::size_t>(partition.wait))}}
        );
    }
    return progress;
}

}  // namespace numproof
