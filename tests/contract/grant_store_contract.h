// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/contract/grant_store_suite.h"

// What every GrantStore promises. Instantiate it with the hosts of an adapter:
//   INSTANTIATE_TEST_SUITE_P(Stores, GrantStoreContract, testing::Values(…), host_name);

namespace numproof {

TEST_P(GrantStoreContract, KnowsNoCodeThatWasNotKept) {
    const auto reply = redeem(key('x'));

    EXPECT_EQ(reply.outcome, RedeemOutcome::unknown);
    EXPECT_EQ(reply.code, std::nullopt);
}

TEST_P(GrantStoreContract, RedeemsACodeOnceAndGivesItBackUnchanged) {
    keep_code(keep_request(key('c'), grant()));

    const auto first = redeem(key('c'));
    const auto second = redeem(key('c'));

    EXPECT_EQ(first.outcome, RedeemOutcome::redeemed);
    EXPECT_EQ(first.code, grant());
    EXPECT_EQ(second.outcome, RedeemOutcome::replayed);
    ASSERT_TRUE(second.code.has_value());
    EXPECT_EQ(second.code->header.state, GrantState::used);
    EXPECT_EQ(second.code->sealed, grant().sealed);
}

TEST_P(GrantStoreContract, KeepsEveryFieldOfAGrant) {
    auto odd = grant();
    odd.header.issued_at = now_ - Milliseconds{1};
    odd.header.scopes = ScopeSet{7};
    odd.header.method = AuthMethod::other;
    odd.header.epoch = 0;
    odd.sealed.assign(std::string(3000, '\n') + std::string(1, '\0'));
    keep_code(keep_request(key('c'), odd));

    EXPECT_EQ(redeem(key('c')).code, odd);
}

TEST_P(GrantStoreContract, KeepsCodesAndTokensApart) {
    keep_code(keep_request(key('k'), grant()));

    EXPECT_EQ(claim(claim_request(key('k'))).outcome, ClaimOutcome::unknown);
    EXPECT_EQ(revoke(key('k')), std::nullopt);
}

TEST_P(GrantStoreContract, RevokesTheTokenOfACodeThatIsReplayed) {
    give_token(key('t'));

    EXPECT_EQ(redeem(key('c')).outcome, RedeemOutcome::replayed);

    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::revoked);
}

TEST_P(GrantStoreContract, LeavesAUsedTokenUsedWhenItsCodeIsReplayed) {
    give_token(key('t'));
    ASSERT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::claimed);

    EXPECT_EQ(redeem(key('c')).outcome, RedeemOutcome::replayed);

    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::used);
}

TEST_P(GrantStoreContract, IssuesNothingForACodeThatWasReplayed) {
    store_active_subscriber();
    keep_code(keep_request(key('c'), grant()));
    redeem(key('c'));
    redeem(key('c'));

    EXPECT_EQ(issue(key('c'), keep_request(key('t'), grant())), IssueOutcome::code_replayed);
    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::unknown);
}

TEST_P(GrantStoreContract, IssuesNothingForACodeThatIsNotRedeemedOrNotThere) {
    store_active_subscriber();
    keep_code(keep_request(key('c'), grant()));

    EXPECT_EQ(issue(key('c'), keep_request(key('t'), grant())), IssueOutcome::code_replayed);
    EXPECT_EQ(issue(key('x'), keep_request(key('t'), grant())), IssueOutcome::code_replayed);
    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::unknown);
}

TEST_P(GrantStoreContract, IssuesOneTokenForOneCode) {
    give_token(key('t'));

    EXPECT_EQ(issue(key('c'), keep_request(key('v'), grant())), IssueOutcome::code_replayed);
    EXPECT_EQ(claim(claim_request(key('v'))).outcome, ClaimOutcome::unknown);
    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::claimed);
}

