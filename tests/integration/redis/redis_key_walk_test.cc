// SPDX-License-Identifier: Apache-2.0
// A walk over the names in a real Redis, and the sweep of what former directories left there.
#include "adapters/redis/redis_key_walk.h"

#include <set>
#include <string>

#include <gmock/gmock.h>

#include "adapters/openssl/openssl_crypto.h"
#include "daemon/sessions/generation_marker.h"
#include "daemon/sessions/leftover_sweep.h"
#include "tests/fakes/redis_server.h"
#include "tests/integration/redis/redis_doors.h"
#include "tests/integration/redis/redis_store_host.h"

namespace numproof {
namespace {

constexpr int kMany = 2000;

RedisOptions options_for(RedisServer& server) {
    server.ask({"ACL", "SETUSER", "numproof", "reset", "on", ">secret"});
    for (const auto& word : documented_acl()) {
        server.ask({"ACL", "SETUSER", "numproof", word});
    }
    RedisOptions options;
    options.addresses = {server.address()};
    options.username = "numproof";
    options.password = RedisPassword{"secret"};
    options.deadline = std::chrono::seconds{5};
    return options;
}

void store(RedisStoreHost& host, const std::vector<std::string>& keys) {
    std::vector<Replacement> list;
    for (const auto& key : keys) {
        list.push_back(
            {.key = key,
             .expected = {},
             .record = {.revision = "revision", .value = "value"},
             .keep = std::chrono::hours{1}}
        );
    }
    ASSERT_TRUE(ask(host, host.records().replace(list, in_good_time(host))).has_value());
}

/// Hashes of one generation, and a key of its own beside each.
std::vector<std::string> keys_with(const std::string& mark) {
    std::vector<std::string> keys;
    for (int i = 0; i < kMany; ++i) {
        const auto number = std::to_string(i);
        keys.push_back("np:a:" + mark + ":internet:10.0." + number + "#1");
        keys.push_back("np:s:" + mark + number);
    }
    return keys;
}

std::set<std::string> walk_all(RedisStoreHost& host, RedisKeyWalk& walk) {
    std::set<std::string> names;
    std::string from;
    do {
        auto page = ask(host, walk.look(from, in_good_time(host))).value();
        names.insert(page.names.begin(), page.names.end());
        from = page.next;
    } while (!from.empty());
    return names;
}

TEST(RedisKeyWalk, MeetsEachHashAndNothingElse) {
    RedisServer server;
    RedisStoreHost host{options_for(server)};
    host.wait_until_ready();
    store(host, keys_with("Mark"));
    RedisKeyWalk walk{host.client()};

    const auto names = walk_all(host, walk);

    EXPECT_EQ(names.size(), static_cast<std::size_t>(kMany));
    EXPECT_TRUE(names.contains("np:a:Mark:internet:10.0.1999"));
}

TEST(RedisKeyWalk, ForgetsInTheLifeThatItSawOnly) {
    RedisServer server;
    RedisStoreHost host{options_for(server)};
    host.wait_until_ready();
    store(host, {"np:a:Mark:x:1#1", "np:a:Mark:x:2#1"});
    RedisKeyWalk walk{host.client()};
    const auto life = ask(host, walk.look("", in_good_time(host))).value().life;

    EXPECT_FALSE(ask(host, walk.forget({"np:a:Mark:x:1"}, "another", in_good_time(host))));
    EXPECT_TRUE(ask(host, walk.forget({"np:a:Mark:x:2"}, life, in_good_time(host))));
    const auto give_up = host.clock().mono_now() + std::chrono::seconds{30};
    while (server.ask({"EXISTS", "np:a:Mark:x:2"}) != "0") {
        NP_CHECK(host.clock().mono_now() < give_up);
        host.let_pass(Milliseconds{20});
    }

    EXPECT_EQ(server.ask({"TTL", "np:a:Mark:x:1"}), "-1");
}

TEST(LeftoverSweepOnRedis, LeavesTheDirectoryThatIsThere) {
    RedisServer server;
    RedisStoreHost host{options_for(server)};
    host.wait_until_ready();
    const OpensslCrypto crypto;
    Vault vault{crypto, {name_key(crypto, SecretKey{std::string(32, 'k')})}};
    const GenerationRecord whole{
        .id = "g",
        .secret = SecretKey{std::string(32, 's')},
        .phase = GenerationRecord::Phase::whole,
        .partitions = {{"t", 1}}};
    vault.adopt(whole.id, whole.secret);
    const std::vector<Replacement> marker{
        {.key = "np:gen",
         .expected = {},
         .record = sealed_marker(vault, whole),
         .keep = std::chrono::hours{1}}};
    ASSERT_TRUE(ask(host, host.records().replace(marker, in_good_time(host))).has_value());
    store(host, keys_with("OLD1"));
    store(host, keys_with(vault.mark()));
    RedisKeyWalk walk{host.client()};
    MemoryLog log;
    Counter removed;
    const SweepPace pace{
        .look_every = Milliseconds{10}, .settle = Milliseconds{20}, .pause = Milliseconds{1}};
    LeftoverSweep sweep{
        {.walk = walk,
         .store = host.records(),
         .clock = host.clock(),
         .loop = host.loop(),
         .vault = vault,
         .log = log,
         .removed = removed},
        pace};
    bool ended = false;
    spawn([](LeftoverSweep& one, bool& over) -> Task<void> {
        co_await one.run([] { return true; });
        over = true;
    }(sweep, ended));

    host.turn_until([&log] { return !log.lines().empty(); });
    host.turn_until([&server] { return server.ask({"DBSIZE"}) == std::to_string(3 * kMany + 1); });
    sweep.stop();
    host.turn_until([&ended] { return ended; });

    EXPECT_EQ(removed.value(), static_cast<std::uint64_t>(kMany));
    const auto left = walk_all(host, walk);
    EXPECT_EQ(left.size(), static_cast<std::size_t>(kMany));
    EXPECT_TRUE(left.contains("np:a:" + vault.mark() + ":internet:10.0.0"));
    EXPECT_EQ(server.ask({"TTL", "np:a:" + vault.mark() + ":internet:10.0.0"}), "-1");
}

}  // namespace
}  // namespace numproof
