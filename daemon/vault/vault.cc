// SPDX-License-Identifier: Apache-2.0
#include "daemon/vault/vault.h"

#include "daemon/base/check.h"

namespace numproof {
namespace {

// Labels and numbers never collide: an E.164 number starts with '+'.
Bytes labelled(std::string_view label, std::string_view data) {
    Bytes joined{label};
    joined.push_back('\0');
    joined.append(data);
    return joined;
}

constexpr std::size_t kTagSize = 8;

/// What a small seal begins with. Two keys of a ring may look alike: then both are tried.
char mark_of(const NamedKey& named) {
    const auto octets = parse_hex(named.id);
    NP_CHECK(octets && !octets->empty());
    return static_cast<char>(static_cast<unsigned char>(octets->front()) | 0x80U);
}

Bytes tag_of(const Digest& digest) {
    return Bytes{as_view(digest).substr(0, kTagSize)};
}

}  // namespace

NamedKey name_key(const Crypto& crypto, SecretKey key) {
    const auto digest = crypto.sha256(labelled("key id", key.reveal()));
    return NamedKey{.id = to_hex(as_view(digest).substr(0, 4)), .key = std::move(key)};
}

Vault::Vault(const Crypto& crypto, KeyRing ring) : crypto_(crypto), ring_(std::move(ring)) {
    NP_CHECK(!ring_.empty());
    for (const auto& named : ring_) {
        const auto derived = crypto_.hmac_sha256(named.key, labelled("seal", {}));
        sealing_.push_back({.id = named.id, .key = SecretKey{std::string{as_view(derived)}}});
    }
}

SubscriberId Vault::subscriber_id(const Msisdn& msisdn) const {
    return SubscriberId::of(crypto_.hmac_sha256(current(), msisdn.reveal()));
}

ImsiId Vault::imsi_id(const Imsi& imsi) const {
    return ImsiId::of(mac("imsi", imsi.reveal()));
}

SessionId Vault::session_id(const SessionName& name) const {
    return SessionId::of(mac("session", labelled(name.source, name.session)));
}

GatewayId Vault::gateway_id(std::string_view source) const {
    return GatewayId::of(mac("gateway", source));
}

Digest Vault::mac(std::string_view label, std::string_view data) const {
    return crypto_.hmac_sha256(current(), labelled(label, data));
}

Digest Vault::mac_by(std::size_t index, std::string_view label, std::string_view data) const {
    return crypto_.hmac_sha256(ring_.at(index).key, labelled(label, data));
}

Bytes Vault::seal(std::string_view place, std::string_view plain) const {
    const auto& named = sealing_.front();
    return named.id + crypto_.seal(named.key, place, plain);
}

Result<Bytes> Vault::open(std::string_view place, std::string_view sealed) const {
    for (const auto& named : sealing_) {
        if (sealed.starts_with(named.id)) {
            return crypto_.open(named.key, place, sealed.substr(named.id.size()));
        }
    }
    return fail(ErrorCode::integrity_failure, "sealed with a key that is not ours");
}

Bytes Vault::seal_small(std::string_view place, std::string_view plain) const {
    const auto& named = sealing_.front();
    return mark_of(named) + crypto_.seal(named.key, place, plain);
}

Result<Bytes> Vault::open_small(std::string_view place, std::string_view sealed) const {
    Result<Bytes> opened = fail(ErrorCode::integrity_failure, "sealed with a key that is not ours");
    for (const auto& named : sealing_) {
        if (!opened && sealed.starts_with(mark_of(named))) {
            opened = crypto_.open(named.key, place, sealed.substr(1));
        }
    }
    return opened;
}

Bytes Vault::tag(std::string_view place, std::string_view plain) const {
    return tag_of(mac("record", labelled(place, plain)));
}

bool Vault::vouches(std::string_view tag, std::string_view place, std::string_view plain) const {
    const auto text = labelled(place, plain);
    for (std::size_t i = 0; i < keys(); ++i) {
        if (equal_in_constant_time(tag, tag_of(mac_by(i, "record", text)))) {
            return true;
        }
    }
    return false;
}

}  // namespace numproof
