// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "adapters/evhtp/connection_counts.h"
#include "adapters/evhtp/front_metrics.h"
#include "adapters/evhtp/http_options.h"
#include "adapters/evhtp/listening_socket.h"
#include "adapters/openssl/tls_server_context.h"
#include "daemon/base/result.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/http_handler.h"
#include "daemon/telemetry/log.h"

struct event_base;

namespace numproof {

/// The HTTP front of one worker: libevhtp on the worker's loop, with a strict gate before it.
///
/// Made, used and destroyed on the loop's thread, or while the loop does not run; accepting(),
/// connections() and in_flight() may be called from any. The process ignores SIGPIPE once one has
/// been made.
class HttpServer {
public:
    /// What it works with; all of it outlives the server. `metrics` and `counts` are shared by
    /// the workers of a listener.
    struct Parts {
        event_base& base;
        HttpHandler& handler;
        const Clock& clock;
        Log& log;
        FrontMetrics& metrics;
        ConnectionCounts& counts;
    };

    HttpServer(const Parts& parts, HttpServerOptions options);
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Closes everything at once. Answers to requests that are still being handled are dropped.
    ~HttpServer();

    /// Accepts on `socket` from now on, with `tls` or without; may be called for several.
    [[nodiscard]] Result<void> serve(
        ListeningSocket socket, std::shared_ptr<const TlsServerContext> tls = nullptr
    );

    /// New connections are under `options` from now on; those that are open keep theirs. So it is
    /// with `tls`: its n-th is for the n-th socket that serve() took, none leaves it as it is.
    void adopt(
        HttpServerOptions options, std::span<const std::shared_ptr<const TlsServerContext>> tls = {}
    );

    /// Takes who has connected, then nobody more; each connection ends after its next answer, and
    /// one that asks nothing for a moment is closed.
    void begin_drain();

    /// True if new connections are accepted.
    [[nodiscard]] bool accepting() const noexcept;

    /// How many connections are open.
    [[nodiscard]] std::size_t connections() const noexcept;

    /// How many requests wait for their handler.
    [[nodiscard]] std::size_t in_flight() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace numproof
