// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string_view>

#include "daemon/api/http_metrics.h"
#include "daemon/api/routes.h"
#include "daemon/audit/audit_trail.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/http_handler.h"
#include "daemon/ports/oauth_endpoints.h"
#include "daemon/verify/verifier.h"

namespace numproof {

/// What the public router needs; all of it outlives the router. `verifier`, `oauth` and `audit`
/// belong to the router's event loop, the rest is shared by all.
struct PublicParts {
    const RouteTable& routes;
    Verifier* verifier = nullptr;     ///< Needed if there are mounts.
    OauthEndpoints* oauth = nullptr;  ///< Needed if there are OAuth paths.
    AuditTrail& audit;
    HttpMetrics& metrics;
    const Clock& clock;
    const std::atomic<bool>& draining;
    /// Where a request comes from, as the last trusted hop saw it (rule R12); nullopt: it cannot
    /// be told.
    std::function<std::optional<SourceEndpoint>(const http::Request&)> source_of;
};

/// Answers the public listener: API mounts and OAuth paths. One instance belongs to one event loop.
class PublicRouter final : public HttpHandler {
public:
    explicit PublicRouter(PublicParts parts);

    [[nodiscard]] Task<http::Response> handle(const http::Request& request, Deadline deadline)
        override;

    [[nodiscard]] http::Response refuse(http::Refusal refusal, std::string_view path)
        const override;

    [[nodiscard]] bool draining() const noexcept override;

private:
    using Route = RouteTable::Route;

    /// What needs no endpoint: unknown paths, wrong methods, OPTIONS.
    [[nodiscard]] std::optional<http::Response> answer_at_once(
        const Route& route, const http::Request& request
    );
    [[nodiscard]] Task<http::Response> hand_on(
        const Route& route, const http::Request& request, Deadline deadline
    );
    [[nodiscard]] Task<http::Response> hand_on_oauth(
        Endpoint endpoint, const http::Request& request, Deadline deadline
    );
    [[nodiscard]] http::Response unknown_path(const Route& route, const http::Request& request)
        const;
    [[nodiscard]] http::Response wrong_method(const Route& route, const http::Request& request);
    void note(const Route& route, Problem problem, const http::Response& response) const;

    PublicParts parts_;
};

}  // namespace numproof
