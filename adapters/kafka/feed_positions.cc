// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/feed_positions.h"

#include <algorithm>

namespace numproof::kafka {

void FeedPositions::assign(const std::map<TopicPartition, std::optional<std::int64_t>>& committed) {
    revoke();
    for (const auto& [at, offset] : committed) {
        positions_[at] = offset.value_or(kBeginning);
    }
}

void FeedPositions::revoke() {
    positions_.clear();
    done_.clear();
    moved_ = false;
}

bool FeedPositions::accept(const TopicPartition& at, std::int64_t offset) {
    const auto found = positions_.find(at);
    if (found == positions_.end() || moved_ || offset < found->second) {
        return false;
    }
    found->second = offset + 1;
    return true;
}

void FeedPositions::reached_end(const TopicPartition& at, std::int64_t offset) {
    const auto found = positions_.find(at);
    if (found != positions_.end() && !moved_) {
        found->second = std::max(found->second, offset);
    }
}

bool FeedPositions::move(const TopicPartition& at, std::int64_t offset) {
    const auto found = positions_.find(at);
    if (found == positions_.end()) {
        return false;
    }
    found->second = offset;
    done_.erase(at);
    moved_ = true;
    return true;
}

bool FeedPositions::take_moved() {
    return std::exchange(moved_, false);
}

bool FeedPositions::note_done(const TopicPartition& at, std::int64_t next) {
    if (!positions_.contains(at)) {
        return false;
    }
    done_[at] = next;
    return true;
}

}  // namespace numproof::kafka
