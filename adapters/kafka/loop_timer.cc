// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/loop_timer.h"

#include <cstdint>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

#include "adapters/kafka/kafka_handles.h"
#include "daemon/base/check.h"

namespace numproof::kafka {

struct LoopTimer::State {
    std::function<void()> on_time;
    LoopEventPtr timer;

    static void fire(evutil_socket_t, short, void* self) {
        // The call may destroy the timer, and with it the function that is running.
        const auto call = static_cast<State*>(self)->on_time;
        call();
    }
};

LoopTimer::LoopTimer(event_base& base, std::function<void()> on_time)
    : state_(std::make_unique<State>()) {
    state_->on_time = std::move(on_time);
    state_->timer.reset(event_new(&base, -1, 0, State::fire, state_.get()));
    NP_CHECK(state_->timer != nullptr);
}

LoopTimer::~LoopTimer() = default;

void LoopTimer::start(MonoTime::duration wait) const {
    const auto us = std::chrono::ceil<std::chrono::microseconds>(wait).count();
    const timeval span{
        .tv_sec = us / 1'000'000, .tv_usec = static_cast<suseconds_t>(us % 1'000'000)};
    event_add(state_->timer.get(), &span);
}

void LoopTimer::stop() const {
    event_del(state_->timer.get());
}

struct WakeUp::State {
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    std::function<void()> on_wake;
    LoopEventPtr readable;

    State() { NP_CHECK(fd >= 0); }

    ~State() {
        readable.reset();
        close(fd);
    }

    State(const State&) = delete;
    State& operator=(const State&) = delete;

    static void fire(evutil_socket_t fd, short, void* self) {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = read(fd, &count, sizeof count);
        const auto call = static_cast<State*>(self)->on_wake;
        call();
    }
};

WakeUp::WakeUp(event_base& base, std::function<void()> on_wake)
    : state_(std::make_unique<State>()) {
    state_->on_wake = std::move(on_wake);
    state_->readable.reset(
        event_new(&base, state_->fd, EV_READ | EV_PERSIST, State::fire, state_.get())
    );
    NP_CHECK(state_->readable != nullptr);
    event_add(state_->readable.get(), nullptr);
}

WakeUp::~WakeUp() = default;

int WakeUp::descriptor() const noexcept {
    return state_->fd;
}

}  // namespace numproof::kafka
