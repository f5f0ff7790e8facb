// SPDX-License-Identifier: Apache-2.0
// A Redis, or what sits in its place, that says something else than it should.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/integration/redis/fake_redis.h"
#include "tests/integration/redis/redis_store_host.h"

namespace numproof {
namespace {

constexpr Milliseconds kDeadline{80};

class RedisMisbehaviour : public testing::Test {
protected:
    EventLoop loop_;
    SystemClock clock_;
    MemoryLog log_;
    RedisMetrics metrics_;
    FakeRedis redis_{loop_.base()};
    std::optional<RedisClient> client_;
    std::optional<RedisRecordStore> records_;
    std::optional<RedisGrantStore> grants_;

    void TearDown() override {
        if (client_) {
            client_->close();
        }
    }

    void start(RedisOptions options = {}) {
        options.addresses = {redis_.address()};
        options.deadline = kDeadline;
        client_.emplace(
            RedisEnvironment{
                .base = loop_.base(), .clock = clock_, .log = log_, .metrics = metrics_},
            std::move(options)
        );
        records_.emplace(*client_);
        grants_.emplace(*client_);
        client_->open();
    }

    void start_and_wait(RedisOptions options = {}) {
        start(std::move(options));
        turn_until([this] { return client_->present_incarnation().has_value(); });
    }

    void turn_until(const std::function<bool()>& done) {
        const auto give_up = clock_.mono_now() + std::chrono::seconds{20};
        while (!done()) {
            ASSERT_LT(clock_.mono_now(), give_up);
            event_base_loop(&loop_.base(), EVLOOP_ONCE);
        }
    }

    Deadline in_good_time() const {
        return Deadline::after(clock_.mono_now(), std::chrono::seconds{10});
    }

    template <typename T>
    T ask(Task<T> task) {
        std::optional<T> value;
        spawn(std::move(task), [&value](T result) { value.emplace(std::move(result)); });
        turn_until([&value] { return value.has_value(); });
        return std::move(*value);
    }

    Result<std::vector<std::optional<Record>>> read(std::string key) {
        return ask(records_->read({std::move(key)}, in_good_time()));
    }

