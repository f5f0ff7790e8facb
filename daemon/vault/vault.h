// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
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
#include "daemon/vault/generation_keys.h"

namespace numproof {

/// Keys of one purpose: the first is current, the others still read.
using KeyRing = std::vector<NamedKey>;

/// All that is done with the directory key, and with the keys of a generation of the directory that
/// the directory key protects. The directory key: grants, dead letters, the generation marker. The
/// generation's keys: pseudonyms and records; so a new directory key renames nothing, and nothing
/// of a former generation is found or opens (docs/decisions/0013). Thread-safe.
class Vault {
public:
    /// `ring` has at least one key. `crypto` outlives the vault. Until a generation is adopted its
    /// keys are random: names that are made meanwhile meet nothing in any store.
    Vault(const Crypto& crypto, KeyRing ring);

    Vault(const Vault&) = delete;
    Vault& operator=(const Vault&) = delete;
    ~Vault() = default;

    /// From now on the directory keys are those of `ring`, which has at least one.
    void rotate(KeyRing ring);

    /// From now on the keys of generation `id` are used, which are made of `secret`.
    void adopt(std::string_view id, const SecretKey& secret);

    /// The generation that was adopted last; empty: none yet.
    [[nodiscard]] const std::string& generation() const noexcept { return keys_now().id; }

    /// 4 characters that stand in every key of this generation's addresses, numbers and IMSIs: what
    /// has another mark is left over.
    [[nodiscard]] std::string mark() const;

    /// `name` so that no other generation has it: for store keys that are made of no pseudonym.
    [[nodiscard]] std::string in_generation(std::string_view name) const;

    /// `HMAC-SHA-256(generation's naming key, E.164)`, 16 octets, of which 12 to 14 are the mark.
    [[nodiscard]] SubscriberId subscriber_id(const Msisdn& msisdn) const;

    [[nodiscard]] ImsiId imsi_id(const Imsi& imsi) const;

    [[nodiscard]] SessionId session_id(const SessionName& name) const;

    [[nodiscard]] GatewayId gateway_id(std::string_view source) const;

    /// A keyed hash of `label` and `data` for any other purpose; labels keep purposes apart.
    [[nodiscard]] Digest mac(std::string_view label, std::string_view data) const;

    /// As mac(), with the generation's naming key: the same on every node, whatever key is current.
    [[nodiscard]] Digest name(std::string_view label, std::string_view data) const;

    /// As mac(), with the first key of the ring whose hash `fits`; nullopt if none does.
    [[nodiscard]] std::optional<Digest> mac_that(
        std::string_view label,
        std::string_view data,
        const std::function<bool(const Digest&)>& fits
    ) const;

    /// Encrypts `plain` so that it opens only for `place` (rule R11: key name and version).
    [[nodiscard]] Bytes seal(std::string_view place, std::string_view plain) const;

    /// The reverse of seal(), with whichever key of the ring it was made; else integrity_failure,
    /// or key_missing when it names a key that is not in the ring.
    [[nodiscard]] Result<Bytes> open(std::string_view place, std::string_view sealed) const;

    /// As seal(), with the key of the generation, in 29 octets more than `plain`: the key is named
    /// by one octet only, whose highest bit is set. For what lies in the store a hundred million
    /// times.
    [[nodiscard]] Bytes seal_small(std::string_view place, std::string_view plain) const;

    /// The reverse of seal_small(); what another generation sealed does not open.
    [[nodiscard]] Result<Bytes> open_small(std::string_view place, std::string_view sealed) const;

    /// 8 octets that vouch for `plain` at `place`: for records without a number in them.
    [[nodiscard]] Bytes tag(std::string_view place, std::string_view plain) const;

    /// True if this generation made `tag` for `plain` at `place`.
    [[nodiscard]] bool vouches(std::string_view tag, std::string_view place, std::string_view plain)
        const;

    /// The name of the current key.
    [[nodiscard]] const std::string& key_id() const noexcept { return held().ring.front().id; }

    [[nodiscard]] const Crypto& crypto() const noexcept { return crypto_; }

private:
    /// The directory keys of one moment.
    struct DirectoryKeys {
        KeyRing ring;
        std::vector<NamedKey> sealing;  ///< Derived from `ring`, in its order.
    };

    [[nodiscard]] const DirectoryKeys& held() const noexcept {
        return *held_.load(std::memory_order_acquire);
    }

    [[nodiscard]] const GenerationKeys& keys_now() const noexcept {
        return *generation_.load(std::memory_order_acquire);
    }

    const Crypto& crypto_;

    std::mutex mutex_;
    // Guarded by mutex_. Whoever uses one must not lose it: each stays, and they are few.
    std::vector<std::unique_ptr<const DirectoryKeys>> rings_;
    std::atomic<const DirectoryKeys*> held_{nullptr};
    std::vector<std::unique_ptr<const GenerationKeys>> adopted_;
    std::atomic<const GenerationKeys*> generation_{nullptr};
};

}  // namespace numproof
