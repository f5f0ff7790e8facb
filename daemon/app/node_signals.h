// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

struct event_base;

namespace numproof {

/// Turns SIGTERM and SIGINT into a call on a loop, as often as they come.
class NodeSignals {
public:
    NodeSignals(event_base& base, std::function<void()> on_stop);
    NodeSignals(const NodeSignals&) = delete;
    NodeSignals& operator=(const NodeSignals&) = delete;
    ~NodeSignals();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace numproof
