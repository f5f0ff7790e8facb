// SPDX-License-Identifier: Apache-2.0
// Nodes of a Cluster that say something else than they should.
#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/redis/redis_command.h"
#include "adapters/redis/redis_course.h"
#include "adapters/redis/redis_slot.h"
#include "tests/integration/redis/fake_redis.h"
#include "tests/integration/redis/redis_store_host.h"

namespace numproof {
namespace {

constexpr Milliseconds kDeadline{150};
constexpr std::string_view kWell = "cluster_state:ok\r\n";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

std::string number(std::size_t value) {
    return ":" + std::to_string(value) + "\r\n";
}

/// Two fake primaries with one half of the slots each, on the loop of the test.
class RedisClusterFake : public testing::Test {
protected:
    using Words = FakeRedis::Words;
    using Answer = std::function<std::string(const Words&)>;

    EventLoop loop_;
    SystemClock clock_;
    MemoryLog log_;
    RedisMetrics metrics_;
    std::array<FakeRedis, 2> nodes_{FakeRedis{loop_.base()}, FakeRedis{loop_.base()}};
    std::array<Answer, 2> answers_;
    std::array<std::vector<Words>, 2> heard_;
    std::string state_{kWell};
    std::optional<RedisClient> client_;

    void SetUp() override {
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            const auto run = "run_id:fake" + std::to_string(i);
            auto info = replaced(FakeRedis::healthy_info(), "run_id:fake", run);
            info = replaced(info, "redis_mode:standalone", "redis_mode:cluster");
            nodes_[i].set_info(info + "redis_version:7.0.15\r\nmaster_replid:aaaa\r\n");
            nodes_[i].answer_with([this, i](const Words& words) { return answer(i, words); });
        }
    }

    void TearDown() override {
        if (client_) {
            client_->close();
        }
    }

    std::string answer(std::size_t node, const Words& words) {
        if (words.front() == "CLUSTER") {
            return words.back() == "INFO" ? bulk(state_) : slots();
        }
        heard_[node].push_back(words);
        return answers_[node] ? answers_[node](words) : "$-1\r\n";
    }

    [[nodiscard]] std::string slots() const {
        return "*2\r\n" + range(0, 8191, nodes_[0], "a") + range(8192, 16383, nodes_[1], "b");
    }

    static std::string range(
        std::size_t first, std::size_t last, const FakeRedis& node, const std::string& id
    ) {
        const auto port = node.address().substr(node.address().find(':') + 1);
        return "*3\r\n" + number(first) + number(last) + "*3\r\n" + bulk("127.0.0.1") + ":" + port +
               "\r\n" + bulk(id);
    }

    void start(Milliseconds deadline = kDeadline) {
        RedisOptions options;
        options.mode = RedisMode::cluster;
        options.addresses = {nodes_[0].address()};
        options.deadline = deadline;
        client_.emplace(
            RedisEnvironment{
                .base = loop_.base(), .clock = clock_, .log = log_, .metrics = metrics_},
            std::move(options)
        );
        client_->open();
        turn_until([this] { return client_->present_incarnation().has_value(); });
    }

    void turn_until(const std::function<bool()>& done) {
        const auto give_up = clock_.mono_now() + std::chrono::seconds{30};
        while (!done()) {
            ASSERT_LT(clock_.mono_now(), give_up);
            event_base_loop(&loop_.base(), EVLOOP_ONCE);
        }
    }

    template <typename T>
    T ask(Task<T> task) {
        std::optional<T> value;
        spawn(std::move(task), [&value](T result) { value.emplace(std::move(result)); });
        turn_until([&value] { return value.has_value(); });
        return std::move(*value);
    }

    Result<RedisReply> get(const std::string& key) {
        const auto deadline = Deadline::after(clock_.mono_now(), std::chrono::seconds{20});
        return ask(client_->command(key, format_command({"GET", key}), deadline));
    }

    [[nodiscard]] std::string redirect(const std::string& word, const std::string& address) const {
        return "-" + word + " " + std::to_string(redis_slot("foo")) + " " + address + "\r\n";
    }

    /// How often a node heard `word`.
    [[nodiscard]] std::ptrdiff_t heard(std::size_t node, const std::string& word) const {
        return std::ranges::count_if(heard_[node], [&](const Words& words) {
            return words.front() == word;
        });
    }
};

// "foo" lies in slot 12182, "bar" in slot 5061.
TEST_F(RedisClusterFake, AnswersForTheSlotsThatItHas) {
    start();
    answers_[0] = [](const Words&) { return "$1\r\n0\r\n"; };
    answers_[1] = [](const Words&) { return "$1\r\n1\r\n"; };

    EXPECT_EQ(get("foo")->text, "1");
    EXPECT_EQ(get("bar")->text, "0");
    EXPECT_EQ(nodes_[0].accepted(), 2);  // The first one was to a seed.
    EXPECT_EQ(nodes_[1].accepted(), 1);
}

TEST_F(RedisClusterFake, SendsInCirclesAndIsNotFollowedForEver) {
    start(std::chrono::seconds{10});
    answers_[0] = [this](const Words&) { return redirect("MOVED", nodes_[1].address()); };
    answers_[1] = [this](const Words&) { return redirect("MOVED", nodes_[0].address()); };

    const auto reply = get("foo");

    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, ErrorCode::store_unavailable);
    EXPECT_EQ(reply.error().detail, "Redis redirects without an end");
    EXPECT_LE(heard(0, "GET") + heard(1, "GET"), RedisCourse::kMovedMax + 1);
}

