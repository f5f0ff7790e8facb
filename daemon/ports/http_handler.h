// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "daemon/base/deadline.h"
#include "daemon/base/task.h"
#include "daemon/http/message.h"

namespace numproof {

/// Port: what answers the requests of one listener. One instance belongs to one event loop.
class HttpHandler {
public:
    HttpHandler() = default;
    HttpHandler(const HttpHandler&) = delete;
    HttpHandler& operator=(const HttpHandler&) = delete;
    virtual ~HttpHandler() = default;

    /// Answers `request`, which stays valid until the task has ended.
    [[nodiscard]] virtual Task<http::Response> handle(
        const http::Request& request, Deadline deadline
    ) = 0;

    /// The body for a request that the gate refuses. `path` is what is known of the target's path;
    /// it may be empty, and decides only which error format is spoken.
    [[nodiscard]] virtual http::Response refuse(http::Refusal refusal, std::string_view path)
        const = 0;

    /// True before a handler may be asked to stop taking new work: the front then closes
    /// connections after their current answer.
    [[nodiscard]] virtual bool draining() const noexcept = 0;
};

}  // namespace numproof
