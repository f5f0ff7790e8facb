// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/claim_judgement.h"

namespace numproof {
namespace {

bool proves_possession(AuthMethod method) noexcept {
    return method == AuthMethod::network || method == AuthMethod::sim;
}

/// Judges all that the grant says by itself.
ClaimOutcome judge_grant(const ClaimRequest& request, const GrantHeader& grant) noexcept {
    if (grant.state == GrantState::used) {
        return ClaimOutcome::used;
    }
    if (grant.state == GrantState::revoked) {
        return ClaimOutcome::revoked;
    }
    if (grant.not_after <= request.now) {
        return ClaimOutcome::expired;
    }
    if (grant.issued_at < request.trusted_since) {
        return ClaimOutcome::predates_failover;
    }
    if (!grant.scopes.has(request.scope)) {
        return ClaimOutcome::scope_missing;
    }
    return proves_possession(grant.method) ? ClaimOutcome::claimed : ClaimOutcome::method_refused;
}

}  // namespace

SubscriberCheck check_subscriber(
    const GrantHeader& grant, const std::optional<SubscriberHead>& subscriber
) noexcept {
    if (!subscriber) {
        return SubscriberCheck::missing;
    }
    const SubscriberHead expected{.state = SubscriberState::active, .epoch = grant.epoch};
    return *subscriber == expected ? SubscriberCheck::same : SubscriberCheck::changed;
}

ClaimOutcome judge_claim(
    const ClaimRequest& request,
    const GrantHeader& grant,
    const std::optional<SubscriberHead>& subscriber
) noexcept {
    const auto outcome = judge_grant(request, grant);
    if (outcome != ClaimOutcome::claimed) {
        return outcome;
    }
    switch (check_subscriber(grant, subscriber)) {
        case SubscriberCheck::missing:
            return ClaimOutcome::subscriber_missing;
        case SubscriberCheck::changed:
            return ClaimOutcome::subscriber_changed;
        case SubscriberCheck::same:
            break;
    }
    return ClaimOutcome::claimed;
}

}  // namespace numproof
