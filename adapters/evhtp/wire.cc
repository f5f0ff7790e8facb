// SPDX-License-Identifier: Apache-2.0
#include "adapters/evhtp/wire.h"

#include <array>
#include <utility>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <evhtp/evhtp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "daemon/base/check.h"

namespace numproof {
namespace {

constexpr std::string_view kStandIn = "GET / HTTP/1.1\r\n\r\n";

/// A client that sends on while its request is answered fills this, and is then not read.
constexpr std::size_t kUnreadMax = 32 * 1024;

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
    gate_ =
        bufferevent_filter_new(below_, gate_input, nullptr, BEV_OPT_CLOSE_ON_FREE, nullptr, this);
    if (gate_ == nullptr) {
        return false;
    }
    connection_ = &connection;
    evhtp_connection_set_bev(connection_, gate_);
    const auto hook = reinterpret_cast<evhtp_hook>(reinterpret_cast<void (*)()>(on_fini));
    evhtp_connection_set_hook(connection_, evhtp_hook_on_connection_fini, hook, this);
    output_watch_ = evbuffer_add_cb(bufferevent_get_output(below_), on_output, this);
    session_ = connection.ssl;
    in_handshake_ = secure();
    if (session_ == nullptr) {
        bufferevent_setwatermark(below_, EV_READ, 0, kUnreadMax);
    }
    bufferevent_setcb(gate_, on_read, nullptr, on_event, this);
    bufferevent_enable(gate_, EV_READ);
    return true;
}

Wire::~Wire() {
    if (auto* const connection = std::exchange(connection_, nullptr)) {
        evbuffer_remove_cb_entry(bufferevent_get_output(below_), output_watch_);
        if (in_handshake_) {
            discard_unread();
        }
        evhtp_connection_free(connection);
        // It says farewell even in a handshake, about which OpenSSL complains.
        ERR_clear_error();
    }
}

bufferevent_filter_result Wire::gate_input(
    evbuffer* source, evbuffer* target, ev_ssize_t, bufferevent_flush_mode, void* self
) {
    auto& wire = *static_cast<Wire*>(self);
    if (wire.owner_.take(*source) == Owner::Intake::hold) {
        wire.bound_unread(evbuffer_get_length(source));
        return BEV_NEED_MORE;
    }
    evbuffer_add(target, kStandIn.data(), kStandIn.size());
    return BEV_OK;
}

/// For TLS, in place of a watermark: that would stop libevent amid a record, and what OpenSSL has
/// of it already would not be looked at until the client sends more.
void Wire::bound_unread(std::size_t unread) noexcept {
    if (session_ != nullptr && unread > kUnreadMax) {
        reading_stopped_ = true;
        bufferevent_disable(below_, EV_READ);
    }
}

void Wire::read_on() noexcept {
    if (std::exchange(reading_stopped_, false)) {
        bufferevent_enable(below_, EV_READ);
    }
}

/// Mostly the socket takes an answer whole: then no event has to be waited for. What it does not
/// take, and any error, is left to the bufferevent; so is everything when it has to be encrypted.
void Wire::send(std::string_view octets) {
    if (session_ == nullptr && unsent() == 0) {
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
    read_on();
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

bool Wire::end_output() noexcept {
    if (session_ != nullptr) {
        // close_notify, RFC 8446 section 6.1: without it a client could not tell the end from a
        // cut.
        const int told = SSL_shutdown(session_);
        const bool later = told < 0 && SSL_get_error(session_, told) == SSL_ERROR_WANT_WRITE;
        ERR_clear_error();
        if (later) {
            return false;
        }
    }
    shutdown(bufferevent_getfd(below_), SHUT_WR);
    return true;
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
        wire.in_handshake_ = false;
        wire.owner_.established();
    } else {
        wire.ended(what);
    }
}

void Wire::ended(short what) {
    if (in_handshake_) {
        const auto why = failure(what);
        ERR_clear_error();
        owner_.handshake_failed(why);
        return;
    }
    ERR_clear_error();
    if ((what & BEV_EVENT_EOF) == 0 || (what & BEV_EVENT_READING) == 0) {
        owner_.broken();
        return;
    }
    if (session_ != nullptr) {
        // The client's farewell has ended writing as well; it may still wait for its answer.
        bufferevent_enable(below_, EV_WRITE);
    }
    owner_.peer_closed();
}

HandshakeFailure Wire::failure(short what) const noexcept {
    const auto code = bufferevent_get_openssl_error(below_);
    // libevent has no error of OpenSSL to tell when the socket has failed.
    if (ERR_SYSTEM_ERROR(code) || ERR_GET_LIB(code) == 0 || (what & BEV_EVENT_EOF) != 0) {
        return HandshakeFailure::cut;
    }
    switch (ERR_GET_REASON(code)) {
        case SSL_R_UNEXPECTED_EOF_WHILE_READING:
            return HandshakeFailure::cut;
        case SSL_R_HTTP_REQUEST:
        case SSL_R_HTTPS_PROXY_REQUEST:
        case SSL_R_WRONG_VERSION_NUMBER:
            return HandshakeFailure::plaintext;
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
            return HandshakeFailure::certificate;
        default:
            return HandshakeFailure::protocol;
    }
}

/// What has arrived and is not read makes closing a reset, which may overtake the alert that says
/// what is wrong.
void Wire::discard_unread() const noexcept {
    constexpr int kRoundsMax = 16;
    std::array<char, 4096> thrown_away;
    const auto fd = bufferevent_getfd(below_);
    for (int i = 0; i < kRoundsMax; ++i) {
        if (recv(fd, thrown_away.data(), thrown_away.size(), MSG_DONTWAIT) <= 0) {
            return;
        }
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
