// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_outbox.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "adapters/redis/redis_tls.h"
#include "daemon/base/check.h"

namespace numproof {

void RedisOutbox::BufferFreer::operator()(evbuffer* buffer) const noexcept {
    evbuffer_free(buffer);
}

void RedisOutbox::EventFreer::operator()(event* freed) const noexcept {
    event_free(freed);
}

RedisOutbox::RedisOutbox(event_base& base) : waiting_(evbuffer_new()) {
    const auto send = [](evutil_socket_t, short, void* self) {
        static_cast<RedisOutbox*>(self)->send_waiting();
    };
    turn_end_.reset(event_new(&base, -1, 0, send, this));
    NP_CHECK(waiting_ && turn_end_);
}

RedisOutbox::~RedisOutbox() = default;

void RedisOutbox::open(bufferevent& connection) {
    NP_CHECK(!connection_);
    connection_ = &connection;
    straight_ = !speaks_tls(connection);
}

void RedisOutbox::close() {
    connection_ = nullptr;
    event_del(turn_end_.get());
    evbuffer_drain(waiting_.get(), evbuffer_get_length(waiting_.get()));
}

void RedisOutbox::add(std::string_view octets) {
    NP_CHECK(connection_);
    if (bufferevent_getfd(connection_) < 0) {  // A pair in memory: there is no call to save.
        NP_CHECK(bufferevent_write(connection_, octets.data(), octets.size()) == 0);
        return;
    }
    if (evbuffer_get_length(waiting_.get()) == 0) {
        event_active(turn_end_.get(), 0, 0);  // Behind everything that this turn still has to do.
    }
    // A command that is lost here would give its reply to the next call.
    NP_CHECK(evbuffer_add(waiting_.get(), octets.data(), octets.size()) == 0);
}

void RedisOutbox::send_waiting() {
    auto* const earlier = bufferevent_get_output(connection_);
    if (straight_ && evbuffer_get_length(earlier) == 0) {
        evbuffer_write(waiting_.get(), bufferevent_getfd(connection_));
    }
    // Errors are left to the bufferevent, which reports them to the connection.
    if (evbuffer_get_length(waiting_.get()) > 0) {
        NP_CHECK(bufferevent_write_buffer(connection_, waiting_.get()) == 0);
    }
}

}  // namespace numproof
