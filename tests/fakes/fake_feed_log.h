// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/ports/session_feed.h"

namespace numproof {

/// The topics that fake feeds read, and what their consumer group committed: all that outlives a
/// feed. Not thread-safe.
class FakeFeedLog {
public:
    struct Partition {
        std::int64_t begin = 0;
        std::deque<FeedRecord> records;
        std::optional<std::int64_t> committed;

        [[nodiscard]] std::int64_t end() const {
            return begin + static_cast<std::int64_t>(records.size());
        }
    };

    void make_topic(const std::string& topic, std::int32_t partitions) {
        for (std::int32_t p = 0; p < partitions; ++p) {
            partitions_[TopicPartition{.topic = topic, .partition = p}];
        }
    }

    /// Appends one record to a partition that exists; its offset.
    std::int64_t append(
        const TopicPartition& at,
        Bytes value,
        Bytes key = {},
        WallTime timestamp = wall_from_ms(1795341600000),
        bool replayed = false
    ) {
        auto& partition = at_or_die(at);
        const auto offset = partition.end();
        partition.records.push_back(FeedRecord{
            .at = at,
            .offset = offset,
            .timestamp = timestamp,
            .key = std::move(key),
            .value = std::move(value),
            .replayed = replayed});
        if (on_append) {
            on_append();
        }
        return offset;
    }

    /// Retention removes every record before `offset`.
    void cut_before(const TopicPartition& at, std::int64_t offset) {
        auto& partition = at_or_die(at);
        while (partition.begin < offset && !partition.records.empty()) {
            partition.records.pop_front();
            ++partition.begin;
        }
    }

    /// What the group committed.
    [[nodiscard]] std::optional<std::int64_t> committed(const TopicPartition& at) {
        return at_or_die(at).committed;
    }

    [[nodiscard]] Partition& at_or_die(const TopicPartition& at) {
        const auto found = partitions_.find(at);
        NP_CHECK(found != partitions_.end());
        return found->second;
    }

    [[nodiscard]] const std::map<TopicPartition, Partition>& partitions() const {
        return partitions_;
    }

    /// Called after every append(); set by the feed that waits.
    std::function<void()> on_append;

private:
    std::map<TopicPartition, Partition> partitions_;
};

}  // namespace numproof
