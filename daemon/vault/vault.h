// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/base/secret.h"
#include "daemon/domain/msisdn.h"
#include "daemon/domain/pseudonym.h"
#include "daemon/domain/session_event.h"
#include "daemon/ports/crypto.h"

namespace numproof {

/// A key and the public name that values made with it carry.
struct NamedKey {
    std::string id;  ///< 8 hexadecimal digits, made of the key: name_key().
    SecretKey key;
};

/// Keys of one purpose: the first is current, the others still read.
using KeyRing = std::vector<NamedKey>;

/// Gives `key` the name that is made of its hash.
[[nodiscard]] NamedKey name_key(const Crypto& crypto, SecretKey key);

/// All that is done with the directory key: pseudonyms, keyed hashes of tokens, sealed numbers.
/// Thread-safe; it never changes.
class Vault {
public:
    /// `ring` has at least one key. `crypto` outlives the vault.
    Vault(const Crypto& crypto, KeyRing ring);

    /// `HMAC-SHA-256(directory key, E.164)`, 16 octets.
    [[nodiscard]] SubscriberId subscriber_id(const Msisdn& msisdn) const;

    [[nodiscard]] ImsiId imsi_id(const Imsi& imsi) const;

    [[nodiscard]] SessionId session_id(const SessionName& name) const;

    [[nodiscard]] GatewayId gateway_id(std::string_view source) const;

    /// A keyed hash of `label` and `data` for any other purpose; labels keep purposes apart.
    [[nodiscard]] Digest mac(std::string_view label, std::string_view data) const;

    /// How many keys the ring has; the current one is the first.
    [[nodiscard]] std::size_t keys() const noexcept { return ring_.size(); }

    /// As mac(), with the key at `index` of the ring.
    [[nodiscard]] Digest mac_by(std::size_t index, std::string_view label, std::string_view data)
        const;

    /// Encrypts `plain` so that it opens only for `place` (rule R11: key name and version).
    [[nodiscard]] Bytes seal(std::string_view place, std::string_view plain) const;

    /// The reverse of seal(), with whichever key of the ring it was made; else integrity_failure.
    [[nodiscard]] Result<Bytes> open(std::string_view place, std::string_view sealed) const;

    /// As seal(), in 29 octets more than `plain`: the key is named by one octet only, whose highest
    /// bit is set. For what lies in the store a hundred million times.
    [[nodiscard]] Bytes seal_small(std::string_view place, std::string_view plain) const;

    /// The reverse of seal_small(), with whichever key of the ring it was made.
    [[nodiscard]] Result<Bytes> open_small(std::string_view place, std::string_view sealed) const;

    /// 8 octets that vouch for `plain` at `place`: for records without a number in them.
    [[nodiscard]] Bytes tag(std::string_view place, std::string_view plain) const;

    /// True if a key of the ring made `tag` for `plain` at `place`.
    [[nodiscard]] bool vouches(std::string_view tag, std::string_view place, std::string_view plain)
        const;

    /// The name of the current key.
    [[nodiscard]] const std::string& key_id() const noexcept { return ring_.front().id; }

    [[nodiscard]] const Crypto& crypto() const noexcept { return crypto_; }

private:
    [[nodiscard]] const SecretKey& current() const noexcept { return ring_.front().key; }

    const Crypto& crypto_;
    KeyRing ring_;
    std::vector<NamedKey> sealing_;  // Derived from ring_, in its order.
};

}  // namespace numproof
