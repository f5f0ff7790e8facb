// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/blocking_calls.h"

#include <atomic>
#include <utility>

#include "adapters/kafka/loop_timer.h"

namespace numproof::kafka {
namespace {

/// Ends once: by its work or by its deadline, whichever is first.
struct TimedCall {
    Pending<bool> over;
    std::atomic<bool> ended{false};

    void end(bool in_time) {
        if (!ended.exchange(true)) {
            over.complete(in_time);
        }
    }
};

}  // namespace

BlockingCalls::BlockingCalls(Environment environment)
    : env_(environment), thread_([this] { work_off(); }) {}

BlockingCalls::~BlockingCalls() {
    *alive_ = false;
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
        jobs_.clear();
    }
    changed_.notify_all();
    thread_.join();
}

bool BlockingCalls::start(std::function<void()> work, std::function<void()> done) {
    constexpr std::size_t kJobsMax = 16;
    {
        const std::lock_guard lock{mutex_};
        if (jobs_.size() >= kJobsMax) {
            return false;
        }
        jobs_.push_back(Job{.work = std::move(work), .done = std::move(done)});
    }
    changed_.notify_all();
    return true;
}

Task<bool> BlockingCalls::run(std::function<void()> work, Deadline deadline) {
    auto call = std::make_shared<TimedCall>();
    const LoopTimer timer{env_.base, [call] { call->end(false); }};
    timer.start(deadline.left(env_.clock.mono_now()));
    // Nobody waits any more for what came to its turn too late.
    auto in_turn = [call, work = std::move(work)] {
        if (!call->ended) {
            work();
        }
    };
    if (!start(std::move(in_turn), [call] { call->end(true); })) {
        co_return false;
    }
    co_return co_await call->over;
}

void BlockingCalls::work_off() {
    std::unique_lock lock{mutex_};
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) {
            return;
        }
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job.work();
        job.work = nullptr;  // What it holds may take its time to end.
        env_.loop.post([alive = alive_, done = std::move(job.done)] {
            if (*alive) {
                done();
            }
        });
        lock.lock();
    }
}

}  // namespace numproof::kafka
