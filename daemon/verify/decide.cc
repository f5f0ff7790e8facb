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
    const auto is_asked = [&](std::string_view number) {
        const Digest digest = crypto.sha256(number);
        return static_cast<unsigned>(equal_in_constant_time(as_view(asked.digest), as_view(digest))
        );
    };
    // How long it takes depends on the question alone, not on what is true.
    const bool plus_is_free = contract.hash_input == Contract::HashInput::plus_optional &&
                              asked.form == AskedNumber::Form::digest;
    const unsigned with_plus = is_asked(actual.reveal());
    const unsigned without_plus = plus_is_free ? is_asked(actual.reveal().substr(1)) : 0U;
    return (with_plus | without_plus) != 0 ? Verdict::match : Verdict::mismatch;
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
