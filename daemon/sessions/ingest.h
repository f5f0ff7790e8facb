// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/domain/freshness.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/directory_standing.h"
#include "daemon/ports/loop.h"
#include "daemon/ports/record_store.h"
#include "daemon/ports/session_feed.h"
#include "daemon/sessions/clock_guard.h"
#include "daemon/sessions/directory_writer.h"
#include "daemon/sessions/generation_keeper.h"
#include "daemon/sessions/ingest_counters.h"
#include "daemon/sessions/poison_guard.h"
#include "daemon/sessions/rebuild_meter.h"
#include "daemon/sessions/record_decoder.h"
#include "daemon/telemetry/log.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// One topic of session events.
struct FeedTopic {
    std::string topic;
    RecordDecoder decode;
    Freshness freshness = Freshness::heartbeat;
};

/// The figures of reading feeds; the defaults suit production.
struct IngestOptions {
    std::vector<FeedTopic> topics;
    std::string reader;  ///< The node's name, for whoever looks at its partitions.
    DirectoryRules rules;
    PoisonBurst burst;
    std::size_t records_max = 500;  ///< Of one batch.
    Milliseconds poll_within{200};
    Milliseconds store_within{2000};  ///< For one attempt at a batch.
    Milliseconds retry_for{30000};    ///< Then the feed is asked again, so that we stay in it.
    Milliseconds retry_every{200};
    Milliseconds tend_every{1000};
    Milliseconds count_every{2500};  ///< How often new partitions are looked for (R8).
    Milliseconds complain_every{10000};
    Milliseconds park_for{5000};          ///< A partition whose dead letter could not be kept.
    Milliseconds ahead_max{5000};         ///< R4: a record further ahead of our clock waits.
    Milliseconds failover_margin{60000};  ///< Writes older than this survive a failover.
    /// The same for a store of several servers, of which one may go back without the others: longer
    /// than a Redis Cluster lets a replica be behind that it promotes (docs/redis.md). Up to twice
    /// as much is read again, which must be less than `late_records`.
    Milliseconds spread_failover_margin{300000};
    Milliseconds late_records{900000};  ///< Added to the life of tombstones, for re-reading.
    Milliseconds rebuild_max = std::chrono::hours{24};  ///< Likewise while rebuilding.
    Milliseconds strange_max{
        10000};  ///< So long silent: a directory of a key that we lack is dead.
    Milliseconds report_every{10000};  ///< A line of log on the progress of a rebuild.
};

/// How one assigned partition is getting on.
struct PartitionProgress {
    TopicPartition at;
    std::int64_t next = 0;                      ///< Records before it are in the directory.
    std::int64_t end = 0;                       ///< One past the newest, when last asked.
    std::optional<std::int64_t> rebuild_begin;  ///< Read anew from here while a rebuild runs…
    std::optional<std::int64_t> rebuild_end;    ///< … up to here, before it counts.
    WallTime watermark;
    std::string waits_for;  ///< `clock`, `poison`, `dead_letters` or empty.
};

/// For status output.
struct IngestProgress {
    std::string generation;
    bool whole = false;
    std::optional<RebuildProgress> rebuild;  ///< While one runs.
    std::vector<PartitionProgress> partitions;
};

/// Where the value of a dead letter is sealed to: Vault::open() with this reads it again.
[[nodiscard]] std::string dead_letter_place(const TopicPartition& at, std::int64_t offset);

/// The key of a dead letter: the record's own, or a keyed hash of it if it may hold a number or an
/// IMSI (rule R15): six digits, however grouped, or anything that is no printable text.
[[nodiscard]] std::string dead_letter_key(const Vault& vault, std::string_view key);

/// Reads the feed into the directory: a batch is decoded, written and acknowledged by the store,
/// then its watermarks, then its offsets. Rebuilds the directory when it is not whole (R10), and
/// goes back to safe ground when the store begins a new life. One instance on one event loop.
class Ingest {
public:
    /// All of them outlive the run.
    struct Parts {
        SessionFeed& feed;
        DeadLetters& dead_letters;
        RecordStore& store;
        DirectoryStanding& standing;
        const Clock& clock;
        Loop& loop;
        Vault& vault;  ///< Adopts the generation that is built: nobody else may name by it.
        Log& log;
        DirectoryCounters& directory_counters;
        IngestCounters& counters;
    };

    Ingest(Parts parts, IngestOptions options);

    /// Works until stop() or the feed is closed, then leaves the feed.
    [[nodiscard]] Task<void> run();

    /// One round: looks after partitions when it is time, reads a batch, brings it in. False once
    /// the feed is closed.
    [[nodiscard]] Task<bool> step();

    /// Ends run() after the round that is under way.
    void stop() noexcept { stopping_ = true; }

    [[nodiscard]] IngestProgress progress() const;

    /// True on one node at most: the directory is whole, and this node has its first partition.
    [[nodiscard]] bool leads() const;

private:
    enum class Wait : std::uint8_t { none, clock, poison, dead_letters };

    /// By both clocks: the one can be compared with records, the other does not jump.
    struct Instant {
        WallTime wall;
        MonoTime mono;
    };

