// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/lanes.h"

#include <algorithm>
#include <utility>

namespace numproof::bench {

Lanes::Lanes(std::size_t count, std::size_t width, Work work)
    : count_(count), width_(std::min(count, width)), work_(std::move(work)) {}

Task<Result<void>> Lanes::run() {
    if (width_ == 0) {
        co_return outcome_;
    }
    open_ = width_;
    for (std::size_t i = 0; i < width_; ++i) {
        spawn(lane());
    }
    co_await over_;
    co_return outcome_;
}

Task<void> Lanes::lane() {
    while (outcome_ && next_ < count_) {
        auto done = co_await work_(next_++);
        if (!done && outcome_) {
            outcome_ = std::move(done);
        }
    }
    if (--open_ == 0) {
        over_.complete(true);
    }
}

}  // namespace numproof::bench
