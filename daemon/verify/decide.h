// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "daemon/domain/msisdn.h"
#include "daemon/ports/crypto.h"
#include "daemon/ports/grant_store.h"
#include "daemon/verify/contract.h"
#include "daemon/verify/problem.h"
#include "daemon/verify/verify_command.h"

namespace numproof {

/// The two answers that are answers (rule R1); everything else is a Problem.
enum class Verdict : std::uint8_t { match, mismatch };

/// What the caller of a token with `outcome` hears; nullopt if the token is good.
[[nodiscard]] std::optional<Problem> problem_of(ClaimOutcome outcome) noexcept;

/// What the caller of a token with `outcome` hears when the request itself has `flaw`: what is
/// wrong with the token goes first (401), what it allows goes last (403).
[[nodiscard]] Problem problem_of_flawed(ClaimOutcome outcome, Problem flaw) noexcept;

/// Compares the token's number with what was asked. Match and mismatch take the same time:
/// digests of one size are compared, whatever was sent.
[[nodiscard]] Verdict compare(
    const Crypto& crypto, const Contract& contract, const Msisdn& actual, const AskedNumber& asked
);

/// Rule R1 in one place: a verdict only for a token that was claimed.
[[nodiscard]] OrProblem<Verdict> decide(
    const Crypto& crypto,
    const Contract& contract,
    ClaimOutcome outcome,
    const Msisdn& actual,
    const AskedNumber& asked
);

}  // namespace numproof
