// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "daemon/domain/event_position.h"

namespace numproof::kafka {

/// Which partitions a consumer reads, where it stands in each and what it has noted as done.
/// A pure account; not thread-safe.
class FeedPositions {
public:
    /// Stands for "the first offset that the broker has", which is not known yet.
    static constexpr std::int64_t kBeginning = -1;

    using Offsets = std::map<TopicPartition, std::int64_t>;

    /// A new assignment. A partition starts at its committed offset, or at its beginning.
    void assign(const std::map<TopicPartition, std::optional<std::int64_t>>& committed);

    /// Nothing is assigned any more; what had been noted is forgotten.
    void revoke();

    /// Whether the record at `offset` is to be given to the application. It is not when its
    /// partition was taken away or set back after librdkafka had queued it.
    [[nodiscard]] bool accept(const TopicPartition& at, std::int64_t offset);

    /// The broker says that there is nothing before `offset` left to read.
    void reached_end(const TopicPartition& at, std::int64_t offset);

    /// The next record of `at` has to be the one at `offset`. False if `at` is not assigned.
    [[nodiscard]] bool move(const TopicPartition& at, std::int64_t offset);

    /// True once after move(): librdkafka must be told.
    [[nodiscard]] bool take_moved();

    /// Everything of `at` before `next` is done. Ignored for a partition that is not assigned:
    /// whoever has it now reads those records again.
    [[nodiscard]] bool note_done(const TopicPartition& at, std::int64_t next);

    [[nodiscard]] const Offsets& positions() const noexcept { return positions_; }

    [[nodiscard]] const Offsets& done() const noexcept { return done_; }

private:
    Offsets positions_;
    Offsets done_;
    bool moved_ = false;
};

}  // namespace numproof::kafka
