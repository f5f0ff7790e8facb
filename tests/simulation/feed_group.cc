// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/feed_group.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace numproof::sim {
namespace {

constexpr std::string_view kPoison = "poison";
constexpr Milliseconds kLookEvery{20};

std::optional<std::size_t> number_in(const FeedRecord& record) {
    std::size_t number = 0;
    const auto* const end = record.value.data() + record.value.size();
    const auto read = std::from_chars(record.value.data(), end, number);
    return read.ec == std::errc{} && read.ptr == end ? std::optional{number} : std::nullopt;
}

}  // namespace

void Broker::make_topic(const std::string& topic, std::int32_t count) {
    for (std::int32_t i = 0; i < count; ++i) {
        partitions[{.topic = topic, .partition = i}];
    }
}

void Broker::append(const TopicPartition& at, SessionEvent event) {
    auto& records = partitions.at(at).records;
    records.push_back(
        {.at = at,
         .offset = static_cast<std::int64_t>(records.size()),
         .timestamp = loop_.wall(),
         .key = {},
         .value = std::to_string(events_.size())}
    );
    events_.push_back(std::move(event));
}

void Broker::repeat_newest(const TopicPartition& at) {
    auto& records = partitions.at(at).records;
    if (!records.empty()) {
        auto again = records.back();
        again.offset = static_cast<std::int64_t>(records.size());
        records.push_back(std::move(again));
    }
}

void Broker::append_poison(const TopicPartition& at) {
    auto& records = partitions.at(at).records;
    records.push_back(
        {.at = at,
         .offset = static_cast<std::int64_t>(records.size()),
         .timestamp = loop_.wall(),
         .key = {},
         .value = std::string{kPoison}}
    );
}

RecordDecoder Broker::decoder() const {
    return [this](const FeedRecord& record) -> Result<std::vector<SessionEvent>> {
        const auto number = number_in(record);
        if (!number) {
            return fail(ErrorCode::malformed, "not_json");
        }
        return std::vector{events_.at(*number)};
    };
}

WallTime Broker::oldest_unread() const {
    auto oldest = WallTime::max();
    for (const auto& [at, partition] : partitions) {
        for (auto i = static_cast<std::size_t>(partition.committed); i < partition.records.size();
             ++i) {
            const auto number = number_in(partition.records[i]);
            if (number) {
                const auto time =
                    std::visit([](const auto& event) { return event.time; }, events_[*number]);
                oldest = std::min(oldest, time);
                break;
            }
        }
    }
    return oldest;
}

// What is new here begins where the group stands; what was taken away is gone.
void GroupFeed::notice() {
    if (frozen) {
        return;
    }
    std::erase_if(positions_, [&](const auto& known) {
        return broker_.owners[known.first] != name_;
    });
    for (const auto& [at, owner] : broker_.owners) {
        if (owner == name_) {
            positions_.try_emplace(at, broker_.partitions.at(at).committed);
        }
    }
}

std::vector<FeedRecord> GroupFeed::take(std::size_t records_max) {
    std::vector<FeedRecord> taken;
    for (auto& [at, position] : positions_) {
        const auto& records = broker_.partitions.at(at).records;
        const auto end = static_cast<std::int64_t>(records.size());
        for (; position < end && taken.size() < records_max; ++position) {
            taken.push_back(records[static_cast<std::size_t>(position)]);
        }
    }
    return taken;
}

Task<Result<std::vector<FeedRecord>>> GroupFeed::next(std::size_t records_max, Deadline deadline) {
    while (true) {
        if (crashed) {
            co_return fail(ErrorCode::closed, "simulated");
        }
        notice();
        auto records = take(records_max);
        if (!records.empty() || deadline.passed(loop_.now())) {
            co_return records;
        }
        co_await loop_.sleep(kLookEvery);
    }
}

Result<void> GroupFeed::store_offset(const TopicPartition& at, std::int64_t next) {
    // The broker refuses what a member says who was put out of the group.
    if (broker_.owners[at] == name_ && positions_.contains(at)) {
        broker_.partitions.at(at).committed = next;
    }
    return {};
}

Task<Result<std::vector<PartitionSpan>>> GroupFeed::spans(Deadline /*deadline*/) {
    co_await loop_.sleep(Milliseconds{2});
    notice();
    std::vector<PartitionSpan> all;
    for (const auto& [at, position] : positions_) {
        const auto end = static_cast<std::int64_t>(broker_.partitions.at(at).records.size());
        all.push_back({.at = at, .begin = 0, .end = end, .position = position});
    }
    co_return all;
}

Task<Result<std::map<std::string, std::int32_t>>> GroupFeed::partition_counts(Deadline /*deadline*/
) {
    std::map<std::string, std::int32_t> counts;
    for (const auto& [at, partition] : broker_.partitions) {
        ++counts[at.topic];
    }
    co_return counts;
}

Result<void> GroupFeed::rewind(const TopicPartition& at, std::int64_t offset) {
    notice();
    const auto found = positions_.find(at);
    if (found == positions_.end()) {
        return fail(ErrorCode::invalid_value, "not assigned");
    }
    found->second = offset;
    return {};
}

Task<void> GroupFeed::leave(Deadline /*deadline*/) {
    crashed = true;
    co_return;
}

Task<Result<void>> CountedLetters::keep(
    DeadLetter letter, std::string /*key_id*/, Deadline /*deadline*/
) {
    const auto& at = letter.record;
    const auto& sent = broker_.partitions.at(at.at).records[static_cast<std::size_t>(at.offset)];
    if (!number_in(sent)) {
        ++poison;
    } else {
        undeserved.push_back(letter.reason);
    }
    co_return Result<void>{};
}

}  // namespace numproof::sim
