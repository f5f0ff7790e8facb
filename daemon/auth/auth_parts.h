// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "daemon/audit/audit_trail.h"
#include "daemon/auth/auth_metrics.h"
#include "daemon/auth/auth_settings.h"
#include "daemon/domain/client.h"
#include "daemon/domain/rate_limiter.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/directory_standing.h"
#include "daemon/ports/grant_store.h"
#include "daemon/ports/jose.h"
#include "daemon/ports/number_source.h"
#include "daemon/telemetry/log.h"
#include "daemon/token/token_codec.h"
#include "daemon/vault/vault.h"

namespace numproof {

/// What the OAuth endpoints need; all of it outlives them. `numbers`, `standing`, `grants` and
/// `audit` belong to the endpoints' event loop, the rest is shared by all.
struct AuthParts {
    const TokenCodec& codec;
    const Vault& vault;
    NumberSource& numbers;
    DirectoryStanding& standing;
    GrantStore& grants;
    AuditTrail& audit;
    const TokenOpener& opener;
    const Clock& clock;
    AuthMetrics& metrics;
    Log& log;
    RateLimiter* per_subscriber;              ///< Keys: subscriber pseudonyms; nullptr: no limit.
    std::function<ClientSnapshot()> clients;  ///< Thread-safe; the snapshot in force.
    std::function<std::shared_ptr<const TokenSigner>()> signer;  ///< Thread-safe; the one in force.
    Milliseconds remember = std::chrono::minutes{10};            ///< See KeepRequest::remember.
};

}  // namespace numproof
