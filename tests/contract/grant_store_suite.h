// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/domain/store_keys.h"
#include "tests/contract/store_host.h"

namespace numproof {

/// What the cases of grant_store_contract.h are written with.
class GrantStoreContract : public testing::TestWithParam<StoreHostFactory> {
protected:
    static constexpr BindingEpoch kEpoch = 1795341000000;

    std::unique_ptr<StoreHost> host_ = GetParam().make();
    WallTime now_ = host_->clock().wall_now();
    std::string incarnation_ =
        ask(*host_, host_->records().incarnation(in_good_time(*host_))).value();

    static SubscriberId subscriber() {
        return SubscriberId::parse("\xab\xc1\x23-subscriber-1").value();
    }

    static GrantKey key(char fill) {
        GrantKey made{.shard = Shard::of(subscriber()), .mac = {}};
        made.mac.fill(static_cast<std::uint8_t>(fill));
        return made;
    }

    StoredGrant grant() const {
        const GrantHeader header{
            .state = GrantState::fresh,
            .issued_at = now_,
            .not_after = now_ + std::chrono::minutes{2},
            .scopes = ScopeSet{1},
            .method = AuthMethod::network,
            .subscriber = subscriber(),
            .epoch = kEpoch};
        return {.header = header, .sealed = Bytes{"sealed \0 \r\n octets", 18}};
    }

    KeepRequest keep_request(GrantKey where, StoredGrant what) const {
        return {
            .key = where,
            .grant = std::move(what),
            .now = now_,
            .remember = std::chrono::minutes{1}};
    }

    ClaimRequest claim_request(GrantKey where) const {
        return {
            .key = where,
            .mode = ClaimMode::claim,
            .scope = Scope::verify,
            .now = now_,
            .trusted_since = now_ - std::chrono::hours{1},
            .remember = std::chrono::minutes{1},
            .incarnation = incarnation_};
    }

    void store_subscriber(std::string value) {
        auto& records = host_->records();
        const auto name = store_keys::subscriber(subscriber());
        const auto seen = ask(*host_, records.read({name}, in_good_time(*host_))).value();
        Bytes revision = std::to_string(++revisions_);
        revision.resize(8, '.');
        std::vector<Replacement> list{
            {.key = name,
             .expected = seen[0] ? seen[0]->revision : Bytes{},
             .record = {.revision = revision, .value = std::move(value)},
             .keep = std::chrono::hours{1}}};
        const auto done = ask(*host_, records.replace(list, in_good_time(*host_))).value();
        ASSERT_TRUE(done[0].replaced);
    }

    void store_subscriber(SubscriberHead head) {
        store_subscriber(to_stored(head) + std::string{"sealed rest\0", 12});
    }

    void store_active_subscriber() {
        store_subscriber({.state = SubscriberState::active, .epoch = kEpoch});
    }

    void keep_code(KeepRequest request) {
        auto& store = host_->grants();
        const auto kept = ask(*host_, store.keep_code(std::move(request), in_good_time(*host_)));
        ASSERT_TRUE(kept.has_value()) << kept.error().detail;
    }

    RedeemRequest redeem_request(GrantKey where) const {
        return {.code = where, .incarnation = incarnation_};
    }

    IssueRequest issue_request(GrantKey code, KeepRequest token) const {
        return {.code = code, .token = std::move(token), .incarnation = incarnation_};
    }

    RedeemReply redeem(GrantKey where) {
        auto& store = host_->grants();
        return ask(*host_, store.redeem(redeem_request(where), in_good_time(*host_))).value();
    }

    IssueOutcome issue(GrantKey code, KeepRequest token) {
        auto request = issue_request(code, std::move(token));
        auto& store = host_->grants();
        return ask(*host_, store.issue(std::move(request), in_good_time(*host_))).value();
    }

    ClaimReply claim(ClaimRequest request) {
        auto& store = host_->grants();
        return ask(*host_, store.claim(std::move(request), in_good_time(*host_))).value();
    }

    std::optional<StoredGrant> revoke(GrantKey where) {
        return ask(*host_, host_->grants().revoke(where, in_good_time(*host_))).value();
    }

    bool first_use(std::string name, Milliseconds keep) {
        auto& store = host_->grants();
        return ask(*host_, store.first_use(std::move(name), keep, in_good_time(*host_))).value();
    }

    /// Brings a token into the store the only way there is: by a code.
    void give_token(GrantKey code, KeepRequest token) {
        store_active_subscriber();
        keep_code(keep_request(code, grant()));
        ASSERT_EQ(redeem(code).outcome, RedeemOutcome::redeemed);
        ASSERT_EQ(issue(code, std::move(token)), IssueOutcome::issued);
    }

    void give_token(GrantKey token) { give_token(key('c'), keep_request(token, grant())); }

private:
    int revisions_ = 0;
};

}  // namespace numproof
