// SPDX-License-Identifier: Apache-2.0
#include "daemon/vault/vault.h"

#include <algorithm>

#include "daemon/base/check.h"

namespace numproof {
namespace {

constexpr std::size_t kSecretOctets = 32;
constexpr std::size_t kKeyIdText = 8;

Result<Bytes> not_ours(std::string_view sealed) {
    const auto id = sealed.substr(0, kKeyIdText);
    if (id.size() == kKeyIdText && parse_hex(id)) {
        return fail(ErrorCode::key_missing, "key " + std::string{id} + " is not in the key file");
    }
    return fail(ErrorCode::integrity_failure, "not a sealed value");
}

constexpr std::size_t kTagSize = 8;

/// The first octets of a `sid` are its shard; its key in the store takes the mark from here.
constexpr std::size_t kSubscriberMarkAt = 12;

/// `digest` with `mark` in it from `at` on.
Digest marked(Digest digest, const Bytes& mark, std::size_t at) {
    std::ranges::copy(mark, digest.begin() + static_cast<std::ptrdiff_t>(at));
    return digest;
}

Bytes tag_of(const Digest& digest) {
    return Bytes{as_view(digest).substr(0, kTagSize)};
}

}  // namespace

Vault::Vault(const Crypto& crypto, KeyRing ring) : crypto_(crypto) {
    rotate(std::move(ring));
    adopt({}, SecretKey{crypto_.random(kSecretOctets)});
}

void Vault::rotate(KeyRing ring) {
    NP_CHECK(!ring.empty());
    auto keys = std::make_unique<DirectoryKeys>();
    for (const auto& named : ring) {
        const auto derived = crypto_.hmac_sha256(named.key, labelled("seal", {}));
        keys->sealing.push_back({.id = named.id, .key = SecretKey{std::string{as_view(derived)}}});
    }
    keys->ring = std::move(ring);
    const std::lock_guard lock{mutex_};
    held_.store(keys.get(), std::memory_order_release);
    rings_.push_back(std::move(keys));
}

void Vault::adopt(std::string_view id, const SecretKey& secret) {
    const auto* const now = generation_.load(std::memory_order_acquire);
    if (now != nullptr && now->id == id) {
        return;
    }
    const std::lock_guard lock{mutex_};
    auto known = std::ranges::find_if(adopted_, [&](const auto& keys) { return keys->id == id; });
    if (known == adopted_.end()) {
        auto keys =
            std::make_unique<const GenerationKeys>(GenerationKeys::derive(crypto_, id, secret));
        known = adopted_.insert(adopted_.end(), std::move(keys));
    }
    generation_.store(known->get(), std::memory_order_release);
}

std::string Vault::mark() const {
    return to_base64url(keys_now().mark);
}

std::string Vault::in_generation(std::string_view name) const {
    return mark() + ":" + std::string{name};
}

SubscriberId Vault::subscriber_id(const Msisdn& msisdn) const {
    const auto& keys = keys_now();
    const auto digest = crypto_.hmac_sha256(keys.naming, msisdn.reveal());
    return SubscriberId::of(marked(digest, keys.mark, kSubscriberMarkAt));
}

ImsiId Vault::imsi_id(const Imsi& imsi) const {
    return ImsiId::of(name("imsi", imsi.reveal()));
}

SessionId Vault::session_id(const SessionName& name) const {
    return SessionId::of(this->name("session", labelled(name.source, name.session)));
}

GatewayId Vault::gateway_id(std::string_view source) const {
    return GatewayId::of(name("gateway", source));
}

Digest Vault::name(std::string_view label, std::string_view data) const {
    return crypto_.hmac_sha256(keys_now().naming, labelled(label, data));
}

Digest Vault::mac(std::string_view label, std::string_view data) const {
    return crypto_.hmac_sha256(held().ring.front().key, labelled(label, data));
}

std::optional<Digest> Vault::mac_that(
    std::string_view label, std::string_view data, const std::function<bool(const Digest&)>& fits
) const {
    for (const auto& named : held().ring) {
        const auto made = crypto_.hmac_sha256(named.key, labelled(label, data));
        if (fits(made)) {
            return made;
        }
    }
    return std::nullopt;
}

Bytes Vault::seal(std::string_view place, std::string_view plain) const {
    const auto& named = held().sealing.front();
    return named.id + crypto_.seal(named.key, place, plain);
}

Result<Bytes> Vault::open(std::string_view place, std::string_view sealed) const {
    for (const auto& named : held().sealing) {
        if (sealed.starts_with(named.id)) {
            return crypto_.open(named.key, place, sealed.substr(named.id.size()));
        }
    }
    return not_ours(sealed);
}

Bytes Vault::seal_small(std::string_view place, std::string_view plain) const {
    const auto& keys = keys_now();
    return keys.seal_mark + crypto_.seal(keys.sealing.key, place, plain);
}

Result<Bytes> Vault::open_small(std::string_view place, std::string_view sealed) const {
    const auto& keys = keys_now();
    if (!sealed.starts_with(keys.seal_mark)) {
        return fail(ErrorCode::integrity_failure, "a record of another generation");
    }
    return crypto_.open(keys.sealing.key, place, sealed.substr(1));
}

Bytes Vault::tag(std::string_view place, std::string_view plain) const {
    return tag_of(name("record", labelled(place, plain)));
}

bool Vault::vouches(std::string_view tag, std::string_view place, std::string_view plain) const {
    return equal_in_constant_time(tag, tag_of(name("record", labelled(place, plain))));
}

}  // namespace numproof
