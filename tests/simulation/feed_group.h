// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/ports/session_feed.h"
#include "daemon/sessions/record_decoder.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/virtual_loop.h"

namespace numproof::sim {

/// The broker of a world: what lies in the topics, and what the consumer group has committed. A
/// record's value is the number of an event in `events`, so that nothing is spent on its text.
class Broker {
public:
    struct Partition {
        std::vector<FeedRecord> records;
        std::int64_t committed = 0;
    };

    explicit Broker(const VirtualLoop& loop) noexcept : loop_(loop) {}

    void make_topic(const std::string& topic, std::int32_t partitions);

    /// Appends `event` now.
    void append(const TopicPartition& at, SessionEvent event);

    /// Appends the newest record once more, as a producer does that missed an acknowledgement.
    void repeat_newest(const TopicPartition& at);

    /// Appends a record that cannot be read.
    void append_poison(const TopicPartition& at);

    /// Reads what append() wrote.
    [[nodiscard]] RecordDecoder decoder() const;

    /// The time of the oldest event that the group has not committed; the far future if there is
    /// none.
    [[nodiscard]] WallTime oldest_unread() const;

    std::map<TopicPartition, Partition> partitions;
    std::map<TopicPartition, std::string> owners;  ///< Which consumer each partition belongs to.

private:
    const VirtualLoop& loop_;
    std::vector<SessionEvent> events_;
};

/// One consumer of the group.
class GroupFeed final : public SessionFeed {
public:
    GroupFeed(VirtualLoop& loop, Broker& broker, std::string name)
        : loop_(loop), broker_(broker), name_(std::move(name)) {}

    [[nodiscard]] Task<Result<std::vector<FeedRecord>>> next(
        std::size_t records_max, Deadline deadline
    ) override;
    Result<void> store_offset(const TopicPartition& at, std::int64_t next) override;
    [[nodiscard]] Task<Result<std::vector<PartitionSpan>>> spans(Deadline deadline) override;
    [[nodiscard]] Task<Result<std::map<std::string, std::int32_t>>> partition_counts(
        Deadline deadline
    ) override;
    Result<void> rewind(const TopicPartition& at, std::int64_t offset) override;

    bool generation_lost() override { return false; }

    [[nodiscard]] Task<void> leave(Deadline deadline) override;

    bool frozen = false;   ///< It does not notice that partitions moved: a zombie goes on.
    bool crashed = false;  ///< Its process is gone: next() says `closed`.

private:
    void notice();
    [[nodiscard]] std::vector<FeedRecord> take(std::size_t records_max);

    VirtualLoop& loop_;
    Broker& broker_;
    std::string name_;
    std::map<TopicPartition, std::int64_t> positions_;
};

/// Dead letters of all nodes.
class CountedLetters final : public DeadLetters {
public:
    explicit CountedLetters(const Broker& broker) noexcept : broker_(broker) {}

    Task<Result<void>> keep(DeadLetter letter, std::string key_id, Deadline deadline) override;

    std::uint64_t poison = 0;             ///< Letters that nobody can read.
    std::vector<std::string> undeserved;  ///< Why others were put away.

private:
    const Broker& broker_;
};

}  // namespace numproof::sim
