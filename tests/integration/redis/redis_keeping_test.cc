// SPDX-License-Identifier: Apache-2.0
// A real Redis that is told to evict, has evicted, or is full, while we are connected to it.
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "adapters/redis/redis_capacity.h"
#include "daemon/ports/store_life.h"
#include "tests/fakes/redis_sentinel.h"
#include "tests/integration/redis/redis_store_host.h"

namespace numproof {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

RedisOptions options_for(const RedisServer& server) {
    RedisOptions options;
    options.addresses = {server.address()};
    options.deadline = std::chrono::seconds{5};
    return options;
}

bool store(RedisStoreHost& host, const std::string& key) {
    std::vector<Replacement> list{
        {.key = key,
         .expected = {},
         .record = {.revision = "revision", .value = std::string(1000, 'x')},
         .keep = std::chrono::minutes{10}}};
    return ask(host, host.records().replace(list, in_good_time(host))).has_value();
}

/// Asks after the life of the store, as a node does all the time, until `done`.
void poll_until(RedisStoreHost& host, const std::function<bool()>& done) {
    const auto give_up = host.clock().mono_now() + std::chrono::seconds{30};
    while (!done()) {
        NP_CHECK(host.clock().mono_now() < give_up);
        (void)ask(host, host.records().incarnation(in_good_time(host)));
        host.let_pass(Milliseconds{50});
    }
}

std::string life_of(RedisStoreHost& host) {
    host.wait_until_ready();
    return ask(host, host.records().incarnation(in_good_time(host))).value();
}

std::optional<std::string> trouble(const RedisStoreHost& host) {
    return host.metrics().writes.trouble(host.clock().mono_now());
}

TEST(RedisKeeping, IsWatchedWhileWeAreConnected) {
    RedisServer server;
    RedisStoreHost host{options_for(server)};
    const auto before = life_of(host);

    server.ask({"CONFIG", "SET", "maxmemory-policy", "volatile-ttl"});
    poll_until(host, [&host] { return host.client().refusal().has_value(); });

    EXPECT_THAT(host.client().refusal()->detail, HasSubstr("maxmemory-policy is 'volatile-ttl'"));
    EXPECT_TRUE(host.logged("NP-REDIS-004"));
    EXPECT_FALSE(store(host, "np:s:one"));

    server.ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});

    EXPECT_EQ(life_of(host), before);
    EXPECT_TRUE(store(host, "np:s:one"));
}

TEST(RedisKeeping, IsWatchedBySentinelsToo) {
    RedisServer primary;
    SentinelTrio sentinels{primary};
    auto options = options_for(primary);
    options.mode = RedisMode::sentinel;
    options.addresses = sentinels.addresses();
    options.sentinel.master_name = "mymaster";
    RedisStoreHost host{options};
    const auto before = life_of(host);

    primary.ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-random"});
    poll_until(host, [&host] { return host.client().refusal().has_value(); });
    primary.ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});

    EXPECT_EQ(life_of(host), before);
}

TEST(RedisKeeping, EndsALifeThatIsNotContinuedWhenKeysWereEvicted) {
    RedisServer server;
    RedisStoreHost host{options_for(server)};
    const auto before = life_of(host);
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(store(host, "np:s:" + std::to_string(i)));
    }

    server.ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
    server.ask({"CONFIG", "SET", "maxmemory", "1mb"});
    server.ask({"SET", "one", "more"});
    server.ask({"CONFIG", "SET", "maxmemory", "0"});
    server.ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
    // Nobody saw the policy; what was evicted is seen all the same.
    poll_until(host, [&] {
        const auto now = host.client().present_incarnation();
        return now && *now != before;
    });
    const auto after = life_of(host);

    EXPECT_THAT(after, EndsWith(evictions_of(server.ask({"INFO", "stats"}))));
    EXPECT_THAT(after, Not(EndsWith("~")));
    EXPECT_THAT(after, HasSubstr("~"));
    EXPECT_FALSE(continues(before, after));
    EXPECT_TRUE(continues(after, after));
}