TEST_P(GrantStoreContract, IssuesNothingForASubscriberWhoIsGone) {
    keep_code(keep_request(key('c'), grant()));
    redeem(key('c'));

    EXPECT_EQ(issue(key('c'), keep_request(key('t'), grant())), IssueOutcome::subscriber_missing);
}

TEST_P(GrantStoreContract, IssuesNothingForASubscriberWhoChanged) {
    keep_code(keep_request(key('c'), grant()));
    redeem(key('c'));

    for (const SubscriberHead head :
         {SubscriberHead{.state = SubscriberState::active, .epoch = kEpoch + 1},
          SubscriberHead{.state = SubscriberState::suspended, .epoch = kEpoch}}) {
        store_subscriber(head);
        EXPECT_EQ(
            issue(key('c'), keep_request(key('t'), grant())), IssueOutcome::subscriber_changed
        );
    }
    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::unknown);
}

TEST_P(GrantStoreContract, ClaimsATokenOnce) {
    give_token(key('t'));

    const auto first = claim(claim_request(key('t')));
    const auto second = claim(claim_request(key('t')));

    const SubscriberHead head{.state = SubscriberState::active, .epoch = kEpoch};
    EXPECT_EQ(first.outcome, ClaimOutcome::claimed);
    EXPECT_EQ(first.grant, grant());
    EXPECT_EQ(first.subscriber, head);
    EXPECT_EQ(second.outcome, ClaimOutcome::used);
    ASSERT_TRUE(second.grant.has_value());
    EXPECT_EQ(second.grant->sealed, grant().sealed);
    EXPECT_EQ(second.subscriber, std::nullopt);
}

TEST_P(GrantStoreContract, KnowsNoTokenThatWasNotIssued) {
    const auto reply = claim(claim_request(key('x')));

    EXPECT_EQ(reply.outcome, ClaimOutcome::unknown);
    EXPECT_EQ(reply.grant, std::nullopt);
}

TEST_P(GrantStoreContract, JudgesWithoutUsingUpWhenAskedToJudgeOnly) {
    give_token(key('t'));
    auto look = claim_request(key('t'));
    look.mode = ClaimMode::judge_only;

    EXPECT_EQ(claim(look).outcome, ClaimOutcome::claimed);
    EXPECT_EQ(claim(look).outcome, ClaimOutcome::claimed);
    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::claimed);
    EXPECT_EQ(claim(look).outcome, ClaimOutcome::used);
}

/// Everything that can be wrong with a claim, each with the outcome that it has. Rows are in the
/// order in which a store judges.
struct ClaimFlaw {
    ClaimOutcome outcome;
    void (*spoil)(StoredGrant& grant, ClaimRequest& request);
    const char* subscriber;
};

inline const std::vector<ClaimFlaw>& claim_flaws() {
    static const std::vector<ClaimFlaw> flaws{
        {ClaimOutcome::expired,
         [](StoredGrant& grant, ClaimRequest& request) { request.now = grant.header.not_after; },
         nullptr},
        {ClaimOutcome::predates_failover,
         [](StoredGrant& grant, ClaimRequest& request) {
             request.trusted_since = grant.header.issued_at + Milliseconds{1};
         },
         nullptr},
        {ClaimOutcome::scope_missing,
         [](StoredGrant&, ClaimRequest& request) { request.scope = Scope::device_phone_number; },
         nullptr},
        {ClaimOutcome::method_refused,
         [](StoredGrant& grant, ClaimRequest&) { grant.header.method = AuthMethod::other; },
         nullptr},
        {ClaimOutcome::subscriber_missing, [](StoredGrant&, ClaimRequest&) {}, "no head"},
        {ClaimOutcome::subscriber_changed,
         [](StoredGrant&, ClaimRequest&) {},
         "a 1795341000001 rest"},
    };
    return flaws;
}

