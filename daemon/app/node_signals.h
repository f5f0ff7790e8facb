// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

struct event_base;

namespace numproof {

/// Turns signals into calls on a loop, as often as they come.
class NodeSignals {
public:
    struct Calls {
        std::function<void()> stop;    ///< SIGTERM and SIGINT.
        std::function<void()> reload;  ///< SIGHUP.
    };

    NodeSignals(event_base& base, Calls calls);
    NodeSignals(const NodeSignals&) = delete;
    NodeSignals& operator=(const NodeSignals&) = delete;
    ~NodeSignals();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace numproof
