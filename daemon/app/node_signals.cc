// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/node_signals.h"

#include <csignal>
#include <utility>

#include <event2/event.h>

#include "daemon/base/check.h"

namespace numproof {
namespace {

struct EventFreer {
    void operator()(event* made) const noexcept { event_free(made); }
};

}  // namespace

struct NodeSignals::State {
    std::function<void()> on_stop;
    std::unique_ptr<event, EventFreer> term;
    std::unique_ptr<event, EventFreer> interrupt;

    static void arrived(evutil_socket_t, short, void* self) {
        static_cast<State*>(self)->on_stop();
    }
};

NodeSignals::NodeSignals(event_base& base, std::function<void()> on_stop)
    : state_(std::make_unique<State>()) {
    state_->on_stop = std::move(on_stop);
    const auto watch = [&](int number) {
        event* const made =
            event_new(&base, number, EV_SIGNAL | EV_PERSIST, State::arrived, state_.get());
        NP_CHECK(made != nullptr && event_add(made, nullptr) == 0);
        return made;
    };
    state_->term.reset(watch(SIGTERM));
    state_->interrupt.reset(watch(SIGINT));
}

NodeSignals::~NodeSignals() = default;

}  // namespace numproof
