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
    Calls calls;
    std::unique_ptr<event, EventFreer> term;
    std::unique_ptr<event, EventFreer> interrupt;
    std::unique_ptr<event, EventFreer> hang_up;

    static void arrived(evutil_socket_t number, short, void* self) {
        const auto& calls = static_cast<State*>(self)->calls;
        number == SIGHUP ? calls.reload() : calls.stop();
    }
};

NodeSignals::NodeSignals(event_base& base, Calls calls) : state_(std::make_unique<State>()) {
    state_->calls = std::move(calls);
    const auto watch = [&](int number) {
        event* const made =
            event_new(&base, number, EV_SIGNAL | EV_PERSIST, State::arrived, state_.get());
        NP_CHECK(made != nullptr && event_add(made, nullptr) == 0);
        return made;
    };
    state_->term.reset(watch(SIGTERM));
    state_->interrupt.reset(watch(SIGINT));
    state_->hang_up.reset(watch(SIGHUP));
}

NodeSignals::~NodeSignals() = default;

}  // namespace numproof
