// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/pulse.h"

#include <utility>

namespace numproof {

void Pulse::watch(Thread thread) {
    watched_.push_back({.thread = std::move(thread)});
}

std::vector<std::string> Pulse::stuck(MonoTime now) {
    std::vector<std::string> names;
    for (auto& watched : watched_) {
        const auto beats = watched.thread.beats();
        if (!watched.seen || beats != watched.last) {
            watched.last = beats;
            watched.since = now;
            watched.seen = true;
        } else if (now - watched.since > watched.thread.within) {
            names.push_back(watched.thread.name);
        }
    }
    return names;
}

}  // namespace numproof
