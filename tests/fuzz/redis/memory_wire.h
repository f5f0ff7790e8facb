// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "adapters/redis/redis_socket.h"
#include "adapters/redis/redis_timer.h"
#include "daemon/base/bytes.h"
#include "tests/fakes/fake_clock.h"

namespace numproof {

/// What memory_wire.cc puts in the place of sockets and timers of the Redis adapter: pairs of
/// bufferevents, and timers on a clock that moves only when it is told to. There is one wire; it
/// is reset by its constructor.
class MemoryWire {
public:
    MemoryWire();
    MemoryWire(const MemoryWire&) = delete;
    MemoryWire& operator=(const MemoryWire&) = delete;
    ~MemoryWire();

    [[nodiscard]] static event_base& base();

    [[nodiscard]] FakeClock& clock() noexcept { return clock_; }

    /// Lets a connection that was dialed come about; true if there was one.
    bool accept();

    /// How many connections came about.
    [[nodiscard]] std::size_t accepted() const noexcept { return accepted_; }

    /// What the client has said since the last call.
    [[nodiscard]] Bytes take_commands();

    /// Octets of the server; false if nobody is there to hear them.
    bool say(std::string_view octets);

    /// Time passes, and timers fire in their order.
    void advance(Milliseconds by);

    /// The client has closed its end.
    void hung_up() noexcept { client_ = nullptr; }

    /// How long until the next timer fires.
    [[nodiscard]] std::optional<Milliseconds> next_timer() const;

private:
    friend class RedisDialer;
    friend class RedisTimer;

    struct Alarm {
        void* timer = nullptr;
        void (*fire)(void*) = nullptr;
        std::optional<MonoTime> due;
    };

    struct EndFreer {
        void operator()(bufferevent* end) const noexcept;
    };

    [[nodiscard]] Alarm* next_alarm();

    FakeClock clock_;
    std::vector<Alarm> alarms_;
    std::unique_ptr<bufferevent, EndFreer> server_;
    bufferevent* client_ = nullptr;
    std::optional<RedisDialer::Report> dialed_;
    std::size_t accepted_ = 0;
};

}  // namespace numproof
