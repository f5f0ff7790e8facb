// SPDX-License-Identifier: Apache-2.0
// Real sentinels over a real primary and its replicas: who is believed, and what a failover costs.
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/domain/store_keys.h"
#include "daemon/sessions/standing_watch.h"
#include "daemon/vault/vault.h"
#include "tests/fakes/redis_sentinel.h"
#include "tests/integration/redis/redis_doors.h"
#include "tests/integration/redis/redis_store_host.h"

namespace numproof {
namespace {

using testing::HasSubstr;

std::vector<std::string> as_replica_of(const RedisServer& primary) {
    const auto port = std::to_string(primary.port());
    return {"--replicaof", "127.0.0.1", port, "--repl-diskless-sync-delay", "0"};
}

RedisOptions by(const std::vector<std::string>& sentinels) {
    RedisOptions options;
    options.mode = RedisMode::sentinel;
    options.addresses = sentinels;
    options.sentinel.master_name = "mymaster";
    options.deadline = std::chrono::seconds{1};
    return options;
}

bool is_primary(const RedisServer& server) {
    return has(server.ask({"INFO", "replication"}), "role:master");
}

/// A primary, two replicas and three sentinels.
struct Redundancy {
    RedisServer primary;
    RedisServer first{as_replica_of(primary)};
    RedisServer second{as_replica_of(primary)};
    SentinelTrio sentinels{primary};

    Redundancy() { sentinels.wait_until_whole(2); }

    /// Cuts the replicas off without anybody's noticing: what the primary is told from now on, they
    /// do not know. They stay good enough for the sentinels to promote one.
    void make_replicas_lag() {
        for (auto* replica : {&first, &second}) {
            replica->ask({"CONFIG", "SET", "masterauth", "wrong"});
            replica->ask({"CLIENT", "KILL", "TYPE", "master"});
            poll_until([replica] {
                return has(replica->ask({"INFO", "replication"}), "master_link_status:down");
            });
        }
    }

    RedisServer& promoted() {
        poll_until([this] { return is_primary(first) || is_primary(second); });
        return is_primary(first) ? first : second;
    }
};

/// A node that judges how far the store may be trusted.
class Node {
public:
    explicit Node(const RedisOptions& options) : host{options} { host.wait_until_ready(); }

    DirectoryBasis basis() {
        host.turn_until([this] { return ask(host, watch_.refresh(in_good_time(host))).has_value(); }
        );
        return watch_.basis();
    }

    static GrantKey key(std::uint8_t fill) {
        GrantKey made{.shard = Shard::of(subscriber()), .mac = {}};
        made.mac.fill(fill);
        return made;
    }

    /// A code becomes a token, as the token endpoint does it.
    void issue(GrantKey token) {
        const auto now = host.clock().wall_now();
        const GrantHeader header{
            .state = GrantState::fresh,
            .issued_at = now,
            .not_after = now + std::chrono::minutes{2},
            .scopes = ScopeSet{1},
            .method = AuthMethod::network,
            .subscriber = subscriber(),
            .epoch = kEpoch};
        const KeepRequest kept{
            .key = token,
            .grant = {.header = header, .sealed = "sealed"},
            .now = now,
            .remember = std::chrono::minutes{1}};
        auto code = kept;
        code.key = key('c');
        auto& grants = host.grants();
        ASSERT_TRUE(ask(host, grants.keep_code(code, in_good_time(host))).has_value());
        const auto life = host.client().present_incarnation().value();
        const RedeemRequest redeem{.code = code.key, .incarnation = life};
        ASSERT_TRUE(ask(host, grants.redeem(redeem, in_good_time(host))).has_value());
        const IssueRequest request{.code = code.key, .token = kept, .incarnation = life};
        ASSERT_EQ(
            ask(host, grants.issue(request, in_good_time(host))).value(), IssueOutcome::issued
        );
    }

    void store_subscriber() {
        const SubscriberHead head{.state = SubscriberState::active, .epoch = kEpoch};
        std::vector<Replacement> list{
            {.key = store_keys::subscriber(subscriber()),
             .expected = {},
             .record = {.revision = "revision", .value = to_stored(head) + "rest"},
             .keep = std::chrono::hours{1}}};
        ASSERT_TRUE(ask(host, host.records().replace(list, in_good_time(host))).value()[0].replaced
        );
    }

