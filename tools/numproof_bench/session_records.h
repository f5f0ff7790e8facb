// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/base/time.h"
#include "tools/numproof_bench/subscribers.h"

namespace numproof::bench {

/// A record of a sessions topic.
struct SessionRecordText {
    std::string key;
    std::string value;
};

/// Subscriber `index` is attached at its address since `time`; always the same session.
[[nodiscard]] SessionRecordText bind_of(const Home& home, std::uint64_t index, WallTime time);

/// Everything up to `time` has been sent.
[[nodiscard]] SessionRecordText heartbeat_of(WallTime time);

}  // namespace numproof::bench
