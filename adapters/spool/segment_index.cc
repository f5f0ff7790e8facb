// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/segment_index.h"

#include <algorithm>

#include "daemon/base/check.h"

namespace numproof {
namespace {

bool has_work(const Segment& segment) noexcept {
    return segment.shipped < segment.durable;
}

}  // namespace

std::string segment_name(std::uint64_t number) {
    auto digits = std::to_string(number);
    return std::string(20 - std::min<std::size_t>(20, digits.size()), '0') + digits + ".seg";
}

void SegmentIndex::add(const Segment& segment) {
    const std::lock_guard lock{mutex_};
    NP_CHECK(segments_.empty() || segments_.back().number < segment.number);
    segments_.push_back(segment);
    if (has_work(segment)) {
        mark(segment, segment.created);
    }
    changed_.notify_all();
}

void SegmentIndex::grow(const Growth& growth) {
    const std::lock_guard lock{mutex_};
    NP_CHECK(!segments_.empty());
    auto& newest = segments_.back();
    newest.durable += growth.bytes;
    newest.records += growth.records;
    mark(newest, growth.at);
    changed_.notify_all();
}

void SegmentIndex::mark(const Segment& segment, WallTime at) {
    const bool same_second = !marks_.empty() && marks_.back().number == segment.number &&
                             at - marks_.back().at < std::chrono::seconds{1};
    if (same_second) {
        marks_.back().offset = segment.durable;
    } else {
        marks_.push_back({.number = segment.number, .offset = segment.durable, .at = at});
    }
}

void SegmentIndex::close() {
    const std::lock_guard lock{mutex_};
    if (!segments_.empty()) {
        segments_.back().state = SegmentState::closed;
        segments_.back().prepared = 0;
    }
    changed_.notify_all();
}

void SegmentIndex::set_spare(std::uint64_t bytes) {
    const std::lock_guard lock{mutex_};
    spare_ = bytes;
}

std::uint64_t SegmentIndex::bytes() const {
    return backlog().bytes;
}

Backlog SegmentIndex::backlog() const {
    const std::lock_guard lock{mutex_};
    Backlog sum{.bytes = spare_, .unused = spare_, .undelivered = 0, .records = 0, .oldest = {}};
    for (const auto& segment : segments_) {
        const auto bytes = std::max(segment.durable, segment.prepared);
        sum.bytes += bytes;
        sum.unused += bytes - segment.durable;
        sum.undelivered += segment.durable - std::min(segment.durable, segment.shipped);
        sum.records += segment.records;
    }
    if (!marks_.empty() && sum.records > 0) {
        sum.oldest = marks_.front().at;
    }
    return sum;
}

std::optional<Segment> SegmentIndex::next_to_ship() const {
    const std::lock_guard lock{mutex_};
    const auto found = std::ranges::find_if(segments_, has_work);
    return found == segments_.end() ? std::nullopt : std::optional{*found};
}

void SegmentIndex::shipped(const Shipped& progress) {
    const std::lock_guard lock{mutex_};
    const auto found = std::ranges::find(segments_, progress.number, &Segment::number);
    NP_CHECK(found != segments_.end());
    found->shipped = progress.offset;
    found->records = found->shipped >= found->durable
                         ? 0
                         : found->records - std::min(found->records, progress.records);
    const auto passed = [&](const Mark& mark) {
        return mark.number < progress.number ||
               (mark.number == progress.number && mark.offset <= progress.offset);
    };
    while (!marks_.empty() && passed(marks_.front())) {
        marks_.pop_front();
    }
}

std::optional<Segment> SegmentIndex::finished() const {
    const std::lock_guard lock{mutex_};
    if (segments_.empty() || segments_.front().state != SegmentState::closed ||
        has_work(segments_.front())) {
        return std::nullopt;
    }
    return segments_.front();
}

void SegmentIndex::drop_oldest() {
    const std::lock_guard lock{mutex_};
    segments_.pop_front();
}

void SegmentIndex::wait_for_work(Milliseconds wait) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, wait, [&] {
        return awake_ || std::ranges::any_of(segments_, has_work);
    });
}

void SegmentIndex::wake() {
    const std::lock_guard lock{mutex_};
    awake_ = true;
    changed_.notify_all();
}

}  // namespace numproof
