// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"
#include "daemon/domain/event_position.h"

namespace numproof {

/// One record as the broker gave it.
struct FeedRecord {
    TopicPartition at;
    std::int64_t offset = 0;
    WallTime timestamp;  ///< The record's own timestamp, from the producer or the broker.
    Bytes key;
    Bytes value;
    bool replayed = false;  ///< A dead letter that was put back: what came after it is known.
};

/// Where this consumer stands in a partition that is assigned to it.
struct PartitionSpan {
    TopicPartition at;
    std::int64_t begin = 0;     ///< First offset that the broker still has.
    std::int64_t end = 0;       ///< One past the newest offset.
    std::int64_t position = 0;  ///< Next offset that next() will give.
};

/// Port: the session events of the packet core, at least once, in order within a partition.
///
/// Contract (tests/contract/session_feed_contract.h):
///   - next() gives records of assigned partitions only; an empty list when there is none by the
///     deadline; a partition that is new to this consumer starts at its stored offset, else at
///     its beginning; an offset that the broker no longer has starts it at its beginning and
///     makes `generation_lost()` true until it is read;
///   - nothing counts as processed before store_offsets();
///   - it fails with broker_unavailable (may pass) or invalid_configuration (a topic is missing).
/// One instance belongs to one event loop and is not thread-safe.
class SessionFeed {
public:
    SessionFeed() = default;
    SessionFeed(const SessionFeed&) = delete;
    SessionFeed& operator=(const SessionFeed&) = delete;
    virtual ~SessionFeed() = default;

    /// Up to `records_max` records, as soon as there is one.
    [[nodiscard]] virtual Task<Result<std::vector<FeedRecord>>> next(
        std::size_t records_max, Deadline deadline
    ) = 0;

    /// All records of `at` before offset `next` are dealt with.
    virtual Result<void> store_offset(const TopicPartition& at, std::int64_t next) = 0;

    /// Where the assigned partitions stand, asked of the broker.
    [[nodiscard]] virtual Task<Result<std::vector<PartitionSpan>>> spans(Deadline deadline) = 0;

    /// How many partitions each subscribed topic has, whoever reads them.
    [[nodiscard]] virtual Task<Result<std::map<std::string, std::int32_t>>> partition_counts(
        Deadline deadline
    ) = 0;

    /// Reads the assigned partition `at` again from `offset`.
    virtual Result<void> rewind(const TopicPartition& at, std::int64_t offset) = 0;

    /// True once after the broker no longer had an offset that we needed.
    [[nodiscard]] virtual bool generation_lost() = 0;

    /// Commits what store_offset() noted, leaves the group and closes. next() gives `closed`.
    [[nodiscard]] virtual Task<void> leave(Deadline deadline) = 0;
};

/// Why a record cannot be used, and where it stood.
struct DeadLetter {
    FeedRecord record;
    std::string reason;  ///< Short and stable, without any content of the record.
};

/// Port: where records go that cannot be used. Values are encrypted before they get here.
/// Fails with broker_unavailable or deadline_exceeded; then the record must be offered again.
class DeadLetters {
public:
    DeadLetters() = default;
    DeadLetters(const DeadLetters&) = delete;
    DeadLetters& operator=(const DeadLetters&) = delete;
    virtual ~DeadLetters() = default;

    /// Keeps `letter`; answers when the broker has acknowledged it.
    [[nodiscard]] virtual Task<Result<void>> keep(
        DeadLetter letter, std::string key_id, Deadline deadline
    ) = 0;
};

}  // namespace numproof