    struct PartitionRange {
        std::int64_t begin = 0;
        std::int64_t end = 0;
    };

    struct Partition {
        std::string incarnation;
        std::string generation;
        std::int64_t next = 0;
        std::int64_t end = 0;
        std::optional<std::int64_t> rebuild_end;
        std::optional<PartitionRange> rebuilt;  ///< Read anew for this generation, or being so.
        WallTime watermark;
        std::int64_t anchor = 0;
        std::int64_t candidate = 0;  ///< Becomes the anchor when it is old enough.
        MonoTime candidate_since;
        Wait wait = Wait::none;
        WallTime wait_until;          ///< For Wait::clock.
        MonoTime parked_until;        ///< For Wait::dead_letters.
        std::optional<Instant> read;  ///< All that the broker had then has been read.
        std::int64_t goal = 0;  ///< Once `next` is here, all that it had at `goal_at` has been.
        std::optional<Instant> goal_at;
    };

    using Touched = std::set<TopicPartition>;

    /// What a batch comes to before anything is written.
    struct Batch {
        std::vector<PlacedEvent> events;
        std::vector<DeadLetter> letters;
        std::map<TopicPartition, std::int64_t> next;
        std::map<TopicPartition, WallTime> watermarks;
        std::size_t records = 0;
    };

    void plan_next_tend();

    // Partitions: ingest_partitions.cc
    [[nodiscard]] Task<Result<Touched>> tend();
    [[nodiscard]] Task<Result<GenerationRecord>> agree(Deadline deadline);
    [[nodiscard]] Task<Result<bool>> strangers_at_work(Deadline deadline);
    void take_up(GenerationRecord generation);
    void lose_generation(const Message& why);
    [[nodiscard]] Task<Result<Touched>> take_partitions(
        std::vector<PartitionSpan> spans, std::string incarnation, Deadline deadline
    );
    void begin(const PartitionSpan& span, const std::optional<WatermarkRecord>& record);
    void begin_rebuild(const PartitionSpan& span);
    [[nodiscard]] Task<Result<void>> finish_rebuilds(
        std::vector<PartitionSpan> spans, Instant asked_at, Deadline deadline
    );
    [[nodiscard]] Task<Result<void>> declare_whole(std::string incarnation, Deadline deadline);
    void resume_waiting();
    void rewind(const TopicPartition& at, std::int64_t offset);
    void begin_again(const std::map<TopicPartition, WatermarkRecord>& records);
    [[nodiscard]] WatermarkRecord record_of(Partition& partition) const;

    // Batches: ingest.cc
    [[nodiscard]] Task<void> process(std::vector<FeedRecord> records);
    [[nodiscard]] Batch sort_out(std::vector<FeedRecord> records);
    void sort_out(FeedRecord record, Partition& partition, Batch& batch);
    [[nodiscard]] bool must_wait(const FeedRecord& record, Partition& partition);
    void note_watermark(const FeedRecord& record, const SessionEvent& event, Batch& batch) const;
    [[nodiscard]] Task<bool> bring_in(Batch batch);
    [[nodiscard]] Task<Result<void>> write_events(const Batch& batch);
    [[nodiscard]] Task<void> keep_letters(Batch& batch);
    [[nodiscard]] Task<Result<void>> keep(DeadLetter letter);
    void park(Batch& batch, std::vector<DeadLetter>::iterator first, const Error& why);
    [[nodiscard]] Task<Result<void>> write_watermarks(const Batch& batch);
    void count(const Batch& batch);
    void give_back(const std::vector<FeedRecord>& records);
    void note_read(const PartitionSpan& span, Partition& partition, Instant asked_at) const;
    void report();
    void note_usable();
    [[nodiscard]] bool outlived_tombstones(const FeedRecord& record) const;
    [[nodiscard]] bool is_ready(const TopicPartition& at) const;
    void complain(const Message& message, const Error& error);
    void give_back(const Batch& batch);
    [[nodiscard]] WallTime now() const;
    [[nodiscard]] WallTime latest_now() const;
    [[nodiscard]] ApplyContext context() const;
    [[nodiscard]] const FeedTopic* topic(const std::string& name) const;
    [[nodiscard]] PoisonGuard& guard(const std::string& topic);
    [[nodiscard]] Deadline soon(Milliseconds within) const;

    Parts parts_;
    IngestOptions options_;
    DirectoryWriter writer_;
    GenerationKeeper keeper_;
    ClockGuard clock_guard_;  ///< Times of day by a clock that was not stepped.
    GenerationRecord generation_;
    WallTime usable_;  ///< When this generation was last seen usable; zero: never yet.
    std::string lost_generation_;
    std::string incarnation_;
    std::map<TopicPartition, Partition> partitions_;
    std::map<std::string, PoisonGuard> guards_;
    MonoTime next_tend_;
    MonoTime next_count_;
    MonoTime quiet_until_;
    MonoTime next_report_;
    RebuildMeter meter_;
    bool stopping_ = false;
};

}  // namespace numproof
