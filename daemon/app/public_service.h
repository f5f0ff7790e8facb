// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "daemon/api/public_router.h"
#include "daemon/app/foundation.h"
#include "daemon/app/loop_directory.h"
#include "daemon/app/oauth_routes.h"
#include "daemon/audit/audit_trail.h"
#include "daemon/auth/auth_endpoints.h"
#include "daemon/ports/http_handler.h"
#include "daemon/verify/verifier.h"

namespace numproof {

/// What services of one event loop work with; all of it outlives them.
struct ServiceParts {
    Foundation& foundation;
    LoopDirectories& directories;
    AuditLog& audit_log;
};

/// Everything that answers a request under one edition, from the directory that is current when
/// it is made. Belongs to one event loop.
class PublicService {
public:
    PublicService(const ServiceParts& parts, std::shared_ptr<const Edition> edition);
    PublicService(const PublicService&) = delete;
    PublicService& operator=(const PublicService&) = delete;

    [[nodiscard]] PublicRouter& router() noexcept { return router_; }

    [[nodiscard]] AuditTrail& audit() noexcept { return audit_; }

private:
    [[nodiscard]] PublicParts public_parts(const ServiceParts& parts);
    [[nodiscard]] std::optional<SourceEndpoint> source_of(const http::Request& request) const;

    const std::shared_ptr<const Edition> edition_;
    const std::shared_ptr<LoopDirectory> directory_;
    AuditTrail audit_;
    Verifier verifier_;
    AuthEndpoints auth_;
    OauthRoutes oauth_;
    PublicRouter router_;
};

/// Hands each request to the service of the edition in force, which keeps it to its end: a reload
/// changes nothing under a request. Belongs to one event loop.
class CurrentService final : public HttpHandler {
public:
    CurrentService(const ServiceParts& parts, std::shared_ptr<const Edition> edition);

    /// Requests that begin from now on are answered under `edition`.
    void adopt(std::shared_ptr<const Edition> edition);

    [[nodiscard]] Task<http::Response> handle(const http::Request& request, Deadline deadline)
        override;

    [[nodiscard]] http::Response refuse(http::Refusal refusal, std::string_view path)
        const override;

    [[nodiscard]] bool draining() const noexcept override;

    /// AuditTrail::summarise() of every service that still answers or has just stopped to.
    [[nodiscard]] Task<void> summarise_refusals(Milliseconds within);

private:
    const ServiceParts parts_;
    std::shared_ptr<PublicService> now_;
    std::vector<std::shared_ptr<PublicService>> former_;  ///< Until all of it is summed up.
};

}  // namespace numproof
