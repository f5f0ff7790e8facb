// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "adapters/evhtp/front_metrics.h"
#include "adapters/evhtp/http_options.h"
#include "daemon/http/response_writer.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/http_handler.h"

namespace numproof {

class Connection;

/// What the connections of one server share. It lives as long as the last request that is being
/// handled, which may be longer than the server. One event loop; the counters from any thread.
class Front {
public:
    using Later = std::function<void(std::shared_ptr<Connection>)>;

    struct Parts {
        HttpHandler& handler;
        const Clock& clock;
        FrontMetrics& metrics;
        Later later;  ///< Has advance() called on the connection from the loop, soon.
    };

    Front(Parts parts, HttpServerOptions options)
        : parts_(std::move(parts)),
          options_(std::make_shared<const HttpServerOptions>(std::move(options))) {}

    Front(const Front&) = delete;
    Front& operator=(const Front&) = delete;

    [[nodiscard]] HttpHandler& handler() const noexcept { return parts_.handler; }

    [[nodiscard]] FrontMetrics& metrics() const noexcept { return parts_.metrics; }

    /// Those of a connection that begins now; it keeps them until its end.
    [[nodiscard]] std::shared_ptr<const HttpServerOptions> options() const { return options_; }

    void adopt(HttpServerOptions options) {
        options_ = std::make_shared<const HttpServerOptions>(std::move(options));
    }

    [[nodiscard]] MonoTime now() const { return parts_.clock.mono_now(); }

    /// As parts.later.
    void later(std::shared_ptr<Connection> connection) const {
        parts_.later(std::move(connection));
    }

    /// `response` as octets that hold until the next call of this or of forget_written().
    [[nodiscard]] std::string_view written(
        const http::Response& response, http::ResponseContext context
    );

    /// Overwrites what written() gave: it may hold a token or a number.
    void forget_written() noexcept { std::ranges::fill(written_, '\0'); }

    /// True when answers are to close their connection.
    [[nodiscard]] bool draining() const { return draining_ || parts_.handler.draining(); }

    void drain() noexcept { draining_ = true; }

    /// The server is gone, and with it all that `parts` refer to.
    [[nodiscard]] bool closed() const noexcept { return closed_; }

    void close() noexcept { closed_ = true; }

    /// Requests that wait for their handler.
    std::atomic<std::size_t> in_flight{0};

private:
    [[nodiscard]] std::string_view date();

    Parts parts_;
    std::shared_ptr<const HttpServerOptions> options_;
    std::string written_;
    std::string date_;
    std::chrono::sys_seconds date_at_{};
    bool draining_ = false;
    bool closed_ = false;
};

}  // namespace numproof
