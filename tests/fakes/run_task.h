// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>

#include "daemon/base/task.h"

namespace numproof {

/// Runs a task that never has to wait, to its end.
template <typename T>
T run_now(Task<T> task) {
    std::optional<T> value;
    spawn(std::move(task), [&value](T result) { value.emplace(std::move(result)); });
    NP_CHECK(value.has_value());
    return std::move(*value);
}

/// As above, for a task without a value.
inline void run_now(Task<void> task) {
    bool ended = false;
    spawn([](Task<void> owned, bool& at_end) -> Task<void> {
        co_await owned;
        at_end = true;
    }(std::move(task), ended));
    NP_CHECK(ended);
}

}  // namespace numproof
