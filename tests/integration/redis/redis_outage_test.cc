// SPDX-License-Identifier: Apache-2.0
// A real Redis that goes away, comes back, or is not what it should be.
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fakes/redis_server.h"
#include "tests/integration/redis/redis_store_host.h"

namespace numproof {
namespace {

constexpr Milliseconds kSlack{500};

RedisOptions options_for(const RedisServer& server, Milliseconds deadline = Milliseconds{100}) {
    RedisOptions options;
    options.addresses = {server.address()};
    options.deadline = deadline;
    return options;
}

Result<std::vector<std::optional<Record>>> read(RedisStoreHost& host, std::string key) {
    return ask(host, host.records().read({std::move(key)}, in_good_time(host)));
}

Result<std::vector<ReplaceOutcome>> store(
    RedisStoreHost& host, std::string key, Bytes expected = {}
) {
    std::vector<Replacement> list{
        {.key = key,
         .expected = std::move(expected),
         .record = {.revision = "revision", .value = key},
         .keep = std::chrono::minutes{1}}};
    return ask(host, host.records().replace(list, in_good_time(host)));
}

Result<std::string> incarnation(RedisStoreHost& host) {
    return ask(host, host.records().incarnation(in_good_time(host)));
}

TEST(RedisOutage, IsAnsweredWithinTheDeadlineWhenRedisStandsStill) {
    RedisServer server;
    RedisStoreHost host{options_for(server)};
    host.wait_until_ready();
    store(host, "np:s:one").value();
    server.pause();
    const auto asked = host.clock().mono_now();

    const auto answer = read(host, "np:s:one");
    const auto took = host.clock().mono_now() - asked;

    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::deadline_exceeded);
    EXPECT_GE(took, Milliseconds{100});
    EXPECT_LT(took, Milliseconds{100} + kSlack);
    server.resume();
}

TEST(RedisOutage, MixesUpNoRepliesAfterRedisStoodStill) {
    RedisServer server;
    RedisStoreHost host{options_for(server, Milliseconds{1000})};
    host.wait_until_ready();
    store(host, "np:s:late").value();
    store(host, "np:s:next").value();
    server.pause();
    const auto soon = Deadline::after(host.clock().mono_now(), Milliseconds{50});
    const auto late = ask(host, host.records().read({"np:s:late"}, soon));

    server.resume();
    const auto next = read(host, "np:s:next");

    EXPECT_EQ(late.error().code, ErrorCode::deadline_exceeded);
    ASSERT_TRUE(next.has_value()) << next.error().detail;
    EXPECT_EQ(next->front()->value, "np:s:next");
    EXPECT_EQ(host.metrics().lost.value(), 0U);
}

TEST(RedisOutage, ComesBackByItselfAfterRedisStoodStillForLong) {
    RedisServer server;
    RedisStoreHost host{options_for(server)};
    host.wait_until_ready();
    const auto before = incarnation(host).value();
    store(host, "np:s:one").value();
    server.pause();
    EXPECT_FALSE(read(host, "np:s:one").has_value());
    host.wait_until_lost();

    server.resume();
    host.wait_until_ready();

    EXPECT_EQ(read(host, "np:s:one")->front()->value, "np:s:one");
    EXPECT_EQ(incarnation(host).value(), before);
    EXPECT_EQ(host.metrics().connected.value(), 2U);
}

TEST(RedisOutage, EndsInAnotherLifeWhenRedisWasKilled) {
    RedisServer server;
    RedisStoreHost host{options_for(server)};
    host.wait_until_ready();
    const auto before = incarnation(host).value();
    store(host, "np:s:one").value();

    server.kill_hard();
    host.wait_until_lost();
    host.turn_until([&host] { return host.logged("NP-REDIS-003"); });
    const auto away = read(host, "np:s:one");
    server.start();
    host.wait_until_ready();

    EXPECT_EQ(away.error().code, ErrorCode::store_unavailable);
    EXPECT_NE(incarnation(host).value(), before);
    EXPECT_EQ(read(host, "np:s:one")->front(), std::nullopt);
    EXPECT_TRUE(host.logged("NP-REDIS-002"));
}

TEST(RedisOutage, SendsNoClaimThatWasJudgedOnAnEarlierLife) {
    RedisServer server;
    RedisStoreHost host{options_for(server)};
    host.wait_until_ready();
    ClaimRequest request;
    request.incarnation = incarnation(host).value();
    EXPECT_TRUE(ask(host, host.grants().claim(request, in_good_time(host))).has_value());
    server.stop();
    host.wait_until_lost();
    server.start();
    host.wait_until_ready();
    const auto sent = host.metrics().commands.value();

    const auto reply = ask(host, host.grants().claim(request, in_good_time(host)));

    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, ErrorCode::store_unavailable);
    EXPECT_EQ(host.metrics().commands.value(), sent);
}

