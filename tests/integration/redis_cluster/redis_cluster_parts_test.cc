// SPDX-License-Identifier: Apache-2.0
// What a Cluster says, and what follows from it, without a Cluster.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/redis/redis_cluster_life.h"
#include "adapters/redis/redis_course.h"
#include "adapters/redis/redis_redirect.h"
#include "adapters/redis/redis_slot_map.h"
#include "daemon/ports/store_life.h"

namespace numproof {
namespace {

using Kind = RedisReply::Kind;
using Step = RedisCourse::Step;

RedisReply number(std::int64_t value) {
    return {.kind = Kind::integer, .integer = value, .text = {}, .items = {}};
}

RedisReply text(std::string value) {
    return {.kind = Kind::text, .integer = 0, .text = std::move(value), .items = {}};
}

RedisReply error(std::string value) {
    return {.kind = Kind::error, .integer = 0, .text = std::move(value), .items = {}};
}

RedisReply list(std::vector<RedisReply> items) {
    return {.kind = Kind::list, .integer = 0, .text = {}, .items = std::move(items)};
}

RedisReply node(std::string host, std::int64_t port, std::string id) {
    return list({text(std::move(host)), number(port), text(std::move(id)), list({})});
}

RedisReply range(std::int64_t first, std::int64_t last, RedisReply primary) {
    return list({number(first), number(last), std::move(primary), node("10.9.9.9", 1, "replica")});
}

Result<RedisSlotMap> parse(std::vector<RedisReply> ranges) {
    return RedisSlotMap::parse(list(std::move(ranges)), "seed.example:7000");
}

TEST(RedisSlotMap, KnowsThePrimaryOfEachSlot) {
    const auto map = parse(
        {range(0, 5460, node("10.0.0.1", 7001, "b")),
         range(5461, 16383, node("redis-2.example", 7002, "a"))}
    );

    ASSERT_TRUE(map.has_value()) << map.error().detail;
    EXPECT_EQ(map->owner(0), "10.0.0.1:7001");
    EXPECT_EQ(map->owner(5460), "10.0.0.1:7001");
    EXPECT_EQ(map->owner(5461), "redis-2.example:7002");
    EXPECT_EQ(map->owner(16383), "redis-2.example:7002");
    EXPECT_EQ(map->uncovered(), 0U);
    ASSERT_EQ(map->nodes().size(), 2U);
    EXPECT_EQ(map->nodes()[0].id, "a");
}

TEST(RedisSlotMap, TakesAHostThatIsMissingForTheOneThatWasAsked) {
    const auto map = parse({range(0, 1, node("", 7001, "a"))});

    EXPECT_EQ(map->owner(0), "seed.example:7001");
}

TEST(RedisSlotMap, PutsIPv6IntoBrackets) {
    EXPECT_EQ(parse({range(0, 1, node("2001:db8::1", 7001, "a"))})->owner(1), "[2001:db8::1]:7001");
    const auto asked = RedisSlotMap::parse(list({range(0, 1, node("", 7001, "a"))}), "[::1]:7000");
    EXPECT_EQ(asked->owner(1), "[::1]:7001");
}

TEST(RedisSlotMap, CountsSlotsThatNobodyHasAndSeveralRangesOfOneNode) {
    const auto map =
        parse({range(0, 9, node("h", 1, "a")), range(20, 29, node("h", 1, "a"))}).value();

    EXPECT_EQ(map.nodes().size(), 1U);
    EXPECT_EQ(map.uncovered(), kRedisSlots - 20U);
    EXPECT_EQ(map.owner(10), "");
}

TEST(RedisSlotMap, LearnsWhatARedirectionTells) {
    auto map = parse({range(0, 9, node("h", 1, "a"))}).value();

    map.learn(5, "h:2");

    EXPECT_EQ(map.owner(5), "h:2");
    EXPECT_EQ(map.owner(6), "h:1");
    EXPECT_EQ(map.nodes().size(), 1U);
}

TEST(RedisSlotMap, IsNotMadeOfAnythingElse) {
    const std::vector<std::vector<RedisReply>> bad{
        {text("OK")},
        {list({})},
        {range(-1, 5, node("h", 1, "a"))},
        {range(5, 4, node("h", 1, "a"))},
        {range(0, 16384, node("h", 1, "a"))},
        {range(0, 5, node("h", 0, "a"))},
        {range(0, 5, node("h", 65536, "a"))},
        {range(0, 5, node("h\r\n", 1, "a"))},
        {range(0, 5, node("?", 1, "a"))},
        {range(0, 5, node(std::string(300, 'h'), 1, "a"))},
        {range(0, 5, node("h", 1, "a")), range(5, 9, node("h", 2, "b"))},
        {range(0, 5, node("h", 1, "a")), range(6, 9, node("h", 2, "a"))},
        {range(0, 5, node("h", 1, "a")), range(6, 9, node("h", 1, "b"))},
        {list({number(0), number(5), text("h")})},
    };
    for (std::size_t i = 0; i < bad.size(); ++i) {
        const auto map = parse(bad[i]);
        ASSERT_FALSE(map.has_value()) << i;
        EXPECT_EQ(map.error().code, ErrorCode::malformed) << i;
    }
    EXPECT_FALSE(RedisSlotMap::parse(error("ERR no"), "h:1").has_value());
}

TEST(RedisRedirect, IsReadFromTheErrorsOfACluster) {
    using R = RedisRedirect;
    const std::vector<std::pair<std::string, R>> table{
        {"MOVED 3999 127.0.0.1:6381", {R::Kind::moved, 3999, "127.0.0.1:6381"}},
        {"MOVED 3999 :6381", {R::Kind::moved, 3999, "asked.example:6381"}},
        {"MOVED 3999 ::1:6381", {R::Kind::moved, 3999, "[::1]:6381"}},
        {"ASK 1 redis.example:6381", {R::Kind::ask, 1, "redis.example:6381"}},
        {"TRYAGAIN Multiple keys request during rehashing of slot", {R::Kind::try_again, 0, ""}},
        {"CLUSTERDOWN Hash slot not served", {R::Kind::cluster_down, 0, ""}},
        {"LOADING Redis is loading the dataset in memory", {R::Kind::starting, 0, ""}},
        {"ERR Script attempted to access a non local key in a cluster node script: 1, on @x:1.",
         {R::Kind::try_again, 0, ""}},
        {"MOVED 16384 127.0.0.1:6381", {}},
        {"MOVED 1 127.0.0.1", {}},
        {"MOVED 1 127.0.0.1:0", {}},
        {"MOVED 1 127.0.0.1:x", {}},
        {"MOVED 1 ho st:1", {}},
        {"MOVED", {}},
        {"ASK x h:1", {}},
        {"ERR unknown command 'MOVED'", {}},
        {"NOSCRIPT No matching script.", {}},
        {"READONLY You can't write against a read only replica.", {}},
    };
    for (const auto& [said, meant] : table) {
        EXPECT_EQ(read_redirect(error(said), "asked.example:7000"), meant) << said;
    }
    EXPECT_EQ(read_redirect(text("MOVED 3999 127.0.0.1:6381"), "h:1"), R{});
}

TEST(RedisCourse, FollowsRedirectionsAtOnceAndThenWithPauses) {
    RedisCourse course;

    for (int i = 0; i < RedisCourse::kRedirectsAtOnce; ++i) {
        EXPECT_EQ(course.take(error("MOVED 1 h:2"), "h:1"), Step::send);
        EXPECT_EQ(course.target(), "h:2");
    }
    EXPECT_EQ(course.take(error("MOVED 1 h:2"), "h:1"), Step::wait_for_map);
    EXPECT_EQ(course.take(error("MOVED 1 h:2"), "h:1"), Step::send);
    EXPECT_FALSE(course.lost());
}

TEST(RedisCourse, IsLostAfterTooManyMoves) {
    RedisCourse course;
    int taken = 0;

    while (course.take(error("MOVED 1 h:2"), "h:1") != Step::done) {
        ++taken;
    }

    EXPECT_EQ(taken, RedisCourse::kMovedMax);
    EXPECT_TRUE(course.lost());
}

TEST(RedisCourse, AsksAndWaitsAndEndsWithAnAnswer) {
    RedisCourse course;

    EXPECT_EQ(course.take(error("ASK 1 h:2"), "h:1"), Step::ask);
    EXPECT_EQ(course.take(error("TRYAGAIN x"), "h:2"), Step::wait);
    EXPECT_EQ(course.take(error("CLUSTERDOWN x"), "h:1"), Step::wait_for_map);
    EXPECT_EQ(course.take(error("ERR x"), "h:1"), Step::done);
    EXPECT_FALSE(course.lost());
}

TEST(RedisCourse, WaitsLongerFromTimeToTimeButNeverLong) {
    RedisCourse course;
    auto last = Milliseconds{0};
    for (int i = 0; i < 20; ++i) {
        course.note_wait();
        EXPECT_GE(course.pause(), last);
        EXPECT_LE(course.pause(), Milliseconds{32});
        last = course.pause();
    }
}

constexpr std::string_view kPrimary =
    "# Replication\r\nrole:master\r\nmaster_replid:aaaa\r\nmaster_replid2:0000\r\n"
    "second_repl_offset:-1\r\n";

TEST(RedisClusterLife, IsAnotherOneAfterAFlush) {
    const auto named = [](std::string_view stats) {
        auto life = node_life_of(kPrimary, stats);
        life.id = "node";
        life.address = "h:1";
        life.incarnation = "run/-1-0000";
        RedisClusterLife whole;
        return whole.take_in({life});
    };

    const auto before = named("# Commandstats\r\ncmdstat_get:calls=1,usec=2\r\n");

    EXPECT_NE(before, named("# Commandstats\r\ncmdstat_flushall:calls=1,usec=2\r\n"));
    EXPECT_EQ(before, named("# Commandstats\r\ncmdstat_get:calls=9,usec=9\r\n"));
    EXPECT_NE(
        named("cmdstat_flushall:calls=1,usec=2\r\n"), named("cmdstat_flushall:calls=2,usec=2\r\n")
    );
}

TEST(RedisClusterLife, ContinuesWithAPromotedReplica) {
    auto first = node_life_of(kPrimary, "");
    first.id = "node-1";
    first.incarnation = "run-1/-1-0000";
    auto second = node_life_of(
        "role:master\r\nmaster_replid:bbbb\r\nmaster_replid2:aaaa\r\nsecond_repl_offset:7\r\n", ""
    );
    second.id = "node-2";
    second.incarnation = "run-2/7-aaaa";
    RedisClusterLife life;
    const auto before = life.take_in({first});

    const auto now = life.take_in({second});

    EXPECT_NE(before, now);
    EXPECT_TRUE(continues(before, now));
    EXPECT_FALSE(continues(now, before));
}

TEST(RedisClusterLife, KeepsItsFormWhateverANodeSays) {
    auto node = node_life_of(
        "role:master\r\nmaster_replid:a,b/c\r\nmaster_replid2:d,e/f\r\nsecond_repl_offset:7\r\n",
        "cmdstat_flushall:calls=1/2\r\n"
    );
    node.id = "n,o/d";
    node.incarnation = "run,1/7-d";
    RedisClusterLife life;

    const auto name = life.take_in({node});

    EXPECT_EQ(std::ranges::count(name, ','), 1) << name;
    EXPECT_EQ(std::ranges::count(name, '/'), 3) << name;
    EXPECT_TRUE(continues(name, name));
}

TEST(RedisClusterLife, KnowsNoLifeThatWasNotTakenIn) {
    auto node = node_life_of(kPrimary, "");
    node.address = "h:1";
    node.incarnation = "run-1/-1-0000";
    RedisClusterLife life;
    EXPECT_FALSE(life.knows("h:1", "run-1/-1-0000"));
    life.take_in({node});

    EXPECT_TRUE(life.knows("h:1", "run-1/-1-0000"));
    EXPECT_FALSE(life.knows("h:1", "run-2/-1-0000"));
    EXPECT_FALSE(life.knows("h:2", "run-1/-1-0000"));
    EXPECT_FALSE(life.knows("h:1", ""));
}

}  // namespace
}  // namespace numproof
