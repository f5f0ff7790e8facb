// SPDX-License-Identifier: Apache-2.0
#include "daemon/vault/generation_keys.h"

namespace numproof {
namespace {

constexpr std::size_t kMarkOctets = 3;

SecretKey derived(const Crypto& crypto, const SecretKey& secret, std::string_view label) {
    return SecretKey{std::string{as_view(crypto.hmac_sha256(secret, labelled(label, {})))}};
}

}  // namespace

NamedKey name_key(const Crypto& crypto, SecretKey key) {
    const auto digest = crypto.sha256(labelled("key id", key.reveal()));
    return NamedKey{.id = to_hex(as_view(digest).substr(0, 4)), .key = std::move(key)};
}

Bytes labelled(std::string_view label, std::string_view data) {
    Bytes joined{label};
    joined.push_back('\0');
    joined.append(data);
    return joined;
}

GenerationKeys GenerationKeys::derive(
    const Crypto& crypto, std::string_view id, const SecretKey& secret
) {
    const auto mark = crypto.hmac_sha256(secret, labelled("mark", {}));
    auto sealing = name_key(crypto, derived(crypto, secret, "records"));
    const auto first = static_cast<unsigned char>(parse_hex(sealing.id).value().front());
    return {
        .id = std::string{id},
        .mark = Bytes{as_view(mark).substr(0, kMarkOctets)},
        .seal_mark = static_cast<char>(first | 0x80U),
        .naming = derived(crypto, secret, "names"),
        .sealing = std::move(sealing)};
}

}  // namespace numproof