TEST_P(GrantStoreContract, SaysTheFirstThingThatIsWrong) {
    for (std::size_t first = 0; first < claim_flaws().size(); ++first) {
        const auto token = key(static_cast<char>('0' + first));
        auto stored = grant();
        auto request = claim_request(token);
        for (std::size_t i = first; i < claim_flaws().size(); ++i) {
            claim_flaws()[i].spoil(stored, request);
        }
        give_token(key(static_cast<char>('a' + first)), keep_request(token, stored));
        for (std::size_t i = claim_flaws().size(); i-- > first;) {
            if (const auto* const value = claim_flaws()[i].subscriber) {
                store_subscriber(std::string{value});
            }
        }

        const auto reply = claim(request);

        EXPECT_EQ(static_cast<int>(reply.outcome), static_cast<int>(claim_flaws()[first].outcome));
        EXPECT_EQ(reply.grant, stored);
    }
}

TEST_P(GrantStoreContract, BurnsNothingWhenAClaimIsRefused) {
    for (std::size_t i = 0; i < claim_flaws().size(); ++i) {
        const auto& flaw = claim_flaws()[i];
        const auto token = key(static_cast<char>('0' + i));
        auto stored = grant();
        auto request = claim_request(token);
        flaw.spoil(stored, request);
        give_token(key(static_cast<char>('a' + i)), keep_request(token, stored));
        if (flaw.subscriber) {
            store_subscriber(std::string{flaw.subscriber});
        }

        EXPECT_EQ(claim(request).outcome, flaw.outcome);

        EXPECT_EQ(claim(request).outcome, flaw.outcome);
        EXPECT_EQ(revoke(token)->header.state, GrantState::fresh);
    }
}

TEST_P(GrantStoreContract, SaysUsedOrRevokedBeforeAnythingElse) {
    give_token(key('a'), keep_request(key('u'), grant()));
    give_token(key('b'), keep_request(key('r'), grant()));
    ASSERT_EQ(claim(claim_request(key('u'))).outcome, ClaimOutcome::claimed);
    revoke(key('r'));
    auto late = claim_request(key('u'));
    late.now = grant().header.not_after + Milliseconds{1};
    late.trusted_since = late.now;

    EXPECT_EQ(claim(late).outcome, ClaimOutcome::used);
    late.key = key('r');
    EXPECT_EQ(claim(late).outcome, ClaimOutcome::revoked);
}

TEST_P(GrantStoreContract, AllowsTheLastMillisecondAndTheInstantOfTrust) {
    give_token(key('t'));
    auto request = claim_request(key('t'));
    request.now = grant().header.not_after - Milliseconds{1};
    request.trusted_since = grant().header.issued_at;

    EXPECT_EQ(claim(request).outcome, ClaimOutcome::claimed);
}

TEST_P(GrantStoreContract, AcceptsNetworkAndSimAsProof) {
    auto by_sim = grant();
    by_sim.header.method = AuthMethod::sim;
    give_token(key('c'), keep_request(key('t'), by_sim));

    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::claimed);
}

TEST_P(GrantStoreContract, RefusesASubscriberWhoIsNotActive) {
    give_token(key('t'));

    for (const auto state :
         {SubscriberState::suspended, SubscriberState::ported_out, SubscriberState::deleted}) {
        const SubscriberHead head{.state = state, .epoch = kEpoch};
        store_subscriber(head);
        const auto reply = claim(claim_request(key('t')));
        EXPECT_EQ(reply.outcome, ClaimOutcome::subscriber_changed);
        EXPECT_EQ(reply.subscriber, head);
    }
}

TEST_P(GrantStoreContract, CallsASubscriberWithoutAReadableHeadMissing) {
    give_token(key('t'));

    for (const std::string value : {"", "a", "x 1795341000000 ", "a 1795341000000", "a -1 "}) {
        store_subscriber(value);
        const auto reply = claim(claim_request(key('t')));
        EXPECT_EQ(reply.outcome, ClaimOutcome::subscriber_missing) << value;
        EXPECT_EQ(reply.subscriber, std::nullopt) << value;
    }
}

