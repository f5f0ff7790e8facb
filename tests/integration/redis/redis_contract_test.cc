// SPDX-License-Identifier: Apache-2.0
// Both suites of the store, by every way to one Redis: they must not differ.
#include <string>

#include "tests/contract/grant_store_contract.h"
#include "tests/contract/record_store_contract.h"
#include "tests/fakes/redis_sentinel.h"
#include "tests/fakes/redis_server.h"
#include "tests/integration/redis/redis_doors.h"
#include "tests/integration/redis/redis_store_host.h"

namespace numproof {
namespace {

std::unique_ptr<StoreHost> host_at(RedisOptions options, const RedisServer& server) {
    options.deadline = std::chrono::seconds{10};
    server.ask({"FLUSHALL"});
    auto host = std::make_unique<RedisStoreHost>(std::move(options));
    host->wait_until_ready();
    return host;
}

/// One server for all cases of both suites.
StoreHostFactory by_tcp() {
    const auto make = [] {
        static RedisServer server;
        RedisOptions options;
        options.addresses = {server.address()};
        return host_at(std::move(options), server);
    };
    return {.name = "Redis", .make = make};
}

StoreHostFactory by_unix_socket() {
    const auto make = [] {
        static RedisServer server{{"--unixsocket", "redis.sock"}};
        RedisOptions options;
        options.addresses = {"unix:" + server.path("redis.sock")};
        return host_at(std::move(options), server);
    };
    return {.name = "UnixSocket", .make = make};
}

StoreHostFactory by_mutual_tls() {
    const auto make = [] {
        static TlsRedis redis{true};
        return host_at(redis.options(redis.settings()), redis.server());
    };
    return {.name = "MutualTls", .make = make};
}

StoreHostFactory as_documented_user() {
    const auto make = [] {
        static RedisServer server;
        server.ask({"ACL", "SETUSER", "numproof", "reset", "on", ">secret"});
        for (const auto& word : documented_acl()) {
            server.ask({"ACL", "SETUSER", "numproof", word});
        }
        RedisOptions options;
        options.addresses = {server.address()};
        options.username = "numproof";
        options.password = RedisPassword{"secret"};
        return host_at(std::move(options), server);
    };
    return {.name = "AclUser", .make = make};
}

StoreHostFactory by_sentinels() {
    const auto make = [] {
        static RedisServer primary;
        static SentinelTrio sentinels{primary};
        RedisOptions options;
        options.mode = RedisMode::sentinel;
        options.addresses = sentinels.addresses();
        options.sentinel.master_name = "mymaster";
        return host_at(std::move(options), primary);
    };
    return {.name = "Sentinel", .make = make};
}

INSTANTIATE_TEST_SUITE_P(
    Stores,
    RecordStoreContract,
    testing::Values(
        by_tcp(), by_unix_socket(), by_mutual_tls(), as_documented_user(), by_sentinels()
    ),
    host_name
);
INSTANTIATE_TEST_SUITE_P(
    Stores,
    GrantStoreContract,
    testing::Values(
        by_tcp(), by_unix_socket(), by_mutual_tls(), as_documented_user(), by_sentinels()
    ),
    host_name
);

}  // namespace
}  // namespace numproof
