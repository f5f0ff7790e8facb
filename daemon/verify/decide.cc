// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/decide.h"

namespace numproof {

std::optional<Problem> problem_of(ClaimOutcome outcome) noexcept {
    switch (outcome) {
        case ClaimOutcome::unknown:
            return Problem::bad_token;
        case ClaimOutcome::used:
            return Problem::used_token;
        case ClaimOutcome::revoked:
            return Problem::revoked_token;
        case ClaimOutcome::expired:
            return Problem::expired_token;
        case ClaimOutcome::predates_failover:
            return Problem::token_of_another_life;
        case ClaimOutcome::scope_missing:
            return Problem::scope_missing;
        case ClaimOutcome::method_refused:
            return Problem::method_refused;
        case ClaimOutcome::subscriber_missing:
            return Problem::number_unknown;
        case ClaimOutcome::subscriber_changed:
            return Problem::binding_changed;
        case ClaimOutcome::claimed:
            return std::nullopt;
    }
    return Problem::internal;
}

Problem problem_of_flawed(ClaimOutcome outcome, Problem flaw) noexcept {
    switch (outcome) {
        case ClaimOutcome::unknown:
        case ClaimOutcome::used:
        case ClaimOutcome::revoked:
        case ClaimOutcome::expired:
        case ClaimOutcome::predates_failover:
        case ClaimOutcome::subscriber_changed:
            return problem_of(outcome).value_or(flaw);
        case ClaimOutcome::scope_missing:
        case ClaimOutcome::method_refused:
        case ClaimOutcome::subscriber_missing:
        case ClaimOutcome::claimed:
            return flaw;
    }
    return flaw;
}

Verdict compare(
    const Crypto& crypto, const Contract& contract, const Msisdn& actual, const AskedNumber& asked
) {
    const Digest with_plus = crypto.sha256(actual.reveal());
    const Digest without_plus = crypto.sha256(actual.reveal().substr(1));
    const bool plus_is_free = contract.hash_input == Contract::HashInput::plus_optional &&
                              asked.form == AskedNumber::Form::digest;
    const bool first = equal_in_constant_time(as_view(asked.digest), as_view(with_plus));
    const bool second = equal_in_constant_time(as_view(asked.digest), as_view(without_plus));
    const unsigned same = static_cast<unsigned>(first) |
                          (static_cast<unsigned>(second) & static_cast<unsigned>(plus_is_free));
    return same != 0 ? Verdict::match : Verdict::mismatch;
}

OrProblem<Verdict> decide(
    const Crypto& crypto,
    const Contract& contract,
    ClaimOutcome outcome,
    const Msisdn& actual,
    const AskedNumber& asked
) {
    if (const auto problem = problem_of(outcome)) {
        return tl::unexpected(*problem);
    }
    return compare(crypto, contract, actual, asked);
}

}  // namespace numproof
