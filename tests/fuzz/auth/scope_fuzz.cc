// SPDX-License-Identifier: Apache-2.0
// Whatever is asked for, no more is granted than the client is registered for, and what is granted
// reads the same when it is asked for again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/auth/scope_request.h"
#include "daemon/base/check.h"

namespace numproof {
namespace {

Client client_with(Client::LegacyScopes legacy) {
    Client client;
    client.scopes = ScopeSet{5};
    client.purposes = {"dpv:A", "dpv:B"};
    client.legacy_scopes = legacy;
    return client;
}

void check(std::string_view text, const Client& client) {
    const auto request = read_scope(text, client);
    if (!request) {
        NP_CHECK(request.error().error == OAuthError::invalid_scope);
        NP_CHECK(!request.error().reason.empty());
        return;
    }
    NP_CHECK(client.scopes.includes(request->scopes) && request->scopes.has_api_scope());
    NP_CHECK(std::ranges::count(client.purposes, request->purpose) == 1);
    const auto again = read_scope(request->text, client);
    NP_CHECK(again && again->text == request->text && again->scopes == request->scopes);
}

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace numproof;
    static const auto kStrict = client_with(Client::LegacyScopes::refused);
    static const auto kLegacy = client_with(Client::LegacyScopes::accepted);
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check(text, kStrict);
    check(text, kLegacy);
    return 0;
}
