// SPDX-License-Identifier: Apache-2.0
// The stores keep their contracts on a Cluster of three primaries: each script works on one slot.
#include "tests/contract/grant_store_contract.h"
#include "tests/contract/record_store_contract.h"
#include "tests/fakes/redis_cluster_servers.h"
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

INSTANTIATE_TEST_SUITE_P(OnCluster, RecordStoreContract, testing::Values(in_cluster()), host_name);
INSTANTIATE_TEST_SUITE_P(OnCluster, GrantStoreContract, testing::Values(in_cluster()), host_name);

}  // namespace
}  // namespace numproof