TEST(FullRedis, IsNoticedWithoutAnyWrite) {
    RedisServer server;
    RedisStoreHost host{options_for(server)};
    const auto before = life_of(host);
    ASSERT_EQ(trouble(host), std::nullopt);

    server.ask({"CONFIG", "SET", "maxmemory", "1"});
    poll_until(host, [&host] { return trouble(host).has_value(); });

    EXPECT_THAT(*trouble(host), HasSubstr("refuses writes (OOM): raise its maxmemory"));
    EXPECT_TRUE(host.logged("NP-REDIS-005"));
    EXPECT_TRUE(host.metrics().writes.are_refused());

    server.ask({"CONFIG", "SET", "maxmemory", "0"});
    poll_until(host, [&host] { return host.logged("NP-REDIS-006"); });

    EXPECT_EQ(trouble(host), std::nullopt);
    EXPECT_EQ(life_of(host), before);
    EXPECT_EQ(host.metrics().lost.value(), 0U);
}

TEST(FullRedis, IsNoticedAtTheFirstWrite) {
    RedisServer server;
    RedisStoreHost host{options_for(server)};
    host.wait_until_ready();
    server.ask({"CONFIG", "SET", "maxmemory", "1"});

    EXPECT_FALSE(store(host, "np:a:x#1"));

    EXPECT_TRUE(trouble(host).has_value());
}

TEST(RedisWrites, AreRefusedByAPrimaryWithoutReplicas) {
    RedisServer server{{"--min-replicas-to-write", "1"}};
    RedisStoreHost host{options_for(server)};
    host.wait_until_ready();

    EXPECT_FALSE(store(host, "np:s:one"));
    ASSERT_TRUE(trouble(host).has_value());
    EXPECT_THAT(*trouble(host), HasSubstr("min-replicas-to-write"));

    server.ask({"CONFIG", "SET", "min-replicas-to-write", "0"});
    poll_until(host, [&host] { return host.logged("NP-REDIS-006"); });
    EXPECT_TRUE(store(host, "np:s:one"));
}

TEST(RedisWrites, AreBelievedToBeRefusedForAWhileOnly) {
    RedisWrites writes;
    const MonoTime now{std::chrono::hours{1}};

    EXPECT_FALSE(writes.note_refusal("WRONGTYPE", now));
    EXPECT_EQ(writes.trouble(now), std::nullopt);
    EXPECT_TRUE(writes.note_refusal("MISCONF", now));
    EXPECT_FALSE(writes.note_refusal("OOM", now));

    EXPECT_THAT(writes.trouble(now).value(), HasSubstr("OOM"));
    EXPECT_FALSE(writes.note_calm(now + RedisWrites::kBelievedFor - Milliseconds{1}));
    EXPECT_EQ(writes.trouble(now + RedisWrites::kBelievedFor), std::nullopt);
    EXPECT_TRUE(writes.note_calm(now + RedisWrites::kBelievedFor));
    EXPECT_FALSE(writes.note_calm(now + RedisWrites::kBelievedFor));
}

TEST(RedisCapacity, IsReadAsRedisReckonsIt) {
    const std::string most = "maxmemory:1000\r\nmaxmemory_policy:noeviction\r\n";
    EXPECT_FALSE(is_full("used_memory:1000\r\n" + most));
    EXPECT_TRUE(is_full("used_memory:1001\r\n" + most));
    EXPECT_FALSE(is_full("used_memory:1001\r\nmem_not_counted_for_evict:1\r\n" + most));
    EXPECT_FALSE(is_full("used_memory:1001\r\nmaxmemory:0\r\n"));
    EXPECT_FALSE(is_full(""));
    EXPECT_EQ(evictions_of("evicted_keys:0\r\n"), "");
    EXPECT_EQ(evictions_of("evicted_keys:12\r\n"), "~12");
    EXPECT_TRUE(is_promotion_of("run/5-abc", "5-abc"));
    EXPECT_TRUE(is_promotion_of("run/5-abc~12", "5-abc"));
    EXPECT_FALSE(is_promotion_of("run/15-abc", "5-abc"));
    EXPECT_FALSE(is_promotion_of("", ""));
}

}  // namespace
}  // namespace numproof