    Result<ClaimReply> claim(GrantKey token) {
        const auto judged = basis();
        const ClaimRequest request{
            .key = token,
            .mode = ClaimMode::claim,
            .scope = Scope::verify,
            .now = host.clock().wall_now(),
            .trusted_since = judged.trusted_since,
            .remember = std::chrono::minutes{1},
            .incarnation = judged.incarnation};
        return ask(host, host.grants().claim(request, in_good_time(host)));
    }

    RedisStoreHost host;

private:
    static constexpr BindingEpoch kEpoch = 1795341000000;

    static SubscriberId subscriber() {
        return SubscriberId::parse("\xab\xc1\x23-subscriber-1").value();
    }

    OpensslCrypto crypto_;
    Vault vault_{crypto_, {name_key(crypto_, SecretKey{std::string(32, 'k')})}};
    StandingWatch watch_{
        {.store = host.records(), .clock = host.clock(), .loop = host.loop(), .vault = vault_},
        StandingLimits{}};
};

/// Ways to lose a primary.
struct Loss {
    const char* name;
    void (*cause)(Redundancy&);
};

void PrintTo(const Loss& loss, std::ostream* out) {
    *out << loss.name;
}

class SentinelFailover : public testing::TestWithParam<Loss> {};

// R13: the replica that takes over never heard that the token was used.
TEST_P(SentinelFailover, GivesNoTokenASecondAnswer) {
    Redundancy redis;
    Node node{by(redis.sentinels.addresses())};
    Node other{by(redis.sentinels.addresses())};
    const auto before = node.basis().incarnation;
    node.store_subscriber();
    const auto used = Node::key('u');
    const auto unused = Node::key('f');
    node.issue(used);
    node.issue(unused);
    for (auto* replica : {&redis.first, &redis.second}) {
        poll_until([&] { return replica->ask({"EXISTS", store_keys::token(unused)}) == "1"; });
    }
    redis.make_replicas_lag();
    ASSERT_EQ(node.claim(used).value().outcome, ClaimOutcome::claimed);

    GetParam().cause(redis);
    node.host.turn_until([&] {
        const auto now = node.host.client().present_incarnation();
        return now.has_value() && *now != before;
    });
    auto& promoted = redis.promoted();

    ASSERT_TRUE(promoted.ask({"GET", store_keys::token(used)}).starts_with("1f"));
    for (auto* any : {&node, &other}) {
        EXPECT_EQ(any->claim(used).value().outcome, ClaimOutcome::predates_failover);
        EXPECT_EQ(any->claim(unused).value().outcome, ClaimOutcome::predates_failover);
    }
    const auto fresh = Node::key('n');
    node.issue(fresh);
    EXPECT_EQ(other.claim(fresh).value().outcome, ClaimOutcome::claimed);
    EXPECT_EQ(node.claim(fresh).value().outcome, ClaimOutcome::used);
}

INSTANTIATE_TEST_SUITE_P(
    Losses,
    SentinelFailover,
    testing::Values(
        Loss{"Killed", [](Redundancy& redis) { redis.primary.kill_hard(); }},
        Loss{"StandsStill", [](Redundancy& redis) { redis.primary.pause(); }},
        Loss{
            "AskedFor",
            [](Redundancy& redis) {
                redis.sentinels.at(0).ask({"SENTINEL", "FAILOVER", "mymaster"});
            }}
    ),
    [](const auto& loss) { return loss.param.name; }
);

TEST(Sentinel, LeadsBackToNoPrimaryThatWakesUp) {
    Redundancy redis;
    Node node{by(redis.sentinels.addresses())};
    const auto before = node.basis().incarnation;
    redis.primary.pause();
    node.host.turn_until([&] {
        const auto now = node.host.client().present_incarnation();
        return now.has_value() && *now != before;
    });
    const auto after = node.basis().incarnation;

    redis.primary.resume();
    poll_until([&redis] { return !is_primary(redis.primary); });

    EXPECT_EQ(node.basis().incarnation, after);
}

TEST(Sentinel, LeadsToNoReplicaThatMayEvict) {
    Redundancy redis;
    for (auto* replica : {&redis.first, &redis.second}) {
        replica->ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
    }
    Node node{by(redis.sentinels.addresses())};
    redis.primary.kill_hard();

    node.host.turn_until([&node] { return node.host.client().refusal().has_value(); });
    const auto refusal = node.host.client().refusal()->detail;
    redis.promoted().ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
    node.host.wait_until_ready();

    EXPECT_THAT(refusal, HasSubstr("'allkeys-lru'"));
}

// The old primary lives and calls itself one, but it is cut off from those who decide.
TEST(Sentinel, TakesUsAwayFromAPrimaryThatWasReplacedOnceMostOfThemSaySo) {
    RedisServer old;
    RedisServer next;
    SentinelTrio sentinels{old};
    RedisStoreHost host{by(sentinels.addresses())};
    host.wait_until_ready();
    const auto before = host.client().present_incarnation();

    sentinels.point(0, next);
    host.let_pass(2 * SentinelPanel::kEvery);
    const auto while_one_says_so = host.client().present_incarnation();
    sentinels.point(1, next);
    host.turn_until([&] {
        const auto now = host.client().present_incarnation();
        return now.has_value() && now != before;
    });

    EXPECT_EQ(while_one_says_so, before);
    EXPECT_TRUE(host.logged("the sentinels name another primary"));
    EXPECT_TRUE(is_primary(old));
}

TEST(Sentinel, MayGoWhileThePrimaryStays) {
    RedisServer primary;
    SentinelTrio sentinels{primary};
    RedisStoreHost host{by(sentinels.addresses())};
    host.wait_until_ready();

    for (std::size_t i = 0; i < 3; ++i) {
        sentinels.at(i).kill_hard();
    }
    host.let_pass(2 * SentinelPanel::kEvery);

    EXPECT_TRUE(ask(host, host.records().read({"np:s:one"}, in_good_time(host))).has_value());
    EXPECT_EQ(host.metrics().lost.value(), 0U);
}

TEST(Sentinel, IsNotBelievedAlone) {
    RedisServer primary;
    SentinelTrio sentinels{primary};
    sentinels.at(1).kill_hard();
    sentinels.at(2).pause();
    RedisStoreHost host{by(sentinels.addresses())};

    host.turn_until([&host] { return host.logged("the same 2 are needed"); });
    EXPECT_FALSE(host.client().present_incarnation().has_value());
    sentinels.at(2).resume();

    host.wait_until_ready();
}

TEST(Sentinel, HasToKnowThePrimaryByOurName) {
    RedisServer primary;
    SentinelTrio sentinels{primary};
    auto options = by(sentinels.addresses());
    options.sentinel.master_name = "another";
    RedisStoreHost host{options};

    host.turn_until([&host] { return host.client().refusal().has_value(); });

    EXPECT_THAT(host.client().refusal()->detail, HasSubstr("know no primary called 'another'"));
}

TEST(Sentinel, WantsAPasswordOfItsOwn) {
    RedisServer primary{{"--requirepass", "store"}};
    SentinelTrio sentinels{primary, "sentinel auth-pass mymaster store\nrequirepass watch\n"};
    auto options = by(sentinels.addresses());
    options.password = RedisPassword{"store"};
    RedisStoreHost without{options};
    options.sentinel.password = RedisPassword{"wrong"};
    RedisStoreHost wrong{options};
    options.sentinel.password = RedisPassword{"watch"};
    RedisStoreHost right{options};

    right.wait_until_ready();
    for (auto* host : {&without, &wrong}) {
        host->turn_until([host] { return host->client().refusal().has_value(); });
    }

    EXPECT_THAT(without.client().refusal()->detail, HasSubstr("NOAUTH"));
    EXPECT_THAT(wrong.client().refusal()->detail, HasSubstr("WRONGPASS to AUTH"));
}

}  // namespace
}  // namespace numproof
