// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/fakes/fake_feed_log.h"

namespace numproof {

/// A session feed over a FakeFeedLog. It reads every partition of its topics until assign()
/// says otherwise. Unless told to wait, next() never suspends, so that run_now() can be used.
class FakeSessionFeed final : public SessionFeed {
public:
    /// What next() does when there is no record: answer as if the deadline had passed, or suspend
    /// until a record, a failure, assign(), leave() or pass_deadline() comes.
    enum class WhenIdle : std::uint8_t { answer_empty, wait };

    enum class Call : std::uint8_t { next, store_offset, spans, partition_counts, rewind };

    FakeSessionFeed(
        FakeFeedLog& log, std::vector<std::string> topics, WhenIdle idle = WhenIdle::answer_empty
    )
        : log_(log), topics_(std::move(topics)), idle_(idle) {
        log_.on_append = [this] { wake(); };
    }

    ~FakeSessionFeed() override { log_.on_append = nullptr; }

    /// The next time that `call` is made it fails with `error`; may be repeated.
    void fail_once(Call call, Error error) {
        failures_[call].push_back(std::move(error));
        wake();
    }

    /// A rebalance: from now on these partitions are read, the others are revoked.
    void assign(std::set<TopicPartition> partitions) {
        commit();
        std::erase_if(positions_, [&](const auto& p) { return !partitions.contains(p.first); });
        std::erase_if(stored_, [&](const auto& p) { return !partitions.contains(p.first); });
        assigned_ = std::move(partitions);
        wake();
    }

    /// What the periodic commit does.
    void commit() {
        for (const auto& [at, next_offset] : stored_) {
            log_.at_or_die(at).committed = next_offset;
        }
    }

    /// What store_offset() noted last.
    [[nodiscard]] std::optional<std::int64_t> stored(const TopicPartition& at) const {
        const auto found = stored_.find(at);
        return found == stored_.end() ? std::nullopt : std::optional{found->second};
    }

    /// The next offset that next() will give; nothing for a partition that is not assigned.
    [[nodiscard]] std::optional<std::int64_t> position(const TopicPartition& at) {
        take_up_new_partitions();
        const auto found = positions_.find(at);
        return found == positions_.end() ? std::nullopt : std::optional{found->second};
    }

    /// Ends a next() that waits, with an empty list.
    void pass_deadline() {
        deadline_passed_ = true;
        wake();
    }

    [[nodiscard]] bool waiting() const { return waiting_ != nullptr; }

    Task<Result<std::vector<FeedRecord>>> next(std::size_t records_max, Deadline) override {
        while (true) {
            if (auto error = failure_of(Call::next)) {
                co_return tl::unexpected(std::move(*error));
            }
            auto records = take(records_max);
            const bool over =
                idle_ == WhenIdle::answer_empty || std::exchange(deadline_passed_, false);
            if (over || !records.empty()) {
                co_return records;
            }
            Pending<bool> arrival;
            waiting_ = &arrival;
            co_await arrival;
        }
    }

    Result<void> store_offset(const TopicPartition& at, std::int64_t next) override {
        if (auto error = failure_of(Call::store_offset)) {
            return tl::unexpected(std::move(*error));
        }
        if (positions_.contains(at)) {
            stored_[at] = next;
        }
        return {};
    }

    /// Happens while spans() is being answered, such as that time passes.
    std::function<void()> while_asked = [] {};

    Task<Result<std::vector<PartitionSpan>>> spans(Deadline) override {
        while_asked();
        if (auto error = failure_of(Call::spans)) {
            co_return tl::unexpected(std::move(*error));
        }
        take_up_new_partitions();
        std::vector<PartitionSpan> all;
        for (const auto& [at, position] : positions_) {
            const auto& partition = log_.at_or_die(at);
            all.push_back(PartitionSpan{
                .at = at, .begin = partition.begin, .end = partition.end(), .position = position});
        }
        co_return all;
    }

    Task<Result<std::map<std::string, std::int32_t>>> partition_counts(Deadline) override {
        if (auto error = failure_of(Call::partition_counts)) {
            co_return tl::unexpected(std::move(*error));
        }
        std::map<std::string, std::int32_t> counts;
        for (const auto& [at, partition] : log_.partitions()) {
            if (reads(at.topic)) {
                ++counts[at.topic];
            }
        }
        co_return counts;
    }

    Result<void> rewind(const TopicPartition& at, std::int64_t offset) override {
        if (auto error = failure_of(Call::rewind)) {
            return tl::unexpected(std::move(*error));
        }
        take_up_new_partitions();
        const auto found = positions_.find(at);
        if (found == positions_.end()) {
            return fail(ErrorCode::invalid_value, "the partition is not assigned");
        }
        found->second = offset;
        wake();
        return {};
    }

    bool generation_lost() override { return std::exchange(generation_lost_, false); }

    Task<void> leave(Deadline) override {
        commit();
        left_ = true;
        wake();
        co_return;
    }

private:
    [[nodiscard]] bool reads(const std::string& topic) const {
        return std::find(topics_.begin(), topics_.end(), topic) != topics_.end();
    }

    std::optional<Error> failure_of(Call call) {
        if (left_) {
            return Error{.code = ErrorCode::closed, .detail = "the feed was left"};
        }
        auto& failures = failures_[call];
        if (!failures.empty()) {
            auto error = std::move(failures.front());
            failures.pop_front();
            return error;
        }
        return call == Call::next || call == Call::partition_counts ? missing_topic()
                                                                    : std::nullopt;
    }

    std::optional<Error> missing_topic() const {
        for (const auto& topic : topics_) {
            if (!log_.partitions().contains(TopicPartition{.topic = topic, .partition = 0})) {
                return Error{
                    .code = ErrorCode::invalid_configuration,
                    .detail = "topic '" + topic + "' does not exist"};
            }
        }
        return std::nullopt;
    }

    void take_up_new_partitions() {
        for (const auto& [at, partition] : log_.partitions()) {
            const bool ours = assigned_ ? assigned_->contains(at) : reads(at.topic);
            if (ours && !positions_.contains(at)) {
                positions_[at] = partition.committed.value_or(partition.begin);
            }
        }
    }

    std::vector<FeedRecord> take(std::size_t records_max) {
        take_up_new_partitions();
        std::vector<FeedRecord> records;
        for (auto& [at, position] : positions_) {
            const auto& partition = log_.at_or_die(at);
            if (position < partition.begin || position > partition.end()) {
                position = partition.begin;
                generation_lost_ = true;
            }
            while (records.size() < records_max && position < partition.end()) {
                const auto index = static_cast<std::size_t>(position++ - partition.begin);
                records.push_back(partition.records[index]);
            }
        }
        return records;
    }

    void wake() {
        if (auto* waiting = std::exchange(waiting_, nullptr)) {
            waiting->complete(true);
        }
    }

    FakeFeedLog& log_;
    std::vector<std::string> topics_;
    WhenIdle idle_;
    std::map<Call, std::deque<Error>> failures_;
    std::optional<std::set<TopicPartition>> assigned_;
    std::map<TopicPartition, std::int64_t> positions_;
    std::map<TopicPartition, std::int64_t> stored_;
    Pending<bool>* waiting_ = nullptr;
    bool deadline_passed_ = false;
    bool generation_lost_ = false;
    bool left_ = false;
};

}  // namespace numproof