TEST(RedisOutage, NoticesThatRedisWasDemotedAndPromotedAgain) {
    RedisServer server;
    RedisStoreHost host{options_for(server, std::chrono::seconds{2})};
    host.wait_until_ready();
    const auto before = incarnation(host).value();

    server.ask({"REPLICAOF", "127.0.0.1", "1"});
    const auto demoted = incarnation(host);
    server.ask({"REPLICAOF", "NO", "ONE"});
    host.wait_until_ready();
    const auto after = incarnation(host).value();

    ASSERT_FALSE(demoted.has_value());
    EXPECT_EQ(demoted.error().code, ErrorCode::store_unavailable);
    EXPECT_NE(after, before);
}

TEST(RedisOutage, NoticesAPromotionThatItNeverSawTheDemotionOf) {
    RedisServer server;
    RedisStoreHost host{options_for(server, std::chrono::seconds{2})};
    host.wait_until_ready();
    const auto before = incarnation(host).value();

    server.ask({"REPLICAOF", "127.0.0.1", "1"});
    server.ask({"REPLICAOF", "NO", "ONE"});
    const auto first = incarnation(host);
    host.wait_until_ready();

    EXPECT_FALSE(first.has_value());
    EXPECT_NE(incarnation(host).value(), before);
}

TEST(RedisOutage, IsNotCausedByFlushedScripts) {
    RedisServer server;
    RedisStoreHost host{options_for(server, std::chrono::seconds{2})};
    host.wait_until_ready();
    store(host, "np:s:one").value();
    server.ask({"SCRIPT", "FLUSH"});

    EXPECT_TRUE(store(host, "np:s:one", "revision")->front().replaced);
    EXPECT_TRUE(store(host, "np:s:one", "revision")->front().replaced);

    EXPECT_EQ(host.metrics().script_reloads.value(), 1U);
}

TEST(RedisOutage, LastsUntilThePasswordIsRight) {
    RedisServer server{{"--requirepass", "right"}};
    auto wrong = options_for(server);
    wrong.password = RedisPassword{"wrong"};
    auto right = options_for(server);
    right.password = RedisPassword{"right"};
    RedisStoreHost refused{wrong};
    RedisStoreHost without{options_for(server)};
    RedisStoreHost accepted{right};

    const auto answer = read(refused, "np:s:one");
    EXPECT_EQ(answer.error().code, ErrorCode::store_unavailable);
    EXPECT_EQ(refused.client().refusal()->detail, "Redis answered WRONGPASS to AUTH");
    EXPECT_TRUE(refused.logged("NP-REDIS-004"));
    EXPECT_FALSE(refused.logged("wrong "));

    EXPECT_FALSE(read(without, "np:s:one").has_value());
    EXPECT_EQ(without.client().refusal()->detail, "Redis answered NOAUTH to INFO");

    EXPECT_TRUE(read(accepted, "np:s:one").has_value());
}

TEST(RedisOutage, LastsWhileRedisMayEvict) {
    RedisServer server{{"--maxmemory-policy", "allkeys-lru"}};
    RedisStoreHost host{options_for(server)};

    EXPECT_EQ(read(host, "np:s:one").error().code, ErrorCode::store_unavailable);
    ASSERT_TRUE(host.client().refusal().has_value());
    const auto detail = host.client().refusal()->detail;
    EXPECT_NE(detail.find("'allkeys-lru'"), std::string::npos);
    EXPECT_NE(detail.find("CONFIG SET maxmemory-policy noeviction"), std::string::npos);

    server.ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
    host.wait_until_ready();
    EXPECT_TRUE(read(host, "np:s:one").has_value());
}

