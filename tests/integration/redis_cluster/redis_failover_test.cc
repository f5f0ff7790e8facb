// SPDX-License-Identifier: Apache-2.0
// A real Cluster whose nodes die, come back empty, stand still, or are not what they should be.
#include <cstdlib>
#include <set>
#include <string>

#include "adapters/redis/redis_key_walk.h"
#include "daemon/ports/store_life.h"
#include "tests/integration/redis_cluster/cluster_fixture.h"

namespace numproof {
namespace {

using Shape = RedisClusterServers::Shape;

/// A key whose slot the primary `owner` has.
std::string key_of(const RedisClusterServers& cluster, std::size_t owner, int number = 0) {
    for (int i = number * 1000;; ++i) {
        auto key = "np:s:" + std::to_string(i);
        if (cluster.first_owner(redis_slot(key)) == owner) {
            return key;
        }
    }
}

/// What INFO says under `name` of how far replication is.
long long offset_of(RedisClusterServers& cluster, std::size_t node, const std::string& name) {
    const auto info = cluster.node(node).ask({"INFO", "replication"});
    const auto at = info.find("\n" + name + ":");
    return at == std::string::npos ? -1 : std::atoll(info.c_str() + at + name.size() + 2);
}

/// WAIT would look at the writes of its own connection only.
void wait_until_in_step(RedisClusterServers& cluster, std::size_t primary, std::size_t replica) {
    const auto written = offset_of(cluster, primary, "master_repl_offset");
    ASSERT_GE(written, 0);
    cluster.wait_until([&] { return offset_of(cluster, replica, "slave_repl_offset") >= written; });
}

TEST(RedisFailover, IsANewLifeOnThePromotedReplicaWithoutHelp) {
    RedisClusterServers cluster{Shape{.replicas = 1}};
    auto host = ready_host(options_for(cluster, std::chrono::seconds{1}));
    const auto token = TokenMint{*host}.make(0x001, 1);
    const auto dead = cluster.first_owner(token.slot());
    const auto key = key_of(cluster, dead);
    const auto elsewhere = key_of(cluster, (dead + 1) % 3);
    ASSERT_TRUE(store(*host, key)->front().replaced);
    ASSERT_TRUE(store(*host, elsewhere)->front().replaced);
    const auto before = incarnation(*host).value();
    const auto replica = 3 + dead;
    wait_until_in_step(cluster, dead, replica);

    cluster.node(dead).kill_hard();
    const auto at = host->clock().mono_now();
    const auto now = next_incarnation(*host, before);
    const auto took = host->clock().mono_now() - at;

    EXPECT_LT(took, std::chrono::seconds{30});
    EXPECT_EQ(cluster.role(replica), "master");
    EXPECT_TRUE(continues(before, now));
    EXPECT_EQ(read(*host, {key, elsewhere}).value().front()->value, key);
    EXPECT_TRUE(store(*host, key, "revision", "another1")->front().replaced);
    const auto on_old_life = TokenMint::claim(*host, token, before);
    ASSERT_FALSE(on_old_life.has_value());
    EXPECT_EQ(on_old_life.error().code, ErrorCode::store_unavailable);
    EXPECT_EQ(TokenMint::claim(*host, token, now).value().outcome, ClaimOutcome::claimed);
}

TEST(RedisFailover, ByHandIsANewLifeAsWell) {
    RedisClusterServers cluster{Shape{.primaries = 3, .replicas = 1}};
    auto host = ready_host(options_for(cluster));
    const auto before = incarnation(*host).value();

    cluster.promote(3);
    const auto now = next_incarnation(*host, before);

    EXPECT_TRUE(continues(before, now));
    EXPECT_TRUE(store(*host, key_of(cluster, 0))->front().replaced);
}

// The marker that says that the directory is whole may lie on another node: "not there" must not be
// said by the empty one before somebody has been told that it lives another life.
TEST(RedisFailover, IsNotAnEmptyPrimaryThatSaysThatNothingWasThere) {
    RedisClusterServers cluster{Shape{.node_timeout = std::chrono::seconds{15}}};
    auto host = ready_host(options_for(cluster, std::chrono::milliseconds{300}));
    const auto key = key_of(cluster, 1);
    ASSERT_TRUE(store(*host, key)->front().replaced);
    const auto before = incarnation(*host).value();

    cluster.node(1).kill_hard();
    cluster.node(1).start();
    cluster.wait_until([&] { return cluster.is_well(); });
    // Long enough for a connection, and for many reads over it.
    for (int i = 0; i < 20; ++i) {
        const auto records = read(*host, {key});
        ASSERT_FALSE(records.has_value() && !records->front().has_value());
    }
    EXPECT_EQ(host->client().present_incarnation(), std::nullopt);
    EXPECT_FALSE(TokenMint::claim(*host, {}, before).has_value());
    const auto now = next_incarnation(*host, before);

    EXPECT_FALSE(continues(before, now));
    EXPECT_EQ(read(*host, {key})->front(), std::nullopt);
}

TEST(RedisFailover, IsNotAFlushThatNobodyIsToldOf) {
    RedisClusterServers cluster{Shape{}};
    auto host = ready_host(options_for(cluster));
    const auto before = incarnation(*host).value();

    cluster.node(2).ask({"FLUSHALL"});
    const auto now = incarnation(*host).value();

    EXPECT_NE(now, before);
    EXPECT_FALSE(continues(before, now));
}

TEST(RedisFailover, IsNotAPrimaryThatStandsStillForAMoment) {
    RedisClusterServers cluster{Shape{.node_timeout = std::chrono::seconds{15}}};
    auto host = ready_host(options_for(cluster, std::chrono::milliseconds{200}));
    const auto still = key_of(cluster, 0);
    const auto other = key_of(cluster, 1);
    ASSERT_TRUE(store(*host, still)->front().replaced);
    ASSERT_TRUE(store(*host, other)->front().replaced);
    const auto before = incarnation(*host).value();

    cluster.node(0).pause();
    const auto away = read(*host, {still});
    const auto whole = incarnation(*host);
    const auto there = read(*host, {other});
    cluster.node(0).resume();

    EXPECT_FALSE(away.has_value());
    EXPECT_FALSE(whole.has_value());
    ASSERT_TRUE(there.has_value()) << there.error().detail;
    EXPECT_EQ(there->front()->value, other);
    EXPECT_EQ(next_incarnation(*host), before);
    EXPECT_EQ(read(*host, {still})->front()->value, still);
}

TEST(RedisFailover, LeavesAPrimaryThatStandsStillForLong) {
    RedisClusterServers cluster{Shape{.replicas = 1}};
    auto host = ready_host(options_for(cluster, std::chrono::milliseconds{500}));
    const auto key = key_of(cluster, 0);
    ASSERT_TRUE(store(*host, key)->front().replaced);
    wait_until_in_step(cluster, 0, 3);
    const auto before = incarnation(*host).value();

    cluster.node(0).pause();
    const auto now = next_incarnation(*host, before);
    EXPECT_EQ(read(*host, {key})->front()->value, key);
    cluster.node(0).resume();
    cluster.wait_until([&] { return cluster.role(0) == "slave"; });

    EXPECT_EQ(next_incarnation(*host), now);
    EXPECT_TRUE(store(*host, key, "revision", "another1")->front().replaced);
}

TEST(RedisClusterGrowth, IsANewLifeThatContinues) {
    RedisClusterServers cluster{Shape{.without = 1}};
    auto host = ready_host(options_for(cluster));
    const auto before = incarnation(*host).value();
    const auto key = key_of(cluster, 0);
    ASSERT_TRUE(store(*host, key)->front().replaced);

    cluster.move_slot(redis_slot(key), 0, 3, [] {});
    const auto now = next_incarnation(*host, before);

    EXPECT_TRUE(continues(before, now));
    EXPECT_EQ(read(*host, {key})->front()->value, key);
}

TEST(RedisClusterSeeds, MayBeReplicasAndNodesThatAreGone) {
    RedisClusterServers cluster{Shape{.replicas = 1}};
    auto options = options_for(cluster);
    options.addresses = {"127.0.0.1:1", cluster.node(4).address()};
    auto host = ready_host(options);

    EXPECT_TRUE(store(*host, key_of(cluster, 2))->front().replaced);
    host->turn_until([&] {
        const auto& metrics = host->metrics();
        return metrics.connected.value() - metrics.lost.value() == 3;
    });
}

TEST(RedisClusterSeeds, AreRefusedIfTheyAreNoCluster) {
    RedisServer server;
    RedisOptions options;
    options.mode = RedisMode::cluster;
    options.addresses = {server.address()};
    RedisStoreHost host{options};

    EXPECT_FALSE(read(host, {"np:s:1"}).has_value());
    host.turn_until([&] { return host.client().refusal().has_value(); });
    EXPECT_EQ(host.client().refusal()->code, ErrorCode::invalid_configuration);
    EXPECT_EQ(
        host.client().refusal()->detail,
        "Redis runs in mode 'standalone', directory.redis.mode is cluster"
    );
}

TEST(RedisClusterSeeds, AreRefusedIfNoClusterIsExpected) {
    RedisServer server{
        {"--cluster-enabled",
         "yes",
         "--cluster-port",
         std::to_string(RedisServer::find_free_port())}};
    RedisOptions options;
    options.addresses = {server.address()};
    RedisStoreHost host{options};

    host.turn_until([&] { return host.client().refusal().has_value(); });
    EXPECT_EQ(
        host.client().refusal()->detail,
        "Redis runs in mode 'cluster', directory.redis.mode is standalone"
    );
}

TEST(RedisClusterSeeds, SayThatTheClusterIsDown) {
    RedisServer server{
        {"--cluster-enabled",
         "yes",
         "--cluster-port",
         std::to_string(RedisServer::find_free_port())}};
    RedisOptions options;
    options.mode = RedisMode::cluster;
    options.addresses = {server.address()};
    RedisStoreHost host{options};
    host.turn_until([&] { return host.logged("NP-REDIS-011"); });

    const auto away = read(host, {"np:s:1"});

    ASSERT_FALSE(away.has_value());
    EXPECT_NE(away.error().detail.find("cluster_state is not ok"), std::string::npos)
        << away.error().detail;
}

TEST(RedisClusterSlots, ThatNobodyHasStopTheWholeStore) {
    RedisClusterServers cluster{Shape{.settings = {"--cluster-require-full-coverage", "no"}}};
    const auto key = key_of(cluster, 0);
    const auto slot = std::to_string(redis_slot(key));
    for (std::size_t i = 0; i < cluster.size(); ++i) {
        cluster.node(i).ask({"CLUSTER", "DELSLOTS", slot});
    }
    RedisStoreHost host{options_for(cluster, std::chrono::milliseconds{500})};
    host.turn_until([&] { return host.logged("NP-REDIS-010"); });

    const auto name = incarnation(host);

    ASSERT_FALSE(name.has_value());
    EXPECT_NE(name.error().detail.find("no node of Redis has 1 of its slots"), std::string::npos)
        << name.error().detail;
    EXPECT_FALSE(read(host, {key}).has_value());
}

TEST(RedisClusterKeeping, IsWatchedOnEachPrimary) {
    RedisClusterServers cluster{Shape{}};
    auto host = ready_host(options_for(cluster));
    const auto before = incarnation(*host).value();

    cluster.node(1).ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
    cluster.wait_until([&] {
        (void)incarnation(*host);
        return host->client().refusal().has_value();
    });

    EXPECT_NE(host->client().refusal()->detail.find("'allkeys-lru'"), std::string::npos);
    EXPECT_FALSE(read(*host, {key_of(cluster, 1)}).has_value());

    cluster.node(1).ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
    EXPECT_EQ(next_incarnation(*host), before);

    cluster.node(2).ask({"CONFIG", "SET", "maxmemory", "1"});
    const auto trouble = [&] { return host->metrics().writes.trouble(host->clock().mono_now()); };
    cluster.wait_until([&] {
        (void)incarnation(*host);
        return trouble().has_value();
    });
    cluster.node(2).ask({"CONFIG", "SET", "maxmemory", "0"});
    cluster.wait_until([&] {
        (void)incarnation(*host);
        return !trouble().has_value();
    });
    EXPECT_EQ(next_incarnation(*host), before);
}

TEST(RedisClusterKeyWalk, GoesOverAllPrimaries) {
    RedisClusterServers cluster{Shape{}};
    auto host = ready_host(options_for(cluster));
    std::set<std::string> wanted;
    for (std::size_t primary = 0; primary < 3; ++primary) {
        for (int number = 0; number < 3; ++number) {
            const auto name = "np:a:Mark:" + key_of(cluster, primary, number);
            ASSERT_TRUE(store(*host, name + "#1")->front().replaced);
            wanted.insert(name);
        }
    }
    RedisKeyWalk walk{host->client()};
    const auto walk_all = [&] {
        std::set<std::string> names;
        std::string from;
        do {
            auto page = ask(*host, walk.look(from, in_good_time(*host))).value();
            names.insert(page.names.begin(), page.names.end());
            from = page.next;
        } while (!from.empty());
        return names;
    };
    EXPECT_EQ(walk_all(), wanted);

    const auto life = incarnation(*host).value();
    const std::vector<std::string> gone{wanted.begin(), wanted.end()};
    ASSERT_TRUE(ask(*host, walk.forget(gone, life, in_good_time(*host))));
    cluster.wait_until([&] { return walk_all().empty(); });
}

}  // namespace
}  // namespace numproof
