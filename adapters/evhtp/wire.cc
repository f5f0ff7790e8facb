// SPDX-License-Identifier: Apache-2.0
#include "adapters/evhtp/wire.h"

#include <utility>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <evhtp/evhtp.h>
#include <sys/socket.h>

#include "daemon/base/check.h"

namespace numproof {
namespace {

constexpr std::string_view kStandIn = "GET / HTTP/1.1\r\n\r\n";

/// A client that sends on while its request is answered fills this, and is then not read.
constexpr std::size_t kUnreadMax = 32 * 1024;

bufferevent_filter_result gate_input(
    evbuffer* source, evbuffer* target, ev_ssize_t, bufferevent_flush_mode, void* owner
) {
    using Intake = Wire::Owner::Intake;
    if (static_cast<Wire::Owner*>(owner)->take(*source) == Intake::hold) {
        return BEV_NEED_MORE;
    }
    evbuffer_add(target, kStandIn.data(), kStandIn.size());
    return BEV_OK;
}

}  // namespace

/// What libevhtp does with its bufferevent; we call it when it is due.
struct Wire::Callbacks {
    bufferevent_data_cb read = nullptr;
    bufferevent_data_cb write = nullptr;
    bufferevent_event_cb event = nullptr;
    void* argument = nullptr;
};

Wire::Wire(Owner& owner) : owner_(owner), libevhtp_(std::make_unique<Callbacks>()) {}

std::unique_ptr<Wire> Wire::attach(evhtp_connection& connection, Owner& owner) {
    std::unique_ptr<Wire> wire{new Wire(owner)};
    return wire->put_gate_into(connection) ? std::move(wire) : nullptr;
}

bool Wire::put_gate_into(evhtp_connection& connection) {
    below_ = connection.bev;
    // Before the filter is made: that replaces the callbacks of the one below.
    bufferevent_getcb(
        below_, &libevhtp_->read, &libevhtp_->write, &libevhtp_->event, &libevhtp_->argument
    );
    gate_ = bufferevent_filter_new(
        below_, gate_input, nullptr, BEV_OPT_CLOSE_ON_FREE, nullptr, &owner_
    );
    if (gate_ == nullptr) {
        return false;
    }
    connection_ = &connection;
    evhtp_connection_set_bev(connection_, gate_);
    const auto hook = reinterpret_cast<evhtp_hook>(reinterpret_cast<void (*)()>(on_fini));
    evhtp_connection_set_hook(connection_, evhtp_hook_on_connection_fini, hook, this);
    output_watch_ = evbuffer_add_cb(bufferevent_get_output(below_), on_output, this);
    bufferevent_setwatermark(below_, EV_READ, 0, kUnreadMax);
    bufferevent_setcb(gate_, on_read, nullptr, on_event, this);
    bufferevent_enable(gate_, EV_READ);
    return true;
}

Wire::~Wire() {
    if (auto* const connection = std::exchange(connection_, nullptr)) {
        evbuffer_remove_cb_entry(bufferevent_get_output(below_), output_watch_);
        evhtp_connection_free(connection);
    }
}

/// Mostly the socket takes an answer whole: then no event has to be waited for. What it does not
/// take, and any error, is left to the bufferevent. Not for TLS: octets leave as they are.
void Wire::send(std::string_view octets) {
    if (unsent() == 0) {
        const auto fd = bufferevent_getfd(below_);
        const auto sent = ::send(fd, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        octets.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }
    if (!octets.empty()) {
        bufferevent_write(below_, octets.data(), octets.size());
    }
}

void Wire::finish() {
    NP_CHECK(request_ != nullptr);
    evhtp_send_reply_end(std::exchange(request_, nullptr));
    // Frees the request and makes the parser ready. It would come by itself only if the answer
    // had gone through the gate.
    libevhtp_->write(gate_, libevhtp_->argument);
}

void Wire::pump() {
    if (pumping_) {
        return;
    }
    pumping_ = true;
    while (offer()) {
        relay();
    }
    pumping_ = false;
}

/// BEV_FLUSH, since BEV_NORMAL lets nothing through when reading has ended.
bool Wire::offer() {
    if (connection_ == nullptr) {
        return false;
    }
    bufferevent_flush(gate_, EV_READ, BEV_FLUSH);
    return evbuffer_get_length(bufferevent_get_input(gate_)) != 0;
}

void Wire::relay() {
    libevhtp_->read(gate_, libevhtp_->argument);
    if (request_ != nullptr) {
        owner_.dispatch();
    }
}

std::size_t Wire::unsent() const noexcept {
    return connection_ == nullptr ? 0 : evbuffer_get_length(bufferevent_get_output(below_));
}

void Wire::end_output() noexcept {
    shutdown(bufferevent_getfd(below_), SHUT_WR);
}

void Wire::on_request(evhtp_request* request, void*) {
    auto* const wire = static_cast<Wire*>(request->conn->hooks->on_connection_fini_arg);
    wire->request_ = request;
}

void Wire::on_read(bufferevent*, void* self) {
    auto& wire = *static_cast<Wire*>(self);
    if (wire.pumping_) {
        return;
    }
    wire.pumping_ = true;
    do {
        wire.relay();
    } while (wire.offer());
    wire.pumping_ = false;
}

void Wire::on_event(bufferevent*, short what, void* self) {
    auto& wire = *static_cast<Wire*>(self);
    if ((what & BEV_EVENT_CONNECTED) != 0) {
        return;
    }
    if ((what & BEV_EVENT_EOF) != 0 && (what & BEV_EVENT_READING) != 0) {
        wire.owner_.peer_closed();
    } else {
        wire.owner_.broken();
    }
}

void Wire::on_output(evbuffer* output, const evbuffer_cb_info* change, void* self) {
    if (change->n_deleted != 0 && evbuffer_get_length(output) == 0) {
        static_cast<Wire*>(self)->owner_.all_sent();
    }
}

/// libevhtp frees the connection without being asked only when it runs out of memory.
std::uint16_t Wire::on_fini(evhtp_connection*, void* self) {
    auto& wire = *static_cast<Wire*>(self);
    if (std::exchange(wire.connection_, nullptr) != nullptr) {
        wire.owner_.broken();
    }
    return EVHTP_RES_OK;
}

}  // namespace numproof
