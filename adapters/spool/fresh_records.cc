// SPDX-License-Identifier: Apache-2.0
#include "adapters/spool/fresh_records.h"

#include <utility>

namespace numproof {

void FreshRecords::put(SpoolPlace place, std::vector<segment::PlacedRecord> records) {
    if (records.empty()) {
        return;
    }
    const std::lock_guard lock{mutex_};
    bytes_ += records.back().end;
    writes_.push_back({.place = place, .records = std::move(records), .next = 0});
    while (bytes_ > bytes_max_) {
        drop_front();
    }
}

std::vector<segment::PlacedRecord> FreshRecords::take(SpoolPlace place, Bound bound) {
    const std::lock_guard lock{mutex_};
    std::vector<segment::PlacedRecord> taken;
    while (!writes_.empty() && writes_.front().at() < place) {
        drop_front();
    }
    auto at = place;
    while (!writes_.empty() && writes_.front().at() == at && taken.size() < bound.records) {
        auto& write = writes_.front();
        auto& record = write.records[write.next];
        const auto end = write.place.offset + record.end;
        if (end - place.offset > bound.bytes) {
            break;
        }
        bytes_ -= end - at.offset;
        at.offset = end;
        taken.push_back(
            {.record = std::move(record.record),
             .end = static_cast<std::size_t>(end - place.offset),
             .in_write = record.in_write}
        );
        if (++write.next == write.records.size()) {
            writes_.pop_front();
        }
    }
    return taken;
}

std::optional<SpoolPlace> FreshRecords::front() const {
    const std::lock_guard lock{mutex_};
    return writes_.empty() ? std::nullopt : std::optional{writes_.front().at()};
}

void FreshRecords::drop_front() {
    bytes_ -= writes_.front().left();
    writes_.pop_front();
}

}  // namespace numproof