TEST(RedisOutage, IsSaidToBeOomWhenRedisIsFull) {
    RedisServer server;
    RedisStoreHost host{options_for(server, std::chrono::seconds{2})};
    host.wait_until_ready();
    server.ask({"CONFIG", "SET", "maxmemory", "1"});

    const auto outcome = store(host, "np:s:one");

    EXPECT_EQ(outcome.error().code, ErrorCode::store_unavailable);
    EXPECT_EQ(outcome.error().detail, "Redis answered OOM");
}

TEST(RedisOutage, IsSurvivedAtTheNextAddress) {
    RedisServer replica;
    RedisServer primary;
    replica.ask({"REPLICAOF", "127.0.0.1", std::to_string(primary.port())});
    auto options = options_for(primary, std::chrono::seconds{2});
    options.addresses = {"127.0.0.1:1", replica.address(), primary.address()};
    RedisStoreHost host{options};

    host.wait_until_ready();

    EXPECT_TRUE(store(host, "np:s:one")->front().replaced);
    EXPECT_EQ(primary.ask({"EXISTS", "np:s:one"}), "1");
}

TEST(RedisOutage, IsNotCausedByANameInPlaceOfAnAddress) {
    RedisServer server;
    auto options = options_for(server, std::chrono::seconds{2});
    options.addresses = {"localhost:" + std::to_string(server.port())};
    RedisStoreHost host{options};

    host.wait_until_ready();

    EXPECT_TRUE(read(host, "np:s:one").has_value());
}

TEST(RedisOutage, IsReportedForAnAddressThatIsNone) {
    RedisOptions options;
    options.addresses = {"no port here"};
    RedisStoreHost host{options};

    EXPECT_EQ(read(host, "np:s:one").error().code, ErrorCode::store_unavailable);
    EXPECT_EQ(host.client().refusal()->code, ErrorCode::invalid_configuration);
}

double value_of(const RedisMetrics& metrics, std::string_view name) {
    std::vector<Sample> samples;
    metrics.collect(samples);
    for (const auto& sample : samples) {
        if (sample.name == name) {
            return sample.value;
        }
    }
    return -1.0;
}

TEST(RedisMetrics, SayThatTheBreakerIsOpenWhileRedisIsAway) {
    constexpr std::string_view kName = "numproof_redis_breaker_state";
    RedisServer server;
    RedisStoreHost host{options_for(server, std::chrono::seconds{2})};
    host.wait_until_ready();
    const auto before = value_of(host.metrics(), kName);

    server.kill_hard();
    host.turn_until([&host] { return host.logged("NP-REDIS-003"); });
    const auto away = value_of(host.metrics(), kName);
    server.start();
    host.wait_until_ready();

    EXPECT_EQ(before, 0);
    EXPECT_EQ(away, 1);
    EXPECT_EQ(value_of(host.metrics(), kName), 0);
}

TEST(RedisMetrics, SayWhatHasHappened) {
    RedisServer server;
    RedisStoreHost host{options_for(server, std::chrono::seconds{2})};
    host.wait_until_ready();
    store(host, "np:s:one").value();
    read(host, "np:s:one").value();

    const auto value = [&host](std::string_view name) { return value_of(host.metrics(), name); };

    EXPECT_EQ(value("numproof_redis_commands_total"), 2);
    EXPECT_EQ(value("numproof_redis_connections_ready"), 1);
    EXPECT_EQ(value("numproof_redis_queue_depth"), 0);
    EXPECT_EQ(value("numproof_redis_failures_total"), 0);
    EXPECT_EQ(value("numproof_redis_latency_seconds"), 0);
    EXPECT_GT(host.metrics().latency.sum_us(), 0U);
}

}  // namespace
}  // namespace numproof
