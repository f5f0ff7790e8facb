// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/routes.h"

#include <array>
#include <utility>

namespace numproof {
namespace {

using Methods = unsigned;

constexpr Methods bit(http::Method method) noexcept {
    return 1U << static_cast<unsigned>(method);
}

constexpr Methods kGet = bit(http::Method::get);
constexpr Methods kPost = bit(http::Method::post);
constexpr Methods kHead = bit(http::Method::head);

struct Row {
    std::string_view name;
    Methods methods;
    std::string_view allow;
};

constexpr std::array<Row, kEndpointCount> kRows{{
    {"verify", kPost, "POST, OPTIONS"},
    {"device-phone-number", kGet, "GET, OPTIONS"},
    {"authorize", kGet | kPost, "GET, POST, OPTIONS"},
    {"token", kPost, "POST, OPTIONS"},
    {"revoke", kPost, "POST, OPTIONS"},
    {"jwks", kGet | kHead, "GET, HEAD, OPTIONS"},
    {"openid-configuration", kGet | kHead, "GET, HEAD, OPTIONS"},
    {"oauth-metadata", kGet | kHead, "GET, HEAD, OPTIONS"},
    {"none", 0, ""},
}};

const Row& row_of(Endpoint endpoint) noexcept {
    return kRows[static_cast<std::size_t>(endpoint)];
}

}  // namespace

std::string_view name_of(Endpoint endpoint) noexcept {
    return row_of(endpoint).name;
}

std::string_view allow_of(Endpoint endpoint) noexcept {
    return row_of(endpoint).allow;
}

bool accepts(Endpoint endpoint, http::Method method) noexcept {
    return (row_of(endpoint).methods & bit(method)) != 0;
}

std::optional<Operation> audited_as(Endpoint endpoint) noexcept {
    switch (endpoint) {
        case Endpoint::verify:
            return Operation::verify;
        case Endpoint::device_phone_number:
            return Operation::device_phone_number;
        case Endpoint::authorize:
            return Operation::authorize;
        case Endpoint::token:
            return Operation::token;
        case Endpoint::revoke:
        case Endpoint::jwks:
        case Endpoint::openid_configuration:
        case Endpoint::oauth_metadata:
        case Endpoint::none:
            return std::nullopt;
    }
    return std::nullopt;
}

RouteTable::RouteTable(Offer offer) : mounts_(std::move(offer.mounts)) {
    add_mounts();
    if (offer.oauth == Offer::Oauth::present) {
        add_oauth(offer);
    }
}

void RouteTable::add_mounts() {
    for (const auto& mount : mounts_.all()) {
        const Route verify{.endpoint = Endpoint::verify, .mount = &mount};
        const Route share{.endpoint = Endpoint::device_phone_number, .mount = &mount};
        routes_.emplace(mount.prefix + "/verify", verify);
        routes_.emplace(mount.prefix + "/device-phone-number", share);
    }
}

void RouteTable::add_oauth(const Offer& offer) {
    const auto add = [this](const std::string& path, Endpoint endpoint) {
        routes_.emplace(path, Route{.endpoint = endpoint, .mount = nullptr});
    };
    for (const auto& path : offer.authorize_paths) {
        add(path, Endpoint::authorize);
    }
    for (const auto& path : offer.token_paths) {
        add(path, Endpoint::token);
    }
    add("/oauth2/revoke", Endpoint::revoke);
    add("/oauth2/jwks", Endpoint::jwks);
    add("/.well-known/openid-configuration", Endpoint::openid_configuration);
    add("/.well-known/oauth-authorization-server", Endpoint::oauth_metadata);
}

RouteTable::Route RouteTable::find(std::string_view path) const {
    const auto found = routes_.find(path);
    if (found != routes_.end()) {
        return found->second;
    }
    return Route{.endpoint = Endpoint::none, .mount = mounts_.covering(path)};
}

}  // namespace numproof
