// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/ports/session_feed.h"

namespace numproof {

/// Where the contract gets its topics and feeds from. Feeds live on the host's loop, in one
/// consumer group, and end before their host.
class FeedHost {
public:
    FeedHost() = default;
    FeedHost(const FeedHost&) = delete;
    FeedHost& operator=(const FeedHost&) = delete;
    virtual ~FeedHost() = default;

    /// A topic's name that no other host uses.
    [[nodiscard]] virtual std::string unique(const std::string& name) const = 0;

    virtual void make_topic(const std::string& topic, std::int32_t partitions) = 0;

    /// Appends `record`; its offset is chosen by the topic.
    virtual void append(const FeedRecord& record) = 0;

    /// Removes all records of `at` before `offset`, and perhaps some more.
    virtual void cut_before(const TopicPartition& at, std::int64_t offset) = 0;

    [[nodiscard]] virtual std::unique_ptr<SessionFeed> feed(std::vector<std::string> topics) = 0;

    [[nodiscard]] virtual Deadline within(Milliseconds budget) const = 0;

    [[nodiscard]] virtual bool passed(Deadline deadline) const = 0;

    /// Turns the loop until `done` says so.
    virtual void turn_until(const std::function<bool()>& done) = 0;

    /// Runs `task` to its end.
    template <typename T>
    T run(Task<T> task) {
        std::optional<T> value;
        spawn(std::move(task), [&value](T result) { value.emplace(std::move(result)); });
        turn_until([&value] { return value.has_value(); });
        return std::move(*value);
    }

    void run(Task<void> task) {
        bool ended = false;
        spawn([](Task<void> owned, bool& at_end) -> Task<void> {
            co_await owned;
            at_end = true;
        }(std::move(task), ended));
        turn_until([&ended] { return ended; });
    }
};

struct FeedHostMaker {
    std::string name;
    std::function<std::unique_ptr<FeedHost>()> make;
};

inline std::string host_name(const testing::TestParamInfo<FeedHostMaker>& info) {
    return info.param.name;
}

}  // namespace numproof
