// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_pauses.h"

#include <algorithm>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/ports/clock.h"

namespace numproof {

RedisPause::~RedisPause() {
    if (home_ != nullptr) {
        std::erase(home_->waiting_, this);
    }
}

RedisPauses::RedisPauses(event_base& base, const Clock& clock)
    : clock_(clock), timer_(base, on_timer, this) {}

RedisPauses::~RedisPauses() {
    for (auto* const pause : waiting_) {
        pause->home_ = nullptr;
    }
}

void RedisPauses::begin(RedisPause& pause, MonoTime::duration time) {
    NP_CHECK(pause.home_ == nullptr);
    pause.home_ = this;
    pause.due_ = clock_.mono_now() + time;
    waiting_.push_back(&pause);
    set_timer();
}

void RedisPauses::end_all() {
    // One by one: whoever is resumed may end others. What begins meanwhile ends as well, so that
    // whoever is resumed must see that there is nothing to wait for.
    while (!waiting_.empty()) {
        auto* const pause = waiting_.back();
        waiting_.pop_back();
        pause->home_ = nullptr;
        pause->over_.complete(true);
    }
}

void RedisPauses::on_timer(void* self) {
    static_cast<RedisPauses*>(self)->end_due();
}

void RedisPauses::end_due() {
    const auto now = clock_.mono_now();
    const auto due = [now](const RedisPause* pause) { return pause->due_ <= now; };
    for (auto at = std::ranges::find_if(waiting_, due); at != waiting_.end();
         at = std::ranges::find_if(waiting_, due)) {
        auto* const pause = *at;
        waiting_.erase(at);
        pause->home_ = nullptr;
        pause->over_.complete(true);
    }
    set_timer();
}

void RedisPauses::set_timer() {
    if (waiting_.empty()) {
        return;
    }
    const auto* const next = *std::ranges::min_element(waiting_, {}, &RedisPause::due_);
    timer_.set(std::max(MonoTime::duration::zero(), next->due_ - clock_.mono_now()));
}

}  // namespace numproof
