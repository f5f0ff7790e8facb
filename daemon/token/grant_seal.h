// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "daemon/base/result.h"
#include "daemon/domain/grant.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// Seals `body` so that it opens only at `place` (its key in the store: `store_keys::token` or
/// `store_keys::code`) and under exactly this header. The header's `state` is not bound: it changes
/// inside the store.
[[nodiscard]] StoredGrant seal_grant(
    const Vault& vault, std::string_view place, GrantHeader header, const GrantBody& body
);

/// The reverse of seal_grant(). Another place, another header, a changed or foreign value:
/// `integrity_failure` (rule R11: an alarm, and the number counts as unknown).
[[nodiscard]] Result<GrantBody> open_grant(
    const Vault& vault, std::string_view place, const StoredGrant& grant
);

}  // namespace numproof
