// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "daemon/ports/clock.h"
#include "daemon/ports/loop.h"

namespace numproof::sim {

/// When every simulated world begins: 2026-11-22T10:00:00Z.
inline constexpr WallTime kWallBegin{Milliseconds{1795341600000}};
inline constexpr MonoTime kMonoBegin{std::chrono::hours{1}};

/// The event loop of a simulated world: time passes only from one piece of work to the next.
class VirtualLoop final : public Loop {
public:
    [[nodiscard]] MonoTime now() const noexcept { return now_; }

    /// What a perfect clock would show.
    [[nodiscard]] WallTime wall() const noexcept {
        return kWallBegin + std::chrono::duration_cast<Milliseconds>(now_ - kMonoBegin);
    }

    void at(MonoTime when, std::function<void()> work) {
        queue_.push_back({std::max(when, now_), order_++, std::move(work)});
        std::push_heap(queue_.begin(), queue_.end(), later);
    }

    void after(MonoTime::duration wait, std::function<void()> work) {
        at(now_ + wait, std::move(work));
    }

    [[nodiscard]] Task<void> sleep(Milliseconds wait) override {
        Pending<bool> over;
        after(wait, [&over] { over.complete(true); });
        co_await over;
    }

    void post(std::function<void()> work) override { at(now_, std::move(work)); }

    /// Works until `end`, or until nothing is left to do.
    void run_until(MonoTime end) {
        while (!queue_.empty() && queue_.front().when <= end) {
            std::pop_heap(queue_.begin(), queue_.end(), later);
            auto next = std::move(queue_.back());
            queue_.pop_back();
            now_ = next.when;
            next.work();
        }
        now_ = std::max(now_, end);
    }

    [[nodiscard]] bool idle() const noexcept { return queue_.empty(); }

private:
    struct Item {
        MonoTime when;
        std::uint64_t order = 0;
        std::function<void()> work;
    };

    static bool later(const Item& a, const Item& b) noexcept {
        return std::pair{a.when, a.order} > std::pair{b.when, b.order};
    }

    std::vector<Item> queue_;
    MonoTime now_ = kMonoBegin;
    std::uint64_t order_ = 0;
};

/// The clocks of one machine: the wall clock is a little wrong, and may be set.
class MachineClock final : public Clock {
public:
    MachineClock(const VirtualLoop& loop, Milliseconds error) noexcept
        : loop_(loop), error_(error) {}

    [[nodiscard]] WallTime wall_now() const override { return loop_.wall() + error_ + step_; }

    [[nodiscard]] MonoTime mono_now() const override { return loop_.now(); }

    /// Somebody sets the wall clock wrong, or right again with zero.
    void set(Milliseconds wrong_by) {
        step_ = wrong_by;
        set_at_ = loop_.now();
    }

    /// True if it has been so wrong since before `since` that nobody may trust it.
    [[nodiscard]] bool wrong_since(MonoTime since) const {
        return std::chrono::abs(step_) > Milliseconds{1300} && set_at_ < since;
    }

private:
    const VirtualLoop& loop_;
    Milliseconds error_;
    Milliseconds step_{};
    MonoTime set_at_;
};

}  // namespace numproof::sim
