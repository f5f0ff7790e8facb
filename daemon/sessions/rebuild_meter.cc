// SPDX-License-Identifier: Apache-2.0
#include "daemon/sessions/rebuild_meter.h"

#include <algorithm>
#include <cmath>

namespace numproof {

int RebuildProgress::percent() const noexcept {
    if (done >= total) {
        return 100;
    }
    return static_cast<int>(std::clamp<std::int64_t>(done * 100 / total, 0, 99));
}

void RebuildMeter::note(MonoTime now, std::int64_t done, std::int64_t total) {
    if (!samples_.empty() && done < samples_.back().done) {
        samples_.clear();
    }
    total_ = total;
    const bool moves = samples_.size() > 1 && now - samples_[samples_.size() - 2].at < kApart;
    if (moves) {
        samples_.back() = {.at = now, .done = done};
        return;
    }
    samples_.push_back({.at = now, .done = done});
    if (samples_.size() > kSamplesMax) {
        samples_.pop_front();
    }
}

RebuildProgress RebuildMeter::progress() const {
    RebuildProgress progress{.total = total_, .left = std::nullopt};
    if (samples_.empty()) {
        return progress;
    }
    progress.done = samples_.back().done;
    const std::chrono::duration<double> took = samples_.back().at - samples_.front().at;
    const auto gained = static_cast<double>(progress.done - samples_.front().done);
    if (took.count() <= 0 || gained <= 0) {
        return progress;
    }
    progress.per_second = gained / took.count();
    const auto missing = static_cast<double>(std::max<std::int64_t>(0, total_ - progress.done));
    progress.left = Milliseconds{std::llround(1000 * missing / progress.per_second)};
    return progress;
}

}  // namespace numproof
