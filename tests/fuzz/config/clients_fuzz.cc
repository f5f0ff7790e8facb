// SPDX-License-Identifier: Apache-2.0
// Whatever is in the file: a client that is accepted has all that its ways to prove who it is need,
// and nothing that none of them uses; no default is more than the client is registered for.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "adapters/yaml/settings_loader.h"
#include "daemon/base/check.h"

namespace numproof {
namespace {

bool may(const Client& client, ClientAuthMethod method) {
    return std::ranges::find(client.auth_methods, method) != client.auth_methods.end();
}

void check_auth(const Client& client) {
    const bool by_secret = may(client, ClientAuthMethod::client_secret_basic) ||
                           may(client, ClientAuthMethod::client_secret_post);
    NP_CHECK(!client.auth_methods.empty());
    NP_CHECK(by_secret == !client.secret_hash.empty());
    NP_CHECK(may(client, ClientAuthMethod::private_key_jwt) == !client.keys.empty());
    std::set<std::string> names;
    for (const auto& key : client.keys) {
        NP_CHECK(names.insert(key.kid).second && (client.keys.size() == 1 || !key.kid.empty()));
        NP_CHECK(!key.jwk.empty() && key.jwk.find("\"d\"") == std::string::npos);
    }
}

void check_addresses(const Client& client) {
    for (const auto& uri : client.redirect_uris) {
        NP_CHECK(uri.find(':') != std::string::npos && uri.find('#') == std::string::npos);
        NP_CHECK(std::ranges::all_of(uri, [](char c) { return c > ' ' && c < '\x7f'; }));
    }
}

void check(const std::string& id, const Client& client) {
    NP_CHECK(!id.empty() && client.id == id);
    check_auth(client);
    check_addresses(client);
    NP_CHECK(
        client.default_purpose.empty() ||
        std::ranges::count(client.purposes, client.default_purpose) > 0
    );
    NP_CHECK(!client.rate || (client.rate->rate > 0 && client.rate->burst > 0));
}

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace numproof;
    const std::string_view text{reinterpret_cast<const char*>(octets), size};
    const auto read = load_clients({.source = "f", .content = text});
    if (!read) {
        NP_CHECK(!to_text(read.error()).empty());
        return 0;
    }
    for (const auto& [id, client] : *read) {
        check(id, client);
    }
    return 0;
}
