// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/grant_store_contract.h"
#include "tests/contract/record_store_contract.h"
#include "tests/fakes/redis_server.h"
#include "tests/integration/redis/redis_store_host.h"

namespace numproof {
namespace {

/// One server for all cases of both suites.
RedisServer& shared_server() {
    static RedisServer server;
    return server;
}

std::unique_ptr<StoreHost> make_host() {
    RedisOptions options;
    options.addresses = {shared_server().address()};
    options.deadline = std::chrono::seconds{10};
    shared_server().ask({"FLUSHALL"});
    auto host = std::make_unique<RedisStoreHost>(std::move(options));
    host->wait_until_ready();
    return host;
}

StoreHostFactory in_redis() {
    return {.name = "Redis", .make = make_host};
}

INSTANTIATE_TEST_SUITE_P(Stores, RecordStoreContract, testing::Values(in_redis()), host_name);
INSTANTIATE_TEST_SUITE_P(Stores, GrantStoreContract, testing::Values(in_redis()), host_name);

}  // namespace
}  // namespace numproof
