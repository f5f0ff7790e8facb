// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/base/task.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/grant_store.h"
#include "daemon/ports/record_store.h"

namespace numproof {

/// Where a contract suite gets its stores from: one node with one loop. Not thread-safe; nodes
/// that run in other threads are made with peer().
class StoreHost {
public:
    StoreHost() = default;
    StoreHost(const StoreHost&) = delete;
    StoreHost& operator=(const StoreHost&) = delete;
    virtual ~StoreHost() = default;

    [[nodiscard]] virtual RecordStore& records() = 0;
    [[nodiscard]] virtual GrantStore& grants() = 0;

    /// The clock that deadlines and grants are judged by.
    [[nodiscard]] virtual const Clock& clock() const = 0;

    /// Lets at least `time` pass for the store, and a little more.
    virtual void let_pass(Milliseconds time) = 0;

    /// Turns the loop until `done` says so.
    virtual void turn_until(const std::function<bool()>& done) = 0;

    /// Another node over the same state, to be used by one other thread.
    [[nodiscard]] virtual std::unique_ptr<StoreHost> peer() = 0;
};

/// Makes a host whose store is empty.
struct StoreHostFactory {
    std::string name;
    std::function<std::unique_ptr<StoreHost>()> make;
};

/// Names a parameterised test after its host.
inline std::string host_name(const testing::TestParamInfo<StoreHostFactory>& info) {
    return info.param.name;
}

/// Runs `task` on the loop of `host` to its end.
template <typename T>
T ask(StoreHost& host, Task<T> task) {
    std::optional<T> value;
    spawn(std::move(task), [&value](T result) { value.emplace(std::move(result)); });
    host.turn_until([&value] { return value.has_value(); });
    return std::move(*value);
}

/// Far enough away for any store that works.
inline Deadline in_good_time(const StoreHost& host) {
    return Deadline::after(host.clock().mono_now(), std::chrono::seconds{20});
}

/// Runs `work` with a node of its own in each of `count` threads at once, and waits for all.
inline void race(
    StoreHost& host, std::size_t count, const std::function<void(StoreHost&, std::size_t)>& work
) {
    std::vector<std::unique_ptr<StoreHost>> peers;
    for (std::size_t i = 0; i < count; ++i) {
        peers.push_back(host.peer());
    }
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i) {
        threads.emplace_back([&work, &peer = *peers[i], i] { work(peer, i); });
    }
    for (auto& thread : threads) {
        thread.join();
    }
}

}  // namespace numproof