TEST_F(RedisClusterFake, SaysAskingRightBeforeTheCommandThatWasSentElsewhere) {
    start();
    answers_[1] = [this](const Words&) { return redirect("ASK", nodes_[0].address()); };
    answers_[0] = [](const Words& words) {
        return words.front() == "ASKING" ? "+OK\r\n" : bulk("value of " + words.back());
    };

    EXPECT_EQ(get("foo")->text, "value of foo");
    EXPECT_EQ(get("bar")->text, "value of bar");

    ASSERT_EQ(heard_[0].size(), 3U);
    EXPECT_EQ(heard_[0][0], Words{"ASKING"});
    EXPECT_EQ(heard_[0][1], (Words{"GET", "foo"}));
    EXPECT_EQ(heard_[0][2], (Words{"GET", "bar"}));
    EXPECT_EQ(heard(1, "GET"), 1);
}

TEST_F(RedisClusterFake, MayNameANodeThatCannotBeReached) {
    start();
    answers_[1] = [this](const Words&) { return redirect("ASK", "127.0.0.1:1"); };
    const auto asked = clock_.mono_now();

    const auto reply = get("foo");

    ASSERT_FALSE(reply.has_value());
    EXPECT_LT(clock_.mono_now() - asked, std::chrono::seconds{10});
}

TEST_F(RedisClusterFake, SaysTryAgainUntilTheDeadline) {
    start();
    answers_[1] = [](const Words&) { return "-TRYAGAIN Multiple keys\r\n"; };
    const auto asked = clock_.mono_now();

    const auto reply = get("foo");

    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, ErrorCode::deadline_exceeded);
    EXPECT_GE(clock_.mono_now() - asked, kDeadline);
    EXPECT_GT(heard(1, "GET"), 2);
    EXPECT_EQ(metrics_.tried_again.value(), static_cast<std::uint64_t>(heard(1, "GET")));
}

TEST_F(RedisClusterFake, IsDownForAMoment) {
    start(std::chrono::seconds{10});
    int left = 3;
    answers_[1] = [&left](const Words&) {
        return left-- > 0 ? std::string{"-CLUSTERDOWN Hash slot not served\r\n"} : bulk("there");
    };

    EXPECT_EQ(get("foo")->text, "there");
    EXPECT_EQ(metrics_.cluster_down.value(), 3U);
}

TEST_F(RedisClusterFake, HangsUpAndIsNotAskedTheSameAgain) {
    start();
    answers_[1] = [this](const Words&) {
        nodes_[1].hang_up();
        return std::string{};
    };

    const auto reply = get("foo");
    turn_until([this] { return client_->present_incarnation().has_value(); });

    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, ErrorCode::store_unavailable);
    EXPECT_EQ(heard(1, "GET"), 1);
}

TEST_F(RedisClusterFake, ComesBackAsSomebodyElseAndIsNotReadUntilThatWasTakenIn) {
    start();
    const auto before = *client_->present_incarnation();
    auto info = replaced(FakeRedis::healthy_info(), "run_id:fake", "run_id:other");
    info = replaced(info, "redis_mode:standalone", "redis_mode:cluster");
    nodes_[1].set_info(info + "master_replid:bbbb\r\n");
    const auto accepted = nodes_[1].accepted();
    nodes_[1].hang_up();
    turn_until([&] { return nodes_[1].accepted() > accepted; });

    const auto early = get("foo");
    EXPECT_EQ(client_->present_incarnation(), std::nullopt);
    EXPECT_EQ(heard(1, "GET"), 0);
    std::optional<std::string> now;
    while (!now) {
        const auto deadline = Deadline::after(clock_.mono_now(), std::chrono::seconds{1});
        auto name = ask(client_->incarnation(deadline));
        now = name ? std::optional{*name} : std::nullopt;
    }

    EXPECT_FALSE(early.has_value());
    EXPECT_NE(*now, before);
    EXPECT_TRUE(get("foo").has_value());
    EXPECT_EQ(heard(1, "GET"), 1);
}

TEST_F(RedisClusterFake, ThatIsCutOffDoesNotChangeTheMap) {
    start();
    const auto maps = metrics_.maps_read.value();
    state_ = "cluster_state:fail\r\n";
    answers_[0] = [this](const Words&) { return redirect("MOVED", nodes_[1].address()); };
    answers_[1] = [](const Words&) { return "$1\r\n1\r\n"; };

    EXPECT_EQ(get("bar")->text, "1");
    turn_until([this] {
        return std::ranges::any_of(log_.lines(), [](const std::string& line) {
            return line.find("NP-REDIS-011") != std::string::npos;
        });
    });

    EXPECT_EQ(metrics_.maps_read.value(), maps);
}

}  // namespace
}  // namespace numproof