TEST_P(GrantStoreContract, ClaimsNothingInAnotherLifeOfTheStore) {
    give_token(key('t'));
    auto request = claim_request(key('t'));
    request.incarnation = "another life";

    const auto reply = ask(*host_, host_->grants().claim(request, in_good_time(*host_)));

    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, ErrorCode::store_unavailable);
    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::claimed);
}

TEST_P(GrantStoreContract, RedeemsAndIssuesNothingInAnotherLifeOfTheStore) {
    store_active_subscriber();
    keep_code(keep_request(key('c'), grant()));
    auto& store = host_->grants();
    auto elsewhere = redeem_request(key('c'));
    elsewhere.incarnation = "another life";

    const auto redeemed = ask(*host_, store.redeem(elsewhere, in_good_time(*host_)));
    ASSERT_FALSE(redeemed.has_value());
    EXPECT_EQ(redeemed.error().code, ErrorCode::store_unavailable);

    EXPECT_EQ(redeem(key('c')).outcome, RedeemOutcome::redeemed);
    auto request = issue_request(key('c'), keep_request(key('t'), grant()));
    request.incarnation = "another life";
    const auto issued = ask(*host_, store.issue(request, in_good_time(*host_)));
    ASSERT_FALSE(issued.has_value());
    EXPECT_EQ(issued.error().code, ErrorCode::store_unavailable);

    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::unknown);
    EXPECT_EQ(issue(key('c'), keep_request(key('t'), grant())), IssueOutcome::issued);
}

TEST_P(GrantStoreContract, RevokesAFreshTokenForGood) {
    give_token(key('t'));

    EXPECT_EQ(revoke(key('t')), grant());

    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::revoked);
    EXPECT_EQ(revoke(key('t'))->header.state, GrantState::revoked);
}

TEST_P(GrantStoreContract, LeavesAUsedTokenUsedWhenItIsRevoked) {
    give_token(key('t'));
    ASSERT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::claimed);

    EXPECT_EQ(revoke(key('t'))->header.state, GrantState::used);

    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::used);
}

TEST_P(GrantStoreContract, TellsATokenApartUntilItIsNoLongerRemembered) {
    auto brief = grant();
    brief.header.not_after = now_ + Milliseconds{50};
    auto kept = keep_request(key('t'), brief);
    kept.remember = Milliseconds{50};
    give_token(key('c'), kept);
    auto after = claim_request(key('t'));
    after.now = brief.header.not_after;

    EXPECT_EQ(claim(after).outcome, ClaimOutcome::expired);
    host_->let_pass(Milliseconds{100});
    EXPECT_EQ(claim(after).outcome, ClaimOutcome::unknown);
}

TEST_P(GrantStoreContract, RemembersAUsedTokenAsLongAsTheClaimAsks) {
    auto brief = grant();
    brief.header.not_after = now_ + Milliseconds{50};
    auto kept = keep_request(key('t'), brief);
    kept.remember = Milliseconds{3000};
    give_token(key('c'), kept);
    ASSERT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::claimed);

    host_->let_pass(Milliseconds{50});

    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::used);
}

TEST_P(GrantStoreContract, RemembersAUsedTokenLongerThanItWasKeptForIfTheClaimAsks) {
    auto brief = grant();
    brief.header.not_after = now_ + Milliseconds{2000};
    auto kept = keep_request(key('t'), brief);
    kept.now = brief.header.not_after - Milliseconds{1000};
    kept.remember = Milliseconds{0};
    give_token(key('c'), kept);
    ASSERT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::claimed);

    host_->let_pass(Milliseconds{1000});

    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::used);
}

