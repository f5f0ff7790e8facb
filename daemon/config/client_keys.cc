// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/client_keys.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/base/bytes.h"

namespace numproof {
namespace {

constexpr std::array<std::string_view, 7> kKnown{"kty", "crv", "x", "y", "kid", "use", "alg"};
// RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1.
constexpr std::array<std::string_view, 8> kPrivate{"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

ConfigNode* find(ConfigNode& node, std::string_view key) {
    const auto found = std::ranges::find(node.members, key, &ConfigMember::key);
    return found == node.members.end() ? nullptr : &found->value;
}

ConfigNode* keys_of(ConfigNode& client) {
    auto* auth = find(client, "auth");
    auto* jwks = auth == nullptr ? nullptr : find(*auth, "jwks");
    return jwks == nullptr ? nullptr : find(*jwks, "keys");
}

void clean(ConfigNode& jwk, Mistakes& mistakes) {
    for (const auto& member : jwk.members) {
        if (std::ranges::find(kPrivate, member.key) != kPrivate.end()) {
            mistakes.push_back(
                {member.mark,
                 "\"" + member.key +
                     "\": a private key is never written here; keep the public "
                     "members only, and treat this key as lost",
                 {}}
            );
        }
    }
    std::erase_if(jwk.members, [](const ConfigMember& member) {
        return std::ranges::find(kKnown, member.key) == kKnown.end();
    });
}

/// RFC 8259 section 7.
std::string json_text(std::string_view text) {
    std::string json = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            json += '\\';
            json += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            json += "\\u00" + to_hex({&c, 1});
        } else {
            json += c;
        }
    }
    return json + "\"";
}

}  // namespace

ConfigNode without_foreign_key_members(ConfigNode clients, Mistakes& mistakes) {
    for (auto& client : clients.items) {
        auto* keys = keys_of(client);
        const std::size_t count = keys == nullptr ? 0 : keys->items.size();
        for (std::size_t i = 0; i < count; ++i) {
            clean(keys->items[i], mistakes);
        }
    }
    return clients;
}

ClientKey make_client_key(const SettingView& jwk) {
    std::string json;
    for (const auto name : kKnown) {
        if (const auto value = jwk[name]; !value.null()) {
            json += (json.empty() ? "" : ",") + json_text(name) + ":" + json_text(value.text());
        }
    }
    return {.kid = jwk["kid"].text(), .jwk = "{" + json + "}"};
}

}  // namespace numproof
