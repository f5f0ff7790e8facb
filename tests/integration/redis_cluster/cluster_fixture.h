// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/redis/redis_slot.h"
#include "daemon/domain/store_keys.h"
#include "tests/fakes/redis_cluster_servers.h"
#include "tests/integration/redis/redis_store_host.h"

namespace numproof {

/// How a test reaches `cluster`.
inline RedisOptions options_for(
    const RedisClusterServers& cluster, Milliseconds deadline = std::chrono::seconds{10}
) {
    RedisOptions options;
    options.mode = RedisMode::cluster;
    options.addresses = cluster.addresses();
    options.deadline = deadline;
    return options;
}

inline std::unique_ptr<RedisStoreHost> ready_host(RedisOptions options) {
    auto host = std::make_unique<RedisStoreHost>(std::move(options));
    host->wait_until_ready();
    return host;
}

inline Result<std::string> incarnation(RedisStoreHost& host) {
    return ask(host, host.records().incarnation(in_good_time(host)));
}

/// Asks for the life of the store until it can be told, and is not `before`.
inline std::string next_incarnation(RedisStoreHost& host, const std::string& before = {}) {
    const auto give_up = host.clock().mono_now() + RedisClusterServers::kPatience;
    while (true) {
        auto name = incarnation(host);
        if (name && *name != before) {
            return *name;
        }
        NP_CHECK(host.clock().mono_now() < give_up);
        host.let_pass(Milliseconds{20});
    }
}

inline Result<std::vector<std::optional<Record>>> read(
    RedisStoreHost& host, std::vector<std::string> keys
) {
    return ask(host, host.records().read(std::move(keys), in_good_time(host)));
}

inline Result<std::vector<ReplaceOutcome>> store(
    RedisStoreHost& host, const std::string& key, Bytes expected = {}, Bytes revision = "revision"
) {
    std::vector<Replacement> list{
        {.key = key,
         .expected = std::move(expected),
         .record = {.revision = std::move(revision), .value = key},
         .keep = std::chrono::hours{1}}};
    return ask(host, host.records().replace(list, in_good_time(host)));
}

/// A subscriber with a token, stored through `host`.
struct StoredToken {
    GrantKey key;
    GrantKey code;
    SubscriberId subscriber;

    [[nodiscard]] int slot() const { return redis_slot(store_keys::token(key)); }
};

class TokenMint {
public:
    static constexpr BindingEpoch kEpoch = 1795341000000;

    explicit TokenMint(RedisStoreHost& host) : host_(host), now_(host.clock().wall_now()) {}

    /// `shard` says where it lies, `number` tells it from others there.
    StoredToken make(int shard, int number) {
        std::string name = "....-subscriber-";
        name[0] = static_cast<char>(shard >> 4);
        name[1] = static_cast<char>((shard & 15) << 4);
        const auto subscriber = SubscriberId::parse(name).value();
        StoredToken made{.key = {}, .code = {}, .subscriber = subscriber};
        made.key.shard = Shard::of(subscriber);
        made.key.mac.fill(static_cast<std::uint8_t>(number));
        made.code = made.key;
        made.code.mac.front() ^= 255;
        store_subscriber(subscriber);
        auto& grants = host_.grants();
        EXPECT_TRUE(ask(host_, grants.keep_code(request(made, made.code), in_good_time(host_))));
        const auto life = host_.client().present_incarnation().value();
        const RedeemRequest redeem{.code = made.code, .incarnation = life};
        EXPECT_TRUE(ask(host_, grants.redeem(redeem, in_good_time(host_))));
        IssueRequest issue{
            .code = made.code, .token = request(made, made.key), .incarnation = life};
        EXPECT_EQ(
            ask(host_, grants.issue(std::move(issue), in_good_time(host_))).value(),
            IssueOutcome::issued
        );
        return made;
    }

    /// Claims a token on the life `incarnation`.
    static Result<ClaimReply> claim(
        RedisStoreHost& host,
        const StoredToken& token,
        std::string incarnation,
        std::optional<Milliseconds> budget = std::nullopt
    ) {
        const auto now = host.clock().wall_now();
        ClaimRequest request{
            .key = token.key,
            .mode = ClaimMode::claim,
            .scope = Scope::verify,
            .now = now,
            .trusted_since = now - std::chrono::hours{1},
            .remember = std::chrono::minutes{1},
            .incarnation = std::move(incarnation)};
        const auto deadline =
            budget ? Deadline::after(host.clock().mono_now(), *budget) : in_good_time(host);
        return ask(host, host.grants().claim(std::move(request), deadline));
    }

private:
    void store_subscriber(const SubscriberId& id) {
        const SubscriberHead head{.state = SubscriberState::active, .epoch = kEpoch};
        std::vector<Replacement> list{
            {.key = store_keys::subscriber(id),
             .expected = {},
             .record = {.revision = "revision", .value = to_stored(head) + std::string{"sealed"}},
             .keep = std::chrono::hours{1}}};
        EXPECT_TRUE(ask(host_, host_.records().replace(list, in_good_time(host_))));
    }

    [[nodiscard]] KeepRequest request(const StoredToken& token, const GrantKey& where) const {
        const GrantHeader header{
            .state = GrantState::fresh,
            .issued_at = now_,
            .not_after = now_ + std::chrono::minutes{5},
            .scopes = ScopeSet{1},
            .method = AuthMethod::network,
            .subscriber = token.subscriber,
            .epoch = kEpoch};
        return {
            .key = where,
            .grant = {.header = header, .sealed = "sealed"},
            .now = now_,
            .remember = std::chrono::minutes{1}};
    }

    RedisStoreHost& host_;
    WallTime now_;
};

}  // namespace numproof
