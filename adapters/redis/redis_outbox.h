// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

struct bufferevent;
struct evbuffer;
struct event;
struct event_base;

namespace numproof {

/// What goes to Redis: all that is added in one turn of the loop leaves with one write at the end
/// of that turn. A bufferevent would ask the kernel first whether it may write, with three more
/// system calls and a turn later; here it takes over only what the socket does not take at once.
class RedisOutbox {
public:
    /// `base` outlives it.
    explicit RedisOutbox(event_base& base);
    ~RedisOutbox();
    RedisOutbox(const RedisOutbox&) = delete;
    RedisOutbox& operator=(const RedisOutbox&) = delete;

    /// Sends through `connection` from now on. It outlives its use here: see close().
    void open(bufferevent& connection);

    /// Throws away what has not left; nothing may be added until there is another connection.
    void close();

    /// Takes octets of a connection that is established.
    void add(std::string_view octets);

private:
    struct BufferFreer {
        void operator()(evbuffer* buffer) const noexcept;
    };

    struct EventFreer {
        void operator()(event* freed) const noexcept;
    };

    void send_waiting();

    std::unique_ptr<evbuffer, BufferFreer> waiting_;
    std::unique_ptr<event, EventFreer> turn_end_;
    bufferevent* connection_ = nullptr;
    bool straight_ = true;  // Past the bufferevent into its socket: never where TLS lies between.
};

}  // namespace numproof
