// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/auth/auth_endpoints.h"
#include "daemon/ports/oauth_endpoints.h"

namespace numproof {

/// The authorization server, as the router calls it.
class OauthRoutes final : public OauthEndpoints {
public:
    /// `endpoints` outlives it.
    explicit OauthRoutes(AuthEndpoints& endpoints) noexcept : endpoints_(endpoints) {}

    [[nodiscard]] Task<http::Response> authorize(
        const http::Request& request, std::optional<SourceEndpoint> source, Deadline deadline
    ) override {
        return endpoints_.authorize(request, source, deadline);
    }

    [[nodiscard]] Task<http::Response> token(const http::Request& request, Deadline deadline)
        override {
        return endpoints_.token(request, deadline);
    }

    [[nodiscard]] Task<http::Response> revoke(const http::Request& request, Deadline deadline)
        override {
        return endpoints_.revoke(request, deadline);
    }

    [[nodiscard]] Task<http::Response> jwks(const http::Request& request, Deadline) override {
        co_return endpoints_.jwks(request);
    }

    [[nodiscard]] Task<http::Response> openid_configuration(const http::Request& request, Deadline)
        override {
        co_return endpoints_.openid_configuration(request);
    }

    [[nodiscard]] Task<http::Response> oauth_metadata(const http::Request& request, Deadline)
        override {
        co_return endpoints_.oauth_metadata(request);
    }

private:
    AuthEndpoints& endpoints_;
};

}  // namespace numproof
