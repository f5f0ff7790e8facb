// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/app/loop_stores.h"
#include "daemon/sessions/directory_reader.h"
#include "daemon/sessions/standing_watch.h"

namespace numproof {

/// The directory as one loop sees it under one edition: its connection to the store, whether the
/// directory may be used now, and whose number is behind an address. Belongs to that loop.
struct LoopDirectory {
    /// Foundation and loop outlive it.
    LoopDirectory(Foundation& foundation, EventLoop& loop, std::shared_ptr<const Edition> edition);

    const std::shared_ptr<const Edition> edition;
    LoopStores stores;
    StandingWatch standing;
    DirectoryReader numbers;
    bool watched = false;  ///< Its watch runs.
};

/// The directories of one loop: the one that requests are answered from, perhaps the one that
/// follows it, and former ones until their last request is answered. Belongs to that loop.
class LoopDirectories {
public:
    /// Both outlive it.
    LoopDirectories(Foundation& foundation, EventLoop& loop);

    LoopDirectories(const LoopDirectories&) = delete;
    LoopDirectories& operator=(const LoopDirectories&) = delete;

    /// Whoever answers from it keeps it.
    [[nodiscard]] const std::shared_ptr<LoopDirectory>& current() const noexcept { return now_; }

    /// Begins to watch the directory.
    void start();

    /// Makes the directory of `edition` beside the current one; waits until it is known how that
    /// stands. Empty: it is, and take_next() may follow; else why it must not, in words.
    [[nodiscard]] Task<std::string> prepare(std::shared_ptr<const Edition> edition);

    /// What was prepared becomes the current one; nothing happens if nothing was.
    void take_next();

    /// What was prepared is not wanted.
    void drop_next();

    /// Ends former directories that nobody asks any more. To be called from time to time.
    void sweep();

    /// LoopStores::close() for all, once the loop does not run.
    void close();

private:
    [[nodiscard]] Task<void> watch(LoopDirectory& directory);

    Foundation& foundation_;
    EventLoop& loop_;
    std::shared_ptr<LoopDirectory> now_;
    std::shared_ptr<LoopDirectory> next_;
    std::vector<std::shared_ptr<LoopDirectory>> former_;
};

}  // namespace numproof
