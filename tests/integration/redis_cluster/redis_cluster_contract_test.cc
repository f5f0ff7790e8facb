// SPDX-License-Identifier: Apache-2.0
// The stores keep their contracts on a Cluster of three primaries: each script works on one slot.
#include "adapters/redis/redis_slot.h"
#include "tests/contract/grant_store_contract.h"
#include "tests/contract/record_store_contract.h"
#include "tests/fakes/redis_cluster_servers.h"
#include "tests/integration/redis/redis_doors.h"
#include "tests/integration/redis/redis_store_host.h"

namespace numproof {
namespace {

/// One Cluster for all cases of both suites.
RedisClusterServers& shared_cluster() {
    static RedisClusterServers cluster{RedisClusterServers::Shape{}};
    return cluster;
}

std::unique_ptr<StoreHost> make_host() {
    RedisOptions options;
    options.mode = RedisMode::cluster;
    options.addresses = {shared_cluster().node(1).address()};
    options.deadline = std::chrono::seconds{10};
    shared_cluster().flush();
    auto host = std::make_unique<RedisStoreHost>(std::move(options));
    host->wait_until_ready();
    return host;
}

StoreHostFactory in_cluster() {
    return {.name = "RedisCluster", .make = make_host};
}

// As a user with exactly the rights that docs/redis.md lists, also while a slot moves (ASK).
TEST(RedisClusterAcl, TheDocumentedUserMayDoAllThatIsNeeded) {
    RedisClusterServers cluster{RedisClusterServers::Shape{}};
    auto rights = documented_acl();
    rights.insert(rights.end(), {"+cluster|slots", "+cluster|info", "+asking"});
    for (std::size_t i = 0; i < cluster.size(); ++i) {
        cluster.node(i).ask({"ACL", "SETUSER", "numproof", "reset", "on", ">secret"});
        for (const auto& right : rights) {
            ASSERT_EQ(cluster.node(i).ask({"ACL", "SETUSER", "numproof", right}), "OK");
        }
    }
    RedisOptions options;
    options.mode = RedisMode::cluster;
    options.addresses = {cluster.node(1).address()};
    options.username = "numproof";
    options.password = RedisPassword{"secret"};
    options.deadline = std::chrono::seconds{10};
    RedisStoreHost host{options};
    host.wait_until_ready();
    const std::string key = "np:s:one";
    std::vector<Replacement> list{
        {.key = key,
         .expected = {},
         .record = {.revision = "revision", .value = "value"},
         .keep = std::chrono::minutes{1}}};
    ASSERT_TRUE(ask(host, host.records().replace(list, in_good_time(host))).value()[0].replaced);

    const int slot = redis_slot(key);
    const auto from = cluster.first_owner(slot);
    Result<std::vector<std::optional<Record>>> while_it_moves;
    cluster.move_slot(slot, from, (from + 1) % 3, [&] {
        while_it_moves = ask(host, host.records().read({key}, in_good_time(host)));
    });
    const auto afterwards = ask(host, host.records().read({key}, in_good_time(host)));

    ASSERT_TRUE(while_it_moves.has_value()) << while_it_moves.error().detail;
    EXPECT_EQ(while_it_moves->front()->value, "value");
    ASSERT_TRUE(afterwards.has_value()) << afterwards.error().detail;
    EXPECT_EQ(afterwards->front()->value, "value");
}

INSTANTIATE_TEST_SUITE_P(OnCluster, RecordStoreContract, testing::Values(in_cluster()), host_name);
INSTANTIATE_TEST_SUITE_P(OnCluster, GrantStoreContract, testing::Values(in_cluster()), host_name);

}  // namespace
}  // namespace numproof
