// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/redis/fake_redis.h"

#include <utility>

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>

#include "daemon/base/check.h"

namespace numproof {

std::string bulk(const std::string& text) {
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

void FakeRedis::ListenerFreer::operator()(evconnlistener* listener) const noexcept {
    evconnlistener_free(listener);
}

FakeRedis::FakeRedis(event_base& base) : base_(base) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    constexpr unsigned kFlags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;
    listener_.reset(
        evconnlistener_new_bind(&base, on_accept, this, kFlags, -1, generic, sizeof address)
    );
    NP_CHECK(listener_ != nullptr);
    socklen_t size = sizeof address;
    NP_CHECK(getsockname(evconnlistener_get_fd(listener_.get()), generic, &size) == 0);
    port_ = ntohs(address.sin_port);
}

FakeRedis::~FakeRedis() = default;

void FakeRedis::say(const std::string& octets) {
    for (auto& [buffered, connection] : connections_) {
        bufferevent_write(buffered, octets.data(), octets.size());
    }
}

std::string FakeRedis::healthy_info() {
    return "# Server\r\nredis_mode:standalone\r\nrun_id:fake\r\nmaxmemory_policy:noeviction\r\n"
           "loading:0\r\nrole:master\r\nmaster_replid2:0000000000\r\nsecond_repl_offset:-1\r\n";
}

void FakeRedis::on_accept(evconnlistener*, int fd, sockaddr*, int, void* self) {
    static_cast<FakeRedis*>(self)->accept(fd);
}

void FakeRedis::accept(int fd) {
    ++accepted_;
    auto* const buffered = bufferevent_socket_new(&base_, fd, BEV_OPT_CLOSE_ON_FREE);
    NP_CHECK(buffered != nullptr);
    connections_[buffered].buffered.reset(buffered);
    bufferevent_setcb(buffered, on_readable, nullptr, on_event, this);
    bufferevent_enable(buffered, EV_READ | EV_WRITE);
}

void FakeRedis::on_readable(bufferevent* buffered, void* self) {
    static_cast<FakeRedis*>(self)->read(*buffered);
}

void FakeRedis::on_event(bufferevent* buffered, short, void* self) {
    static_cast<FakeRedis*>(self)->connections_.erase(buffered);
}

void FakeRedis::read(bufferevent& buffered) {
    auto& reader = connections_.at(&buffered).reader;
    auto* const input = bufferevent_get_input(&buffered);
    std::string octets(evbuffer_get_length(input), '\0');
    evbuffer_remove(input, octets.data(), octets.size());
    NP_CHECK(reader.feed(octets).has_value());
    while (connections_.contains(&buffered)) {
        const auto command = reader.next().value();
        if (!command) {
            return;
        }
        Words words;
        for (const auto& item : command->items) {
            words.push_back(item.text);
        }
        const auto reply = reply_to(words);
        if (connections_.contains(&buffered)) {
            bufferevent_write(&buffered, reply.data(), reply.size());
        }
    }
}

std::string FakeRedis::reply_to(const Words& words) const {
    if (greeting_ == Greeting::scripted) {
        return answer_(words);
    }
    if (words.front() == "INFO") {
        return bulk(info_);
    }
    if (words.front() == "EVAL" && words[2] == "0") {
        return "$-1\r\n";  // There is nothing that the user may not do.
    }
    if (words.front() == "SCRIPT") {
        return bulk(std::string(40, 'a'));
    }
    if (words.front() == "CLIENT" || words.front() == "AUTH") {
        return "+OK\r\n";
    }
    return answer_(words);
}

}  // namespace numproof
