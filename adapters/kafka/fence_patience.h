// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include "daemon/base/time.h"

namespace numproof::kafka {

/// Tells a group that shut us out by mistake from another consumer that has our name.
///
/// librdkafka forgets its member id when the group's coordinator was silent for the session
/// timeout, and what it commits then, with our group.instance.id alone, makes the next coordinator
/// fence us: an everyday event after a broker's death. Who is fenced more often than that time-out
/// allows has a namesake. Pure.
class FencePatience {
public:
    static constexpr std::size_t kFencesMax = 4;
    static constexpr std::chrono::seconds kWindow{30};
    static constexpr std::chrono::seconds kStep{1};

    /// The group has shut us out: how long to wait before joining again; nothing, when it is no
    /// mistake. The pause grows with each time within the window.
    [[nodiscard]] std::optional<Milliseconds> note(MonoTime now) {
        while (!fences_.empty() && now - fences_.front() >= kWindow) {
            fences_.pop_front();
        }
        fences_.push_back(now);
        if (fences_.size() >= kFencesMax) {
            return std::nullopt;
        }
        return kStep * static_cast<std::int64_t>(fences_.size() - 1);
    }

private:
    std::deque<MonoTime> fences_;
};

}  // namespace numproof::kafka
