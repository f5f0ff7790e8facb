// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "daemon/audit/audit_trail.h"
#include "daemon/base/deadline.h"
#include "daemon/base/task.h"
#include "daemon/domain/client.h"
#include "daemon/domain/rate_limiter.h"
#include "daemon/http/message.h"
#include "daemon/ports/clock.h"
#include "daemon/ports/directory_standing.h"
#include "daemon/ports/grant_store.h"
#include "daemon/telemetry/log.h"
#include "daemon/token/token_codec.h"
#include "daemon/vault/vault.h"
#include "daemon/verify/clients_by_tag.h"
#include "daemon/verify/contract.h"
#include "daemon/verify/problem.h"
#include "daemon/verify/verify_command.h"
#include "daemon/verify/verify_metrics.h"

namespace numproof {

/// How the API looks where a request came in: its contract, and how errors are worded.
struct ApiFace {
    const Contract& contract;
    const ErrorTable& errors;
};

/// What verifying needs; all of it outlives the Verifier. `grants`, `standing` and `audit` belong
/// to the Verifier's event loop, the rest is shared by all.
struct VerifyParts {
    const TokenCodec& codec;
    const Vault& vault;
    GrantStore& grants;
    DirectoryStanding& standing;
    AuditTrail& audit;
    const Clock& clock;
    RateLimiter& limiter;  ///< Keys: client tags.
    VerifyMetrics& metrics;
    Log& log;
    std::function<ClientSnapshot()> clients;          ///< Thread-safe; the snapshot in force.
    std::optional<RateLimit> per_client;              ///< For clients without a limit of their own.
    Milliseconds remember{std::chrono::minutes{10}};  ///< See ClaimRequest::remember.
};

/// Answers the two operations of the API: `verify` and `device-phone-number`.
/// One instance belongs to one event loop.
class Verifier {
public:
    explicit Verifier(VerifyParts parts);

    /// Answers `request`, which stays valid until the task has ended. `operation` is verify or
    /// device_phone_number.
    [[nodiscard]] Task<http::Response> answer(
        ApiFace face, Operation operation, const http::Request& request, Deadline deadline
    );

private:
    VerifyParts parts_;
    ClientsByTag clients_by_tag_;
    VerifyCommandReader reader_;
};

}  // namespace numproof
