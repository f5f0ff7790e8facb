// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/time.h"

namespace numproof {

/// The kinds of audit event; each is one CloudEvents `type`.
enum class AuditKind : std::uint8_t {
    verification_answered,  ///< Every 200 of the API.
    verification_denied,    ///< Every other answer to a resolved token.
    token_issued,           ///< A code or a token was given.
    authorization_denied,   ///< A code or a token was refused to a known client.
    refusals,               ///< A counted summary of refusals that nobody vouches for.
    admin,                  ///< An operator looked at or changed something.
    config,                 ///< A configuration came into force.
    integrity,              ///< A stored value did not open (rule R11).
    checkpoint              ///< Signed state of the chain.
};

/// The CloudEvents `type` of `kind`.
[[nodiscard]] std::string_view type_of(AuditKind kind) noexcept;

/// One event of the audit trail before it gets its place in the chain.
struct AuditEntry {
    AuditKind kind = AuditKind::verification_answered;
    WallTime time;
    std::string partition_key;   ///< A keyed pseudonym or a client id; never a number.
    std::string correlation_id;  ///< `x-correlator`; empty if there was none.
    std::string trace_parent;    ///< W3C `traceparent`; empty if there was none.
    std::string data;            ///< A JSON object without `prev`; not empty, closes with `}`.
};

}  // namespace numproof
