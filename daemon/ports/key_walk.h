// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"

namespace numproof {

/// Port: a walk over the names of all hashes in the store (store_keys::field_of), some at a time.
/// What is there from the walk's beginning to its end is met at least once, except that a store
/// which moves its keys between servers meanwhile may miss some.
/// One instance belongs to one event loop. Fails as RecordStore does.
class KeyWalk {
public:
    struct Page {
        std::vector<std::string> names;
        std::string next;  ///< Where to go on; empty: that was the end.
        std::string life;  ///< In which life of the store they were seen.
    };

    KeyWalk() = default;
    KeyWalk(const KeyWalk&) = delete;
    KeyWalk& operator=(const KeyWalk&) = delete;
    virtual ~KeyWalk() = default;

    /// A few hundred names at most. `from` is empty at the beginning.
    [[nodiscard]] virtual Task<Result<Page>> look(std::string from, Deadline deadline) = 0;

    /// Lets the store forget these hashes soon, if it still lives the `life` of their page.
    [[nodiscard]] virtual Task<Result<void>> forget(
        std::vector<std::string> names, std::string life, Deadline deadline
    ) = 0;
};

}  // namespace numproof
