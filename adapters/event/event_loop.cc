// SPDX-License-Identifier: Apache-2.0
#include "adapters/event/event_loop.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <utility>

#include <event2/event.h>
#include <event2/thread.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

namespace numproof {
namespace {

constexpr timeval kBeat{.tv_sec = 0, .tv_usec = 500'000};

struct BaseFreer {
    void operator()(event_base* base) const noexcept { event_base_free(base); }
};

struct EventFreer {
    void operator()(event* made) const noexcept { event_free(made); }
};

using BasePtr = std::unique_ptr<event_base, BaseFreer>;
using EventPtr = std::unique_ptr<event, EventFreer>;

std::chrono::nanoseconds read_clock(clockid_t id) {
    timespec now{};
    clock_gettime(id, &now);
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

BasePtr make_base() {
    static const int threads = evthread_use_pthreads();
    NP_CHECK(threads == 0);
    BasePtr base{event_base_new()};
    NP_CHECK(base != nullptr);
    return base;
}

}  // namespace

WallTime SystemClock::wall_now() const {
    return WallTime{std::chrono::duration_cast<Milliseconds>(read_clock(CLOCK_REALTIME))};
}

MonoTime SystemClock::mono_now() const {
    return MonoTime{read_clock(CLOCK_BOOTTIME)};
}

struct EventLoop::State {
    BasePtr base = make_base();
    int wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    EventPtr wake;
    EventPtr beat;
    std::atomic<std::uint64_t> beats{0};
    std::atomic<bool> stopping{false};
    std::mutex mutex;
    std::deque<std::function<void()>> posted;

    State() {
        NP_CHECK(wake_fd >= 0);
        wake.reset(event_new(base.get(), wake_fd, EV_READ | EV_PERSIST, on_wake, this));
        beat.reset(event_new(base.get(), -1, EV_PERSIST, on_beat, this));
        NP_CHECK(wake && beat);
        event_add(wake.get(), nullptr);
        event_add(beat.get(), &kBeat);
    }

    ~State() {
        wake.reset();
        beat.reset();
        close(wake_fd);
    }

    State(const State&) = delete;
    State& operator=(const State&) = delete;

    static void on_wake(evutil_socket_t fd, short, void* self) {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = read(fd, &count, sizeof count);
        static_cast<State*>(self)->run_posted();
    }

    static void on_beat(evutil_socket_t, short, void* self) {
        static_cast<State*>(self)->beats.fetch_add(1, std::memory_order_relaxed);
    }

    void run_posted() {
        // Before the batch is taken: whatever was posted before stop() is in it.
        const bool last = stopping.load();
        std::deque<std::function<void()>> batch;
        {
            const std::lock_guard lock{mutex};
            batch.swap(posted);
        }
        for (auto& work : batch) {
            work();
        }
        if (last) {
            event_base_loopbreak(base.get());
        }
    }

    void ring() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto put = write(wake_fd, &one, sizeof one);
    }
};

EventLoop::EventLoop() : state_(std::make_unique<State>()) {}

EventLoop::~EventLoop() = default;

void EventLoop::run() {
    state_->beats.fetch_add(1, std::memory_order_relaxed);
    event_base_loop(state_->base.get(), EVLOOP_NO_EXIT_ON_EMPTY);
}

void EventLoop::stop() {
    state_->stopping.store(true);
    state_->ring();
}

Task<void> EventLoop::sleep(Milliseconds wait) {
    const timeval span{
        .tv_sec = wait.count() / 1000,
        .tv_usec = static_cast<suseconds_t>(wait.count() % 1000 * 1000)};
    Pending<bool> over;
    const auto on_time = [](evutil_socket_t, short, void* pending) {
        static_cast<Pending<bool>*>(pending)->complete(true);
    };
    event_base_once(state_->base.get(), -1, EV_TIMEOUT, on_time, &over, &span);
    co_await over;
}

void EventLoop::post(std::function<void()> work) {
    {
        const std::lock_guard lock{state_->mutex};
        state_->posted.push_back(std::move(work));
    }
    state_->ring();
}

event_base& EventLoop::base() noexcept {
    return *state_->base;
}

std::uint64_t EventLoop::beats() const noexcept {
    return state_->beats.load(std::memory_order_relaxed);
}

}  // namespace numproof