TEST_P(GrantStoreContract, AcceptsANameOnceWithinItsTime) {
    EXPECT_TRUE(first_use("client:jti-1", std::chrono::minutes{1}));
    EXPECT_FALSE(first_use("client:jti-1", std::chrono::minutes{1}));
    EXPECT_TRUE(first_use("client:jti-2", Milliseconds{30}));

    host_->let_pass(Milliseconds{30});

    EXPECT_TRUE(first_use("client:jti-2", Milliseconds{30}));
    EXPECT_FALSE(first_use("client:jti-1", std::chrono::minutes{1}));
}

TEST_P(GrantStoreContract, DoesNothingAfterTheDeadline) {
    const Deadline passed{host_->clock().mono_now()};
    give_token(key('t'));
    auto& store = host_->grants();
    const auto exceeded = [](const auto& answer) {
        return !answer.has_value() && answer.error().code == ErrorCode::deadline_exceeded;
    };
    const auto more = issue_request(key('c'), keep_request(key('v'), grant()));

    EXPECT_TRUE(exceeded(ask(*host_, store.keep_code(keep_request(key('k'), grant()), passed))));
    EXPECT_TRUE(exceeded(ask(*host_, store.redeem(redeem_request(key('c')), passed))));
    EXPECT_TRUE(exceeded(ask(*host_, store.issue(more, passed))));
    EXPECT_TRUE(exceeded(ask(*host_, store.claim(claim_request(key('t')), passed))));
    EXPECT_TRUE(exceeded(ask(*host_, store.revoke(key('t'), passed))));
    EXPECT_TRUE(exceeded(ask(*host_, store.first_use("n", Milliseconds{1000}, passed))));

    EXPECT_EQ(claim(claim_request(key('t'))).outcome, ClaimOutcome::claimed);
    EXPECT_EQ(redeem(key('k')).outcome, RedeemOutcome::unknown);
    EXPECT_TRUE(first_use("n", Milliseconds{1000}));
}

TEST_P(GrantStoreContract, GivesARacedTokenToExactlyOne) {
    constexpr std::size_t kNodes = 8;
    constexpr char kTokens = 10;
    for (char i = 0; i < kTokens; ++i) {
        give_token(key(static_cast<char>('a' + i)), keep_request(key(i), grant()));
    }
    std::atomic<int> claimed{0};
    std::atomic<int> used{0};

    race(*host_, kNodes, [&](StoreHost& node, std::size_t) {
        for (char i = 0; i < kTokens; ++i) {
            auto reply = ask(node, node.grants().claim(claim_request(key(i)), in_good_time(node)));
            ASSERT_TRUE(reply.has_value()) << reply.error().detail;
            claimed += reply->outcome == ClaimOutcome::claimed ? 1 : 0;
            used += reply->outcome == ClaimOutcome::used ? 1 : 0;
        }
    });

    EXPECT_EQ(claimed.load(), kTokens);
    EXPECT_EQ(used.load(), kTokens * static_cast<int>(kNodes - 1));
}

TEST_P(GrantStoreContract, NeverLeavesAUsableTokenWhenACodeIsRaced) {
    constexpr std::size_t kNodes = 8;
    store_active_subscriber();
    keep_code(keep_request(key('c'), grant()));
    std::atomic<int> redeemed{0};

    race(*host_, kNodes, [&](StoreHost& node, std::size_t who) {
        const auto token = key(static_cast<char>(who));
        auto& grants = node.grants();
        auto reply = ask(node, grants.redeem(redeem_request(key('c')), in_good_time(node)));
        ASSERT_TRUE(reply.has_value()) << reply.error().detail;
        if (reply->outcome == RedeemOutcome::redeemed) {
            ++redeemed;
            const auto request = issue_request(key('c'), keep_request(token, grant()));
            ask(node, grants.issue(request, in_good_time(node))).value();
        }
    });

    EXPECT_EQ(redeemed.load(), 1);
    for (std::size_t who = 0; who < kNodes; ++who) {
        const auto outcome = claim(claim_request(key(static_cast<char>(who)))).outcome;
        EXPECT_NE(outcome, ClaimOutcome::claimed);
    }
}

}  // namespace numproof
