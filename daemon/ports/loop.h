// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "daemon/base/task.h"
#include "daemon/base/time.h"

namespace numproof {

/// Port: the event loop of one thread.
class Loop {
public:
    Loop() = default;
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    virtual ~Loop() = default;

    /// Resumes on this loop after `wait`. Only from this loop's thread.
    /// When the loop stops first, the waiting coroutine is never resumed.
    [[nodiscard]] virtual Task<void> sleep(Milliseconds wait) = 0;

    /// Runs `work` on this loop, soon. From any thread; order of one poster is kept.
    virtual void post(std::function<void()> work) = 0;
};

}  // namespace numproof
