// SPDX-License-Identifier: Apache-2.0
// Takes the place of adapters/redis/redis_socket.cc and redis_timer.cc in a fuzz target.
#include "tests/fuzz/redis/memory_wire.h"

#include <algorithm>
#include <array>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "daemon/base/check.h"

namespace numproof {
namespace {

MemoryWire* wire = nullptr;

void run_callbacks() {
    event_base_loop(&MemoryWire::base(), EVLOOP_NONBLOCK);
}

}  // namespace

void MemoryWire::EndFreer::operator()(bufferevent* end) const noexcept {
    bufferevent_free(end);
}

MemoryWire::MemoryWire() {
    wire = this;
}

MemoryWire::~MemoryWire() {
    server_.reset();
    run_callbacks();
    wire = nullptr;
}

event_base& MemoryWire::base() {
    static event_base* const only = event_base_new();
    return *only;
}

bool MemoryWire::accept() {
    if (!dialed_) {
        return false;
    }
    const auto report = *dialed_;
    dialed_.reset();
    ++accepted_;
    report.on_event(client_, BEV_EVENT_CONNECTED, report.context);
    return true;
}

Bytes MemoryWire::take_commands() {
    Bytes octets;
    run_callbacks();
    if (server_) {
        auto* const input = bufferevent_get_input(server_.get());
        octets.resize(evbuffer_get_length(input));
        evbuffer_remove(input, octets.data(), octets.size());
    }
    return octets;
}

bool MemoryWire::say(std::string_view octets) {
    if (client_ == nullptr || dialed_) {
        return false;
    }
    bufferevent_write(server_.get(), octets.data(), octets.size());
    run_callbacks();
    return true;
}

MemoryWire::Alarm* MemoryWire::next_alarm() {
    Alarm* next = nullptr;
    for (auto& alarm : alarms_) {
        if (alarm.due && (next == nullptr || *alarm.due < *next->due)) {
            next = &alarm;
        }
    }
    return next;
}

std::optional<Milliseconds> MemoryWire::next_timer() const {
    std::optional<MonoTime> due;
    for (const auto& alarm : alarms_) {
        due = alarm.due && (!due || *alarm.due < *due) ? alarm.due : due;
    }
    return due ? std::optional{std::chrono::ceil<Milliseconds>(*due - clock_.mono_now())}
               : std::nullopt;
}

void MemoryWire::advance(Milliseconds by) {
    const auto until = clock_.mono_now() + by;
    constexpr int kFiringsMax = 1000;
    for (int firings = 0; firings < kFiringsMax; ++firings) {
        auto* const alarm = next_alarm();
        if (alarm == nullptr || *alarm->due > until) {
            break;
        }
        const auto wait = std::chrono::ceil<Milliseconds>(*alarm->due - clock_.mono_now());
        clock_.advance(std::max(Milliseconds::zero(), wait));
        alarm->due.reset();
        alarm->fire(alarm->timer);
    }
    const auto rest = std::chrono::ceil<Milliseconds>(until - clock_.mono_now());
    clock_.advance(std::max(Milliseconds::zero(), rest));
    run_callbacks();
}

void BuffereventFreer::operator()(bufferevent* buffered) const noexcept {
    bufferevent_free(buffered);
    if (wire != nullptr) {
        wire->hung_up();
    }
}

void RedisDialer::DnsFreer::operator()(evdns_base* /*dns*/) const noexcept {}

RedisDialer::RedisDialer(event_base& base, std::shared_ptr<const RedisTls> tls) noexcept
    : base_(base), tls_(std::move(tls)) {}

RedisDialer::~RedisDialer() = default;

Result<BuffereventPtr> RedisDialer::dial(const std::string& /*address*/, Report report) {
    std::array<bufferevent*, 2> ends{};
    NP_CHECK(bufferevent_pair_new(&base_, 0, ends.data()) == 0);
    bufferevent_setcb(ends[0], report.on_readable, nullptr, report.on_event, report.context);
    bufferevent_enable(ends[0], EV_READ | EV_WRITE);
    bufferevent_enable(ends[1], EV_READ | EV_WRITE);
    wire->server_.reset(ends[1]);
    wire->client_ = ends[0];
    wire->dialed_ = report;
    return BuffereventPtr{ends[0]};
}

void tune_redis_socket(int /*fd*/, Milliseconds /*patience*/) noexcept {}

void RedisTimer::Freer::operator()(event* /*timer*/) const noexcept {}

RedisTimer::RedisTimer(event_base& /*base*/, void (*fire)(void*), void* context)
    : fire_(fire), context_(context) {
    const auto on_time = [](void* self) {
        const auto* const timer = static_cast<RedisTimer*>(self);
        timer->fire_(timer->context_);
    };
    wire->alarms_.push_back({.timer = this, .fire = on_time, .due = {}});
}

RedisTimer::~RedisTimer() {
    std::erase_if(wire->alarms_, [this](const auto& alarm) { return alarm.timer == this; });
}

void RedisTimer::set(MonoTime::duration wait) {
    const auto due = wire->clock_.mono_now() + std::chrono::ceil<Milliseconds>(wait);
    std::ranges::find(wire->alarms_, this, &MemoryWire::Alarm::timer)->due = due;
}

void RedisTimer::cancel() {
    std::ranges::find(wire->alarms_, this, &MemoryWire::Alarm::timer)->due.reset();
}

}  // namespace numproof
