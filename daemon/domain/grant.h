// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/base/bytes.h"
#include "daemon/base/time.h"
#include "daemon/domain/msisdn.h"
#include "daemon/domain/pseudonym.h"
#include "daemon/domain/scope.h"
#include "daemon/domain/subscriber.h"

namespace numproof {

/// How the device was identified. Only `network` and `sim` prove possession of the number.
enum class AuthMethod : std::uint8_t {
    network,  ///< By its address in the mobile network.
    sim,      ///< By a temporary token of its SIM (GSMA TS.43).
    other     ///< Anything else: refused by the API (CAMARA: 403).
};

/// `network`, `sim` or `other`: how it stands in audit events.
[[nodiscard]] std::string_view name_of(AuthMethod method) noexcept;

/// Where a grant (code or token) stands in its life.
enum class GrantState : std::uint8_t {
    fresh,   ///< Nothing was given for it yet.
    used,    ///< It gave what it could give.
    revoked  ///< It will never give anything.
};

/// The part of a stored grant that the store itself judges: it is readable there, and its
/// integrity is bound to the sealed part.
struct GrantHeader {
    GrantState state = GrantState::fresh;
    WallTime issued_at;
    WallTime not_after;  ///< Rule R4: the reader enforces it.
    ScopeSet scopes;
    AuthMethod method = AuthMethod::network;
    SubscriberId subscriber;
    BindingEpoch epoch = 0;  ///< Rule R3.

    bool operator==(const GrantHeader&) const = default;
};

/// A grant as it lies in the store: `sealed` opens only under its own key and header (rule R11).
struct StoredGrant {
    GrantHeader header;
    Bytes sealed;

    bool operator==(const StoredGrant&) const = default;
};

/// What is sealed in a grant.
struct GrantBody {
    Msisdn msisdn;
    std::string client_id;
    std::string purpose;         ///< `dpv:…`, empty if the client's contract has none.
    std::string scope_text;      ///< As granted, for the token response and the audit trail.
    SessionId session;           ///< The session that proved the number.
    WallTime auth_time;          ///< When the device was identified.
    std::string redirect_uri;    ///< Codes only.
    std::string code_challenge;  ///< Codes only; PKCE S256, empty without.
    std::string nonce;           ///< Codes only; empty without.
};

/// The store's names of a code or token: a keyed hash in its subscriber's shard.
struct GrantKey {
    Shard shard;
    Digest mac{};

    bool operator==(const GrantKey&) const = default;
};

}  // namespace numproof
