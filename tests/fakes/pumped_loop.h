// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "daemon/ports/loop.h"

namespace numproof {

/// A loop on the test's own thread, driven by run_until(). Other threads may post to it.
class PumpedLoop final : public Loop {
public:
    using Clock = std::chrono::steady_clock;

    /// Lets sleepers finish, so that their frames are freed.
    ~PumpedLoop() override {
        run_until([this] { return timers_.empty(); });
    }

    [[nodiscard]] Task<void> sleep(Milliseconds wait) override {
        Pending<bool> over;
        timers_.emplace(Clock::now() + wait, &over);
        co_await over;
    }

    void post(std::function<void()> work) override {
        const std::lock_guard lock{mutex_};
        posted_.push_back(std::move(work));
        arrived_.notify_one();
    }

    /// Runs until `done()`; false if that takes longer than `patience`.
    template <typename Done>
    bool run_until(Done done, std::chrono::milliseconds patience = std::chrono::seconds{20}) {
        const auto give_up = Clock::now() + patience;
        while (!done()) {
            if (Clock::now() >= give_up) {
                return false;
            }
            turn(give_up);
        }
        return true;
    }

    /// Runs `task` to its end.
    template <typename T>
    T run(Task<T> task) {
        std::optional<T> value;
        spawn(std::move(task), [&value](T result) { value.emplace(std::move(result)); });
        NP_CHECK(run_until([&value] { return value.has_value(); }));
        return std::move(*value);
    }

private:
    void turn(Clock::time_point give_up) {
        for (auto& work : wait_for_work(give_up)) {
            work();
        }
        while (!timers_.empty() && timers_.begin()->first <= Clock::now()) {
            auto* over = timers_.begin()->second;
            timers_.erase(timers_.begin());
            over->complete(true);
        }
    }

    std::deque<std::function<void()>> wait_for_work(Clock::time_point give_up) {
        // A short turn, because what the test waits for may change without a post.
        const auto turn_end = Clock::now() + std::chrono::milliseconds{5};
        const auto next = timers_.empty() ? give_up : timers_.begin()->first;
        std::unique_lock lock{mutex_};
        arrived_.wait_until(lock, std::min({next, turn_end, give_up}), [this] {
            return !posted_.empty();
        });
        return std::exchange(posted_, {});
    }

    std::multimap<Clock::time_point, Pending<bool>*> timers_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<std::function<void()>> posted_;
};

}  // namespace numproof
