// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "daemon/base/deadline.h"
#include "daemon/base/task.h"
#include "daemon/domain/address.h"
#include "daemon/http/message.h"

namespace numproof {

/// Port between the router and the authorization server. The router has checked path and method;
/// every answer, errors too, is in OAuth's form (RFC 6749). `request` stays valid until the task
/// has ended. One instance belongs to one event loop.
class OauthEndpoints {
public:
    OauthEndpoints() = default;
    OauthEndpoints(const OauthEndpoints&) = delete;
    OauthEndpoints& operator=(const OauthEndpoints&) = delete;
    virtual ~OauthEndpoints() = default;

    /// RFC 6749 section 3.1, GET or POST. `source` is where the device's connection comes from, as
    /// the last trusted hop saw it; nullopt: it cannot be told.
    [[nodiscard]] virtual Task<http::Response> authorize(
        const http::Request& request, std::optional<SourceEndpoint> source, Deadline deadline
    ) = 0;

    /// RFC 6749 section 3.2, POST.
    [[nodiscard]] virtual Task<http::Response> token(
        const http::Request& request, Deadline deadline
    ) = 0;

    /// RFC 7009, POST.
    [[nodiscard]] virtual Task<http::Response> revoke(
        const http::Request& request, Deadline deadline
    ) = 0;

    /// RFC 7517, GET.
    [[nodiscard]] virtual Task<http::Response> jwks(
        const http::Request& request, Deadline deadline
    ) = 0;

    /// OpenID Connect Discovery 1.0 section 4, GET.
    [[nodiscard]] virtual Task<http::Response> openid_configuration(
        const http::Request& request, Deadline deadline
    ) = 0;

    /// RFC 8414 section 3, GET.
    [[nodiscard]] virtual Task<http::Response> oauth_metadata(
        const http::Request& request, Deadline deadline
    ) = 0;
};

}  // namespace numproof
