// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/app/loop_stores.h"
#include "daemon/sessions/directory_reader.h"
#include "daemon/sessions/standing_watch.h"

namespace numproof {

/// The directory as one loop sees it: its connection to the store, whether the directory may be
/// used now, and whose number is behind an address. Belongs to that loop.
struct LoopDirectory {
    /// Both outlive it.
    LoopDirectory(Foundation& foundation, EventLoop& loop);

    LoopStores stores;
    StandingWatch standing;
    DirectoryReader numbers;
};

}  // namespace numproof