    bool logged(std::string_view text) const {
        return std::ranges::any_of(log_.lines(), [text](const std::string& line) {
            return line.find(text) != std::string::npos;
        });
    }
};

/// A record of `value`, as MGET gives it for one key.
std::string mget_reply(const std::string& value) {
    return "*1\r\n" + bulk("revision" + value);
}

TEST_F(RedisMisbehaviour, IsToldByRedisOwnWord) {
    start_and_wait();
    for (const std::string word :
         {"LOADING", "MASTERDOWN", "MOVED", "CLUSTERDOWN", "OOM", "MISCONF", "BUSY", "NOPERM"}) {
        redis_.answer_with([word](const FakeRedis::Words&) {
            return "-" + word + " np:{abc}:t:secret and more\r\n";
        });

        const auto answer = read("np:s:one");

        ASSERT_FALSE(answer.has_value());
        EXPECT_EQ(answer.error().code, ErrorCode::store_unavailable);
        EXPECT_EQ(answer.error().detail, "Redis answered " + word);
    }
    EXPECT_EQ(redis_.accepted(), 1);
}

TEST_F(RedisMisbehaviour, FindsTheWordThatAScriptErrorWraps) {
    start_and_wait();
    redis_.answer_with([](const FakeRedis::Words&) {
        return "-ERR Error running script (call to f_a): @user_script:1: -OOM not allowed\r\n";
    });

    EXPECT_EQ(read("np:s:one").error().detail, "Redis answered OOM");
}

TEST_F(RedisMisbehaviour, LooksForThePrimaryAgainWhenRedisBecameAReplica) {
    start_and_wait();
    redis_.answer_with([](const FakeRedis::Words&) { return "-READONLY a replica\r\n"; });

    EXPECT_EQ(read("np:s:one").error().detail, "Redis answered READONLY");

    redis_.answer_with([](const FakeRedis::Words&) { return mget_reply("x"); });
    turn_until([this] { return client_->present_incarnation().has_value(); });
    EXPECT_EQ(redis_.accepted(), 2);
    EXPECT_TRUE(read("np:s:one").has_value());
}

struct BadServerText {
    std::string name;
    std::string from;
    std::string to;
    bool refused;
};

class RedisBadServerText : public RedisMisbehaviour,
                           public testing::WithParamInterface<BadServerText> {};

TEST_P(RedisBadServerText, KeepsUsAwayUntilItIsGood) {
    auto info = FakeRedis::healthy_info();
    info.replace(info.find(GetParam().from), GetParam().from.size(), GetParam().to);
    redis_.set_info(info);
    start();

    const auto answer = read("np:s:one");
    turn_until([this] { return redis_.accepted() > 1; });

    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::store_unavailable);
    EXPECT_EQ(client_->present_incarnation(), std::nullopt);
    EXPECT_EQ(client_->refusal().has_value(), GetParam().refused);
    EXPECT_TRUE(logged(GetParam().refused ? "NP-REDIS-004" : "NP-REDIS-003"));
    redis_.set_info(FakeRedis::healthy_info());
    turn_until([this] { return client_->present_incarnation().has_value(); });
    EXPECT_FALSE(client_->refusal().has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Infos,
    RedisBadServerText,
    testing::Values(
        BadServerText{"Replica", "role:master", "role:slave", false},
        BadServerText{"Loading", "loading:0", "loading:1", false},
        BadServerText{"Evicting", ":noeviction", ":volatile-ttl", true},
        BadServerText{"WithoutPolicy", "maxmemory_policy:noeviction", "other:1", true},
        BadServerText{"Cluster", "redis_mode:standalone", "redis_mode:cluster", true},
        BadServerText{"Nameless", "run_id:fake", "run_id:", false}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(RedisMisbehaviour, LosesTheConnectionOverWhatIsNotRedis) {
    start_and_wait();
    for (const std::string octets :
         {"HTTP/1.1 400 Bad Request\r\n\r\n",
          "*99999999\r\n",
          "$-7\r\n",
          "\r\n",
          "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"}) {
        const int before = redis_.accepted();
        redis_.answer_with([octets](const FakeRedis::Words&) { return octets; });

        const auto answer = read("np:s:one");

        ASSERT_FALSE(answer.has_value()) << octets;
        EXPECT_EQ(answer.error().code, ErrorCode::store_unavailable) << octets;
        turn_until([this] { return client_->present_incarnation().has_value(); });
        EXPECT_EQ(redis_.accepted(), before + 1) << octets;
    }
}

TEST_F(RedisMisbehaviour, LosesTheConnectionOverAReplyToNothing) {
    start_and_wait();

    redis_.say("+OK\r\n");
    turn_until([this] { return redis_.accepted() == 2; });

    EXPECT_TRUE(logged("unasked"));
}

TEST_F(RedisMisbehaviour, UnderstandsRepliesThatComeInPieces) {
    start_and_wait();
    redis_.answer_with([](const FakeRedis::Words&) { return std::string{}; });
    std::optional<Result<std::vector<std::optional<Record>>>> answer;
    spawn(records_->read({"np:s:one"}, in_good_time()), [&answer](auto result) {
        answer.emplace(std::move(result));
    });

    for (const char octet : mget_reply("pieces")) {
        redis_.say(std::string(1, octet));
        event_base_loop(&loop_.base(), EVLOOP_ONCE);
    }
    turn_until([&answer] { return answer.has_value(); });

    ASSERT_TRUE(answer->has_value()) << answer->error().detail;
    EXPECT_EQ(answer->value().front()->value, "pieces");
}

TEST_F(RedisMisbehaviour, NeverTakesALateReplyForAnotherOne) {
    start_and_wait();
    redis_.answer_with([](const FakeRedis::Words&) { return std::string{}; });

    EXPECT_EQ(read("np:s:late").error().code, ErrorCode::deadline_exceeded);

    redis_.say(mget_reply("late"));
    redis_.answer_with([](const FakeRedis::Words& words) { return mget_reply(words.at(1)); });
    const auto next = read("np:s:next");
    ASSERT_TRUE(next.has_value()) << next.error().detail;
    EXPECT_EQ(next->front()->value, "np:s:next");
    EXPECT_EQ(redis_.accepted(), 1);
}

TEST_F(RedisMisbehaviour, GivesUpAConnectionThatStaysSilent) {
    start_and_wait();
    redis_.answer_with([](const FakeRedis::Words&) { return std::string{}; });
    const auto asked = clock_.mono_now();

    EXPECT_EQ(read("np:s:one").error().code, ErrorCode::deadline_exceeded);
    const auto answered = clock_.mono_now();
    turn_until([this] { return redis_.accepted() == 2; });

    EXPECT_GE(answered - asked, kDeadline);
    EXPECT_LT(answered - asked, kDeadline + Milliseconds{500});
    EXPECT_TRUE(logged("does not answer"));
}

TEST_F(RedisMisbehaviour, FailsWhatWasUnderWayWhenTheConnectionEnds) {
    start_and_wait();
    redis_.answer_with([this](const FakeRedis::Words&) {
        redis_.hang_up();
        return std::string{};
    });

    const auto answer = read("np:s:one");

    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::store_unavailable);
}

TEST_F(RedisMisbehaviour, LetsCommandsWaitForTheFirstAttemptOnly) {
    redis_.answer_with([](const FakeRedis::Words&) { return mget_reply("x"); });
    start();
    EXPECT_TRUE(read("np:s:one").has_value());

    redis_.set_info("nothing");
    redis_.hang_up();
    turn_until([this] { return logged("NP-REDIS-003"); });
    const auto before = metrics_.commands.value();
    const auto answer = read("np:s:one");

    EXPECT_EQ(answer.error().code, ErrorCode::store_unavailable);
    EXPECT_EQ(metrics_.commands.value(), before);
}

TEST_F(RedisMisbehaviour, BoundsWhatIsUnderWay) {
    RedisOptions options;
    options.queue_max = 3;
    start_and_wait(std::move(options));
    redis_.answer_with([](const FakeRedis::Words&) { return std::string{}; });
    std::vector<ErrorCode> ends;
    for (int i = 0; i < 5; ++i) {
        spawn(records_->read({"np:s:one"}, in_good_time()), [&ends](auto result) {
            ends.push_back(result.error().code);
        });
    }

    EXPECT_EQ(ends, std::vector(2, ErrorCode::queue_full));
    EXPECT_EQ(metrics_.refused_full.value(), 2U);
    turn_until([&ends] { return ends.size() == 5; });
    EXPECT_EQ(ends.back(), ErrorCode::deadline_exceeded);
}

TEST_F(RedisMisbehaviour, SendsNothingOfAListThatDoesNotFit) {
    RedisOptions options;
    options.queue_max = 3;
    start_and_wait(std::move(options));
    int commands = 0;
    redis_.answer_with([&commands](const FakeRedis::Words&) {
        ++commands;
        return std::string{"*1\r\n:1\r\n"};
    });
    const Replacement wanted{
        .key = "np:s:one",
        .expected = {},
        .record = {.revision = "revision", .value = "value"},
        .keep = Milliseconds{1000}};

    const auto refused =
        ask(records_->replace(std::vector<Replacement>(4, wanted), in_good_time()));
    const auto fits = ask(records_->replace(std::vector<Replacement>(3, wanted), in_good_time()));

    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::queue_full);
    EXPECT_TRUE(fits.has_value());
    EXPECT_EQ(commands, 3);
}

TEST_F(RedisMisbehaviour, LeavesNobodyWaitingWhenItIsClosed) {
    start_and_wait();
    redis_.answer_with([](const FakeRedis::Words&) { return std::string{}; });
    std::optional<ErrorCode> end;
    spawn(records_->read({"np:s:one"}, in_good_time()), [&end](auto result) {
        end = result.error().code;
    });

    client_->close();

    EXPECT_EQ(end, ErrorCode::store_unavailable);
    EXPECT_EQ(read("np:s:one").error().code, ErrorCode::store_unavailable);
}

TEST_F(RedisMisbehaviour, IsNeverTakenForAnAnswer) {
    start_and_wait();
    const GrantKey key{};
    const StoredGrant grant{};
    const KeepRequest keep{.key = key, .grant = grant, .now = {}, .remember = Milliseconds{1}};
    const auto life = client_->present_incarnation().value();
    const RedeemRequest redeem{.code = key, .incarnation = life};
    const IssueRequest issue{.code = key, .token = keep, .incarnation = life};
    ClaimRequest claim;
    claim.incarnation = life;
    const auto unavailable = [](const auto& answer) {
        return !answer.has_value() && answer.error().code == ErrorCode::store_unavailable;
    };

    for (const std::string octets :
         {":7\r\n",
          "*0\r\n",
          "*2\r\n$-1\r\n$-1\r\n",
          "*1\r\n:-1\r\n",
          "*1\r\n:77\r\n",
          "+odd\r\n",
          "*2\r\n:1\r\n$3\r\nbad\r\n",
          "*1\r\n+OK\r\n",
          "-ERR no\r\n",
          "$3\r\nbad\r\n"}) {
        redis_.answer_with([octets](const FakeRedis::Words&) { return octets; });

        EXPECT_TRUE(unavailable(read("np:s:one"))) << octets;
        EXPECT_TRUE(unavailable(ask(grants_->keep_code(keep, in_good_time())))) << octets;
        EXPECT_TRUE(unavailable(ask(grants_->redeem(redeem, in_good_time())))) << octets;
        EXPECT_TRUE(unavailable(ask(grants_->claim(claim, in_good_time())))) << octets;
        EXPECT_TRUE(unavailable(ask(grants_->revoke(key, in_good_time())))) << octets;
        EXPECT_TRUE(unavailable(ask(grants_->first_use("n", Milliseconds{1}, in_good_time()))))
            << octets;
    }
    redis_.answer_with([](const FakeRedis::Words&) { return std::string{"*1\r\n:4\r\n"}; });
    EXPECT_TRUE(unavailable(ask(grants_->issue(issue, in_good_time()))));
}

}  // namespace
}  // namespace numproof
