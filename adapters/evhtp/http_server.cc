// SPDX-License-Identifier: Apache-2.0
#include "adapters/evhtp/http_server.h"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include <event2/event.h>
#include <event2/listener.h>
#include <evhtp/evhtp.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>

#include "adapters/evhtp/connection.h"
#include "adapters/evhtp/socket_address.h"
#include "daemon/base/check.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

/// Long enough for a handshake that has begun, and less than after what callers try again.
constexpr timeval kLastCallers{.tv_sec = 0, .tv_usec = 200'000};
constexpr timeval kAcceptPause{.tv_sec = 0, .tv_usec = 100'000};
constexpr Milliseconds kSweepMin{10};
constexpr Milliseconds kSweepMax{250};
constexpr std::chrono::minutes kAcceptLogPause{1};

struct EventFreer {
    void operator()(event* made) const noexcept { event_free(made); }
};

using EventPtr = std::unique_ptr<event, EventFreer>;

/// Often enough that no time-out is late by more than a quarter.
Milliseconds sweep_interval(const HttpTimeouts& timeouts) {
    const auto shortest = std::min(
        {timeouts.head, timeouts.body, timeouts.idle, timeouts.write, timeouts.tls_handshake}
    );
    return std::clamp(shortest / 4, kSweepMin, kSweepMax);
}

timeval to_timeval(Milliseconds span) {
    return {
        .tv_sec = span.count() / 1000,
        .tv_usec = static_cast<suseconds_t>(span.count() % 1000 * 1000)};
}

/// libevhtp frees the context of a listener with it.
void give_context(evhtp_t& listener, const TlsServerContext& tls) {
    auto* const fresh = &tls.get();
    if (listener.ssl_ctx != fresh) {
        NP_CHECK(SSL_CTX_up_ref(fresh) == 1);
        SSL_CTX_free(std::exchange(listener.ssl_ctx, fresh));
    }
}

}  // namespace

struct HttpServer::State {
    Parts parts;
    std::shared_ptr<Front> front;
    std::vector<evhtp_t*> listeners;
    std::vector<std::pair<int, ListenAddress>> ours_alone;  // Of their sockets.
    std::vector<std::shared_ptr<Connection>> connections;
    std::vector<std::shared_ptr<Connection>> waiting;
    std::atomic<std::size_t> open{0};
    std::atomic<bool> accepting{false};
    Connection::Admission next_admission = Connection::Admission::welcome;
    MonoTime quiet_until{};
    EventPtr kick;
    EventPtr sweep;
    EventPtr accept_again;
    EventPtr accept_no_more;

    State(const Parts& given, HttpServerOptions options);
    ~State();
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    [[nodiscard]] bool admit(const evhtp_connection_t& accepted);
    [[nodiscard]] bool adopt(evhtp_connection_t& accepted);
    void advance_waiting();
    void forget(const Connection& connection);
    void pause_accepting();
    void sweep_every(Milliseconds interval);
    void unbind();

    static evhtp_res on_pre_accept(evhtp_connection_t* accepted, void* self);
    static evhtp_res on_post_accept(evhtp_connection_t* accepted, void* self);
    static void on_accept_error(evconnlistener* listener, void* htp);
    static void on_kick(evutil_socket_t, short, void* self);
    static void on_sweep(evutil_socket_t, short, void* self);
    static void on_accept_again(evutil_socket_t, short, void* self);
    static void on_accept_no_more(evutil_socket_t, short, void* self);
};

HttpServer::State::State(const Parts& given, HttpServerOptions options) : parts(given) {
    static const auto ignored = signal(SIGPIPE, SIG_IGN);
    NP_CHECK(ignored != SIG_ERR);
    kick.reset(event_new(&parts.base, -1, 0, on_kick, this));
    sweep.reset(event_new(&parts.base, -1, EV_PERSIST, on_sweep, this));
    accept_again.reset(event_new(&parts.base, -1, 0, on_accept_again, this));
    accept_no_more.reset(event_new(&parts.base, -1, 0, on_accept_no_more, this));
    NP_CHECK(kick && sweep && accept_again && accept_no_more);
    sweep_every(sweep_interval(options.timeouts));
    auto later = [this](std::shared_ptr<Connection> connection) {
        waiting.push_back(std::move(connection));
        event_active(kick.get(), EV_TIMEOUT, 1);
    };
    front = std::make_shared<Front>(
        Front::Parts{
            .handler = parts.handler,
            .clock = parts.clock,
            .metrics = parts.metrics,
            .later = std::move(later)},
        std::move(options)
    );
}

HttpServer::State::~State() {
    front->close();
    unbind();
    for (const auto& connection : connections) {
        connection->abandon();
        parts.counts.leave(connection->peer());
        parts.metrics.closed();
    }
    for (auto* const listener : listeners) {
        evhtp_free(listener);
    }
}

bool HttpServer::State::admit(const evhtp_connection_t& accepted) {
    using Verdict = ConnectionCounts::Verdict;
    const int on = 1;
    fcntl(accepted.sock, F_SETFD, FD_CLOEXEC);
    setsockopt(accepted.sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto verdict = parts.counts.enter(SocketAddress::endpoint_of(*accepted.saddr));
    next_admission = verdict == Verdict::overloaded ? Connection::Admission::overloaded
                                                    : Connection::Admission::welcome;
    if (verdict == Verdict::turned_away) {
        parts.metrics.turned_away();
    }
    return verdict != Verdict::turned_away;
}

bool HttpServer::State::adopt(evhtp_connection_t& accepted) {
    const auto peer = SocketAddress::endpoint_of(*accepted.saddr);
    auto connection = std::make_shared<Connection>(front, peer, next_admission);
    if (!connection->open(accepted)) {
        parts.counts.leave(peer);
        return false;
    }
    parts.metrics.accepted();
    open.fetch_add(1, std::memory_order_relaxed);
    connection->slot = connections.size();
    connections.push_back(std::move(connection));
    return true;
}

void HttpServer::State::advance_waiting() {
    std::vector<std::shared_ptr<Connection>> batch;
    batch.swap(waiting);
    for (const auto& connection : batch) {
        connection->advance();
        if (connection->ended()) {
            forget(*connection);
        }
    }
}

void HttpServer::State::forget(const Connection& connection) {
    const auto slot = connection.slot;
    if (slot >= connections.size() || connections[slot].get() != &connection) {
        return;
    }
    parts.counts.leave(connection.peer());
    parts.metrics.closed();
    open.fetch_sub(1, std::memory_order_relaxed);
    std::swap(connections[slot], connections.back());
    connections[slot]->slot = slot;
    connections.pop_back();
}

void HttpServer::State::sweep_every(Milliseconds interval) {
    const auto span = to_timeval(interval);
    event_add(sweep.get(), &span);
}

/// Without descriptors, accepting would only spin.
void HttpServer::State::pause_accepting() {
    for (auto* const listener : listeners) {
        if (listener->server != nullptr) {
            evconnlistener_disable(listener->server);
        }
    }
    event_add(accept_again.get(), &kAcceptPause);
    parts.metrics.accept_failed();
    const auto now = parts.clock.mono_now();
    if (now >= quiet_until) {
        quiet_until = now + kAcceptLogPause;
        parts.log.write(messages::http_accept_failed, {});
    }
}

void HttpServer::State::unbind() {
    for (auto* const listener : listeners) {
        evhtp_unbind_socket(listener);
    }
    ours_alone.clear();
    accepting.store(false, std::memory_order_relaxed);
}

evhtp_res HttpServer::State::on_pre_accept(evhtp_connection_t* accepted, void* self) {
    return static_cast<State*>(self)->admit(*accepted) ? EVHTP_RES_OK : EVHTP_RES_ERROR;
}

evhtp_res HttpServer::State::on_post_accept(evhtp_connection_t* accepted, void* self) {
    return static_cast<State*>(self)->adopt(*accepted) ? EVHTP_RES_OK : EVHTP_RES_ERROR;
}

void HttpServer::State::on_accept_error(evconnlistener*, void* htp) {
    static_cast<State*>(static_cast<evhtp_t*>(htp)->arg)->pause_accepting();
}

void HttpServer::State::on_kick(evutil_socket_t, short, void* self) {
    static_cast<State*>(self)->advance_waiting();
}

void HttpServer::State::on_sweep(evutil_socket_t, short, void* self) {
    const auto& state = *static_cast<State*>(self);
    const auto now = state.parts.clock.mono_now();
    for (const auto& connection : state.connections) {
        connection->check(now);
    }
}

void HttpServer::State::on_accept_again(evutil_socket_t, short, void* self) {
    for (auto* const listener : static_cast<State*>(self)->listeners) {
        if (listener->server != nullptr) {
            evconnlistener_enable(listener->server);
        }
    }
}

void HttpServer::State::on_accept_no_more(evutil_socket_t, short, void* self) {
    auto& state = *static_cast<State*>(self);
    state.unbind();
    for (const auto& connection : state.connections) {
        connection->drain();
    }
}

HttpServer::HttpServer(const Parts& parts, HttpServerOptions options)
    : state_(std::make_unique<State>(parts, std::move(options))) {}

HttpServer::~HttpServer() = default;

Result<void> HttpServer::serve(
    ListeningSocket socket, std::shared_ptr<const TlsServerContext> tls
) {
    evhtp_t* const listener = evhtp_new(&state_->parts.base, state_.get());
    NP_CHECK(listener != nullptr);
    if (tls) {
        give_context(*listener, *tls);
    }
    state_->listeners.push_back(listener);
    // Callbacks at once, not deferred: nothing is freed inside one.
    evhtp_set_bev_flags(listener, BEV_OPT_CLOSE_ON_FREE);
    evhtp_set_gencb(listener, Wire::on_request, nullptr);
    evhtp_set_pre_accept_cb(listener, State::on_pre_accept, state_.get());
    evhtp_set_post_accept_cb(listener, State::on_post_accept, state_.get());
    if (evhtp_accept_socket(listener, socket.fd(), 0) != 0) {
        return fail(ErrorCode::io_failure, to_text(socket.address()) + ": cannot be listened on");
    }
    if (socket.holder() == ListeningSocket::Holder::we_alone) {
        state_->ours_alone.emplace_back(socket.fd(), socket.address());
    }
    state_->accepting.store(true, std::memory_order_relaxed);
    [[maybe_unused]] const int owned_by_libevhtp = socket.release();
    evconnlistener_set_error_cb(listener->server, State::on_accept_error);
    return {};
}

void HttpServer::adopt(
    HttpServerOptions options, std::span<const std::shared_ptr<const TlsServerContext>> tls
) {
    for (std::size_t i = 0; i < std::min(tls.size(), state_->listeners.size()); ++i) {
        // One without stays plain: whoever calls there does not speak TLS.
        if (tls[i] && state_->listeners[i]->ssl_ctx != nullptr) {
            give_context(*state_->listeners[i], *tls[i]);
        }
    }
    // Connections of before may be swept more or less often than they need: a quarter at most.
    state_->sweep_every(std::min(
        sweep_interval(options.timeouts), sweep_interval(state_->front->options()->timeouts)
    ));
    state_->front->adopt(std::move(options));
}

void HttpServer::begin_drain() {
    state_->front->drain();
    for (const auto& [fd, address] : state_->ours_alone) {
        drop_newcomers(fd, address);
    }
    event_add(state_->accept_no_more.get(), &kLastCallers);
}

bool HttpServer::accepting() const noexcept {
    return state_->accepting.load(std::memory_order_relaxed);
}

std::size_t HttpServer::connections() const noexcept {
    return state_->open.load(std::memory_order_relaxed);
}

std::size_t HttpServer::in_flight() const noexcept {
    return state_->front->in_flight.load(std::memory_order_relaxed);
}

}  // namespace numproof
