// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ports/http_handler.h"

namespace numproof {

/// One thing that has to be well before the node may answer.
struct ReadinessCheck {
    std::string name;  ///< One word, shown by `/readyz?verbose`: `directory`, `feed`, `audit`.
    std::function<std::optional<std::string>()> trouble;  ///< Nullopt: all is well.
};

/// A text that does not change while the program runs.
struct StaticDocument {
    std::string content_type;
    std::string text;
};

/// A command of `numproofctl`: its request's body is whatever the command takes, its answer JSON.
struct AdminCommand {
    using Run =
        std::function<Task<http::Response>(const http::Request& request, Deadline deadline)>;

    http::Method method = http::Method::get;  ///< get: it only looks; post: it changes something.
    Run run;  ///< A coroutine must not live in a lambda's captures: call a member function.
};

/// What the admin router answers with. The callbacks run on the router's event loop.
struct AdminParts {
    std::vector<ReadinessCheck> checks;
    std::function<bool()> started;                    ///< For `/startupz`.
    std::function<std::string()> metrics;             ///< The text exposition format 0.0.4.
    std::map<std::string, StaticDocument> documents;  ///< By path: `/openapi/v1.yaml`.
    std::map<std::string, AdminCommand> commands;     ///< By path: `/v1/status`.
};

/// Answers the admin listener and the admin socket: health, metrics, documents and the commands of
/// `numproofctl`. One instance belongs to one event loop.
class AdminRouter final : public HttpHandler {
public:
    explicit AdminRouter(AdminParts parts);

    [[nodiscard]] Task<http::Response> handle(const http::Request& request, Deadline deadline)
        override;

    [[nodiscard]] http::Response refuse(http::Refusal refusal, std::string_view path)
        const override;

    /// Never: an operator looks until the end.
    [[nodiscard]] bool draining() const noexcept override { return false; }

    /// The troubles of all checks that have one, as `name: trouble`. Empty: ready.
    [[nodiscard]] std::vector<std::string> troubles() const;

private:
    [[nodiscard]] std::optional<http::Response> look(const http::Request& request) const;
    [[nodiscard]] http::Response readiness(std::string_view query) const;

    AdminParts parts_;
};

}  // namespace numproof
