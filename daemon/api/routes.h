// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/mounts.h"
#include "daemon/audit/audit_trail.h"
#include "daemon/http/message.h"

namespace numproof {

/// What a path of the public listener stands for.
enum class Endpoint : std::uint8_t {
    verify,
    device_phone_number,
    authorize,
    token,
    revoke,
    jwks,
    openid_configuration,
    oauth_metadata,
    none  ///< Nothing is there.
};

inline constexpr std::size_t kEndpointCount = static_cast<std::size_t>(Endpoint::none) + 1;

/// The label `operation` of metrics.
[[nodiscard]] std::string_view name_of(Endpoint endpoint) noexcept;

/// The value of `Allow` for `endpoint`. HEAD is only where GET changes nothing: a token or a code
/// is not spent on an answer that nobody gets to see.
[[nodiscard]] std::string_view allow_of(Endpoint endpoint) noexcept;

/// True if `method` is asked of the endpoint itself (OPTIONS is not).
[[nodiscard]] bool accepts(Endpoint endpoint, http::Method method) noexcept;

/// The operation in audit events; nullopt for endpoints that decide nothing.
[[nodiscard]] std::optional<Operation> audited_as(Endpoint endpoint) noexcept;

/// What a node offers, by its roles: no `api` role, no mounts; no `auth` role, no OAuth.
struct Offer {
    enum class Oauth : std::uint8_t { absent, present };

    std::vector<Mount> mounts;
    Oauth oauth = Oauth::absent;
    std::vector<std::string> authorize_paths;  ///< `auth.paths.authorize`
    std::vector<std::string> token_paths;      ///< `auth.paths.token`
};

/// Exact paths to endpoints. Immutable.
class RouteTable {
public:
    struct Route {
        Endpoint endpoint = Endpoint::none;
        const Mount* mount = nullptr;  ///< Nullptr: OAuth or none.
    };

    explicit RouteTable(Offer offer);
    RouteTable(const RouteTable&) = delete;
    RouteTable& operator=(const RouteTable&) = delete;

    /// What `path` is; for an unknown one Endpoint::none with the mount that covers it.
    [[nodiscard]] Route find(std::string_view path) const;

private:
    void add_mounts();
    void add_oauth(const Offer& offer);

    MountTable mounts_;
    std::map<std::string, Route, std::less<>> routes_;
};

}  // namespace numproof
