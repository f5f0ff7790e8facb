// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <event2/bufferevent.h>

#include "adapters/evhtp/handshake_failure.h"

struct evbuffer;
struct evbuffer_cb_entry;
struct evbuffer_cb_info;
struct evhtp_connection;
struct evhtp_request;
struct ssl_st;

namespace numproof {

/// One connection of libevhtp, with a gate in front of its parser.
///
/// A filter sits between the connection's bufferevent, with TLS or without, and libevhtp. What a
/// client sends goes to the owner and no further: for each request that the owner releases,
/// libevhtp is given one constant request in its place, and the next one only when that is
/// finished. Answers go straight to the bufferevent below. libevhtp never closes: only destroying
/// the wire does, which must happen from the loop and not inside one of the owner's callbacks.
/// Everything on one event loop.
class Wire {
public:
    /// Who reads and answers. No callback comes after the wire is destroyed.
    class Owner {
    public:
        enum class Intake : std::uint8_t {
            hold,    ///< No whole request yet, or none wanted now.
            release  ///< A request is whole: dispatch() follows.
        };

        Owner() = default;
        Owner(const Owner&) = delete;
        Owner& operator=(const Owner&) = delete;
        virtual ~Owner() = default;

        /// `arrived` is what the client has sent; what is to be kept is taken out of it.
        virtual Intake take(evbuffer& arrived) = 0;

        /// The released request is to be answered, now or later, and then finish() called.
        virtual void dispatch() = 0;

        /// The TLS handshake is done. Not called for a connection without TLS.
        virtual void established() = 0;

        /// The TLS handshake has come to nothing; the connection is to be closed.
        virtual void handshake_failed(HandshakeFailure failure) = 0;

        /// The client sends no more, but may still read.
        virtual void peer_closed() = 0;

        /// The connection is gone.
        virtual void broken() = 0;

        /// All that was sent has been taken over by the system.
        virtual void all_sent() = 0;
    };

    /// Puts the gate into a connection that has just been accepted; null when there is no memory.
    [[nodiscard]] static std::unique_ptr<Wire> attach(evhtp_connection& connection, Owner& owner);

    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    /// Closes the connection; what is unsent is lost.
    ~Wire();

    /// Whether it speaks TLS: then nothing can be sent before established().
    [[nodiscard]] bool secure() const noexcept { return session_ != nullptr; }

    /// Gives `octets` to the system, or queues what it does not take at once.
    void send(std::string_view octets);

    /// The released request has been answered.
    void finish();

    /// Offers the owner again what has arrived, until it holds. Does nothing while it runs.
    void pump();

    /// How many octets wait to be taken by the system.
    [[nodiscard]] std::size_t unsent() const noexcept;

    /// Tells the client that nothing more will come. False when the system has no room for that
    /// now: to be called again.
    [[nodiscard]] bool end_output() noexcept;

    /// libevhtp calls back for the request that it was given.
    static void on_request(evhtp_request* request, void* unused);

private:
    struct Callbacks;

    explicit Wire(Owner& owner);

    [[nodiscard]] bool put_gate_into(evhtp_connection& connection);
    [[nodiscard]] bool offer();
    void bound_unread(std::size_t unread) noexcept;
    void read_on() noexcept;
    [[nodiscard]] HandshakeFailure failure(short what) const noexcept;
    void discard_unread() const noexcept;
    void ended(short what);
    void relay();

    static bufferevent_filter_result gate_input(
        evbuffer* source, evbuffer* target, ev_ssize_t, bufferevent_flush_mode, void* self
    );
    static void on_read(bufferevent* gate, void* self);
    static void on_event(bufferevent* gate, short what, void* self);
    static void on_output(evbuffer* output, const evbuffer_cb_info* change, void* self);
    static std::uint16_t on_fini(evhtp_connection* connection, void* self);

    Owner& owner_;
    std::unique_ptr<Callbacks> libevhtp_;
    evhtp_connection* connection_ = nullptr;
    evhtp_request* request_ = nullptr;
    bufferevent* below_ = nullptr;
    bufferevent* gate_ = nullptr;
    ssl_st* session_ = nullptr;  // nullptr: no TLS.
    evbuffer_cb_entry* output_watch_ = nullptr;
    bool in_handshake_ = false;
    bool reading_stopped_ = false;
    bool pumping_ = false;
};

}  // namespace numproof
