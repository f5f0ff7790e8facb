// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "daemon/base/deadline.h"
#include "daemon/base/task.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/loop.h"

struct event_base;

namespace numproof::kafka {

/// One thread for the questions that librdkafka can only answer by blocking, so that no loop
/// waits for them. Made, used and destroyed on the loop's thread; destruction waits for the
/// question that is being asked (at most about its own time limit) and drops the others.
class BlockingCalls {
public:
    struct Environment {
        event_base& base;
        Loop& loop;
        const Clock& clock;
    };

    explicit BlockingCalls(Environment environment);
    BlockingCalls(const BlockingCalls&) = delete;
    BlockingCalls& operator=(const BlockingCalls&) = delete;
    ~BlockingCalls();

    /// Runs `work` on the thread, then `done` on the loop, unless this object is gone by then.
    /// False, and nothing happens, when too many questions wait already.
    [[nodiscard]] bool start(std::function<void()> work, std::function<void()> done);

    /// Runs `work` on the thread; true when it ended by `deadline`. If not it may be under way
    /// still, so it must own what it writes to.
    [[nodiscard]] Task<bool> run(std::function<void()> work, Deadline deadline);

private:
    struct Job {
        std::function<void()> work;
        std::function<void()> done;
    };

    void work_off();

    Environment env_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> jobs_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace numproof::kafka
