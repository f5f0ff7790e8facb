// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/redis/redis_reply.h"
#include "adapters/redis/redis_socket.h"

struct evconnlistener;
struct sockaddr;
struct event_base;

namespace numproof {

/// A tiny server on the loop of the test that says what the test wants, in place of Redis.
class FakeRedis {
public:
    using Words = std::vector<std::string>;

    /// `base` outlives it.
    explicit FakeRedis(event_base& base);
    ~FakeRedis();
    FakeRedis(const FakeRedis&) = delete;
    FakeRedis& operator=(const FakeRedis&) = delete;

    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

    /// What is answered to a command that is not part of a good handshake: octets, or nothing.
    void answer_with(std::function<std::string(const Words&)> answer) {
        answer_ = std::move(answer);
    }

    /// What INFO says.
    void set_info(std::string info) { info_ = std::move(info); }

    /// Whether greetings are answered as a good Redis does, or by answer_with() too.
    enum class Greeting : std::uint8_t { proper, scripted };

    void set_greeting(Greeting greeting) { greeting_ = greeting; }

    /// Says `octets` on every connection, unasked or late.
    void say(const std::string& octets);

    /// Ends every connection.
    void hang_up() { connections_.clear(); }

    /// How often somebody has connected.
    [[nodiscard]] int accepted() const noexcept { return accepted_; }

    /// INFO as a healthy primary gives it.
    [[nodiscard]] static std::string healthy_info();

private:
    struct ListenerFreer {
        void operator()(evconnlistener* listener) const noexcept;
    };

    struct Connection {
        BuffereventPtr buffered;
        RedisReplyReader reader;  // A command looks like a reply that is a list.
    };

    static void on_accept(evconnlistener*, int fd, sockaddr*, int, void* self);
    static void on_readable(bufferevent* buffered, void* self);
    static void on_event(bufferevent* buffered, short what, void* self);

    void accept(int fd);
    void read(bufferevent& buffered);
    [[nodiscard]] std::string reply_to(const Words& words) const;

    event_base& base_;
    std::uint16_t port_ = 0;
    int accepted_ = 0;
    std::string info_ = healthy_info();
    Greeting greeting_ = Greeting::proper;
    std::function<std::string(const Words&)> answer_ = [](const Words&) { return "+OK\r\n"; };
    std::unique_ptr<evconnlistener, ListenerFreer> listener_;
    std::map<bufferevent*, Connection> connections_;
};

/// `text` as a bulk string of RESP.
[[nodiscard]] std::string bulk(const std::string& text);

}  // namespace numproof
