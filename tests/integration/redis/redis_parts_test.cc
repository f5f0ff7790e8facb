// SPDX-License-Identifier: Apache-2.0
// The parts of the Redis adapter that need no Redis.
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/redis/redis_backoff.h"
#include "adapters/redis/redis_call_queue.h"
#include "adapters/redis/redis_command.h"
#include "adapters/redis/redis_decode.h"
#include "adapters/redis/redis_error.h"
#include "adapters/redis/redis_handshake.h"
#include "adapters/redis/redis_outbox.h"
#include "adapters/redis/redis_reply.h"
#include "adapters/redis/redis_socket.h"
#include "adapters/redis/redis_value.h"

namespace numproof {
namespace {

TEST(RedisBackoff, DoublesWithJitterUpToItsBound) {
    RedisBackoff backoff{7};

    for (int span = 50; span < 4000; span *= 2) {
        const auto wait = backoff.next();
        EXPECT_GE(wait.count(), std::min(span, 2000) / 2);
        EXPECT_LE(wait.count(), std::min(span, 2000));
    }

    backoff.reset();
    EXPECT_LE(backoff.next(), RedisBackoff::kFirst);
}

TEST(RedisCommand, CarriesAnyOctets) {
    using namespace std::string_view_literals;

    EXPECT_EQ(
        format_command({"GET", "a\0\r\n"sv, ""}), "*3\r\n$3\r\nGET\r\n$4\r\na\0\r\n\r\n$0\r\n\r\n"sv
    );
}

TEST(RedisReplyReader, ReadsEveryKindOfReply) {
    RedisReplyReader reader;
    const std::string all =
        "*6\r\n$-1\r\n:-42\r\n$2\r\n\r\n\r\n+OK\r\n-ERR no\r\n*2\r\n:1\r\n*0\r\n";

    ASSERT_TRUE(reader.feed(all).has_value());
    const auto reply = reader.next().value();

    using Kind = RedisReply::Kind;
    ASSERT_TRUE(reply.has_value());
    ASSERT_EQ(reply->items.size(), 6U);
    EXPECT_EQ(reply->items[0].kind, Kind::nil);
    EXPECT_EQ(reply->items[1].integer, -42);
    EXPECT_EQ(reply->items[2].kind, Kind::text);
    EXPECT_EQ(reply->items[2].text, "\r\n");
    EXPECT_EQ(reply->items[3].kind, Kind::status);
    EXPECT_EQ(reply->items[4].kind, Kind::error);
    EXPECT_EQ(reply->items[5].items[1].kind, Kind::list);
    EXPECT_EQ(reader.next().value(), std::nullopt);
}

TEST(RedisReplyReader, RefusesWhatIsTooLargeToBeAReply) {
    RedisReplyReader many;
    RedisReplyReader large;
    const std::string part(1 << 20, 'x');

    ASSERT_TRUE(many.feed("*65537\r\n").has_value());
    EXPECT_FALSE(many.next().has_value());
    ASSERT_TRUE(large.feed("$536870000\r\n").has_value());
    Result<void> fed;
    for (int i = 0; i < 65 && fed; ++i) {
        fed = large.feed(part);
    }
    EXPECT_FALSE(fed.has_value());
}

TEST(RedisError, TellsNothingButTheWord) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"LOADING Redis is loading", "LOADING"},
        {"ERR unknown command `np:{abc}:t:x`", "ERR"},
        {"np:{abc}:t:x", "ERR"},
        {"", "ERR"},
        {"ERR user_script: -READONLY You can't", "READONLY"},
    };

    for (const auto& [text, word] : cases) {
        const RedisReply error{.kind = RedisReply::Kind::error, .text = text, .items = {}};
        EXPECT_EQ(word_of(error), word) << text;
        EXPECT_EQ(refuse_errors(error).error().detail, "Redis answered " + word) << text;
    }
}

TEST(RedisValue, RefusesGrantsInAnotherForm) {
    StoredGrant grant;
    grant.sealed = "sealed";
    const auto good = to_stored(grant);
    ASSERT_EQ(parse_grant(good).value(), grant);

    const std::string times = "1795341600000 1795341720000 ";
    const std::string rest = " n 0AAAAAAAAAAAAAAAAAAAAAA 0 0 -\n";
    ASSERT_TRUE(parse_grant("1f " + times + "7" + rest).has_value());
    for (const auto& bad : std::vector<std::string>{
             "",
             "\n",
             "1f\n",
             "2f " + times + "0" + rest,
             "1x " + times + "0" + rest,
             "1f 1795341600000 0 0" + rest,
             "1f -179534160000 1795341720000 0" + rest,
             "1f 179534160000x 1795341720000 0" + rest,
             "1f " + times + "8" + rest,
             "1f " + times + "x" + rest,
             "1f " + times + rest,
             "1f " + times + "0 q 0AAAAAAAAAAAAAAAAAAAAAA 0 0 -\n",
             "1f " + times + "0 n 1AAAAAAAAAAAAAAAAAAAAAA 0 0 -\n",
             "1f " + times + "0 n AAAAAAAAAAAAAAAAAAAAAA 0 0 -\n",
             "1f " + times + "0 n AAAA 0 0 -\n",
             "1f " + times + "0 n 0AAAAAAAAAAAAAAAAAAAAAA x 0 -\n",
             "1f " + times + "0 n 0AAAAAAAAAAAAAAAAAAAAAA 0 -1 -\n",
             "1f " + times + "0 n 0AAAAAAAAAAAAAAAAAAAAAA 0 -\n",
             "1f " + times + "0 n 0AAAAAAAAAAAAAAAAAAAAAA 0 0 \n",
             "1f " + times + "0 n 0AAAAAAAAAAAAAAAAAAAAAA 0 0 - -\n"}) {
        EXPECT_FALSE(parse_grant(bad).has_value()) << bad;
    }
    EXPECT_FALSE(parse_record("7 bytes").has_value());
}

TEST(RedisValue, GivesATimeOfAGrantItsColumnWhateverItIs) {
    StoredGrant grant;
    grant.header.issued_at = wall_from_ms(-1);
    grant.header.not_after = wall_from_ms(10'000'000'000'000);

    const auto stored = to_stored(grant, Milliseconds{60'000});

    EXPECT_EQ(
        stored,
        "1f 0000000000000 9999999999999 0 n 0" + grant.header.subscriber.to_text() + " 0 60000 -\n"
    );
    EXPECT_TRUE(parse_grant(stored).has_value());
}

TEST(RedisDecode, ACreationSucceededIfNothingStoodThere) {
    const auto decode = [](const std::string& octets) {
        RedisReplyReader reader;
        EXPECT_TRUE(reader.feed(octets).has_value());
        return decode_replace(reader.next().value().value());
    };

    EXPECT_TRUE(decode("$-1\r\n").value().replaced);
    const auto refused = decode("$13\r\nrev-0001value\r\n").value();
    EXPECT_FALSE(refused.replaced);
    EXPECT_EQ(refused.current->value, "value");
    EXPECT_FALSE(decode("$3\r\nbad\r\n").has_value());
    EXPECT_FALSE(decode("+OK\r\n").has_value());
    EXPECT_FALSE(decode(":1\r\n").has_value());
}

TEST(RedisHandshake, KnowsWhichRedisCanSetAndTell) {
    const auto meet = [](const std::string& version) {
        RedisOptions options;
        RedisHandshake handshake{options};
        RedisReply text;
        text.kind = RedisReply::Kind::text;
        text.text = "redis_version:" + version +
                    "\r\nrun_id:abc\r\nrole:master\r\nredis_mode:standalone\r\n"
                    "maxmemory_policy:noeviction\r\n";
        EXPECT_TRUE(handshake.take(RedisReply{}).has_value());
        EXPECT_TRUE(handshake.take(text).has_value());
        EXPECT_TRUE(handshake.take(RedisReply{}).has_value());
        auto met = handshake.take(text);
        for (std::size_t i = 1; i < kRedisScripts.size(); ++i) {
            met = handshake.take(text);
        }
        return met.value().value().sets_and_tells;
    };

    EXPECT_TRUE(meet("7.0.15"));
    EXPECT_TRUE(meet("10.1"));
    EXPECT_FALSE(meet("6.2.7"));
    EXPECT_FALSE(meet("unknown"));
}

TEST(RedisDecode, KnowsTheFormsOfAClaimFromEverythingElse) {
    const auto decode = [](const std::string& octets) {
        RedisReplyReader reader;
        EXPECT_TRUE(reader.feed(octets).has_value());
        return decode_claim(reader.next().value().value());
    };
    StoredGrant grant;
    grant.header.epoch = 5;
    grant.sealed = "sealed";
    const auto stored = to_stored(grant);
    const auto text = "$" + std::to_string(stored.size()) + "\r\n" + stored + "\r\n";

    const auto claimed = decode(text).value();
    EXPECT_EQ(claimed.outcome, ClaimOutcome::claimed);
    EXPECT_EQ(claimed.grant, grant);
    EXPECT_EQ(claimed.subscriber->epoch, 5);
    EXPECT_EQ(decode("*2\r\n:1\r\n" + text).value().outcome, ClaimOutcome::used);
    const auto changed = decode("*3\r\n:8\r\n" + text + "$4\r\ns 6 \r\n").value();
    EXPECT_EQ(changed.outcome, ClaimOutcome::subscriber_changed);
    EXPECT_EQ(changed.subscriber->epoch, 6);
    for (const auto& bad : std::vector<std::string>{
             "$1\r\n1\r\n",
             "$-1\r\n",
             ":9\r\n",
             "+OK\r\n",
             "*1\r\n:1\r\n",
             "*2\r\n:0\r\n" + text,
             "*2\r\n:8\r\n" + text,
             "*3\r\n:7\r\n" + text + "$4\r\ns 6 \r\n",
             "*3\r\n:8\r\n" + text + "$4\r\nx 6 \r\n",
             "*3\r\n:9\r\n" + text + "$4\r\na 5 \r\n"}) {
        const auto reply = decode(bad);
        ASSERT_FALSE(reply.has_value()) << bad;
        EXPECT_EQ(reply.error().code, ErrorCode::store_unavailable);
    }
}

/// An outbox whose socket ends in the test's hands.
class RedisOutboxOnSocket {
public:
    explicit RedisOutboxOnSocket(int type) {
        EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, ends_.data()), 0);
        connection_.reset(bufferevent_socket_new(base_.get(), ends_[0], BEV_OPT_CLOSE_ON_FREE));
        outbox.open(*connection_);
    }

    ~RedisOutboxOnSocket() {
        outbox.close();
        ::close(ends_[1]);
    }

    void turn() { event_base_loop(base_.get(), EVLOOP_NONBLOCK); }

    /// What one read finds.
    std::string read() {
        std::string octets(1 << 16, ' ');
        const auto got = ::read(ends_[1], octets.data(), octets.size());
        octets.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return octets;
    }

private:
    std::unique_ptr<event_base, decltype(&event_base_free)> base_{
        event_base_new(), event_base_free};
    std::array<int, 2> ends_{};
    BuffereventPtr connection_;

public:
    RedisOutbox outbox{*base_};
};

TEST(RedisOutbox, SendsAllOfOneTurnWithOneWrite) {
    RedisOutboxOnSocket sender{SOCK_SEQPACKET};

    sender.outbox.add("one ");
    sender.outbox.add("two");
    EXPECT_EQ(sender.read(), "");
    sender.turn();
    sender.outbox.add("three");
    sender.turn();

    EXPECT_EQ(sender.read(), "one two");
    EXPECT_EQ(sender.read(), "three");
}

TEST(RedisOutbox, KeepsTheOrderWhenTheSocketDoesNotTakeAll) {
    RedisOutboxOnSocket sender{SOCK_STREAM};
    const std::string large(4 << 20, 'x');

    sender.outbox.add(large);
    sender.turn();
    sender.outbox.add("end");
    std::string all;
    while (!all.ends_with("end") && all.size() <= large.size()) {
        sender.turn();
        all += sender.read();
    }

    EXPECT_EQ(all.size(), large.size() + 3);
    EXPECT_TRUE(all == large + "end");
}

TEST(RedisOutbox, ThrowsAwayWhatHasNotLeftWhenItsConnectionEnds) {
    RedisOutboxOnSocket sender{SOCK_STREAM};

    sender.outbox.add("late");
    sender.outbox.close();
    sender.turn();

    EXPECT_EQ(sender.read(), "");
}

class RedisCalls : public testing::Test {
protected:
    RedisMetrics metrics_;
    RedisCallQueue queue_{4, metrics_};
    MonoTime now_{std::chrono::seconds{100}};
    std::vector<std::string> ends_;

    static RedisReply text(std::string value) {
        return {.kind = RedisReply::Kind::text, .text = std::move(value), .items = {}};
    }

    RedisCallQueue::Terms within(Milliseconds span) const {
        return {.deadline = Deadline::after(now_, span), .now = now_};
    }

    /// Waits for `call` and notes how it ends.
    void wait_for(RedisCall& call) { spawn(note_end(call, ends_)); }

    static Task<void> note_end(RedisCall& call, std::vector<std::string>& ends) {
        auto reply = co_await call;
        ends.push_back(reply ? reply->text : std::string{name_of(reply.error().code)});
    }
};

TEST_F(RedisCalls, AreAnsweredInTheirOrder) {
    RedisCall first;
    RedisCall second;
    queue_.push_sent(first, within(Milliseconds{100}));
    queue_.push_sent(second, within(Milliseconds{100}));
    wait_for(second);
    wait_for(first);

    EXPECT_TRUE(queue_.answer(text("1"), now_));
    EXPECT_TRUE(queue_.answer(text("2"), now_));

    EXPECT_EQ(ends_, (std::vector<std::string>{"1", "2"}));
    EXPECT_FALSE(queue_.answer(text("3"), now_));
}

TEST_F(RedisCalls, KeepTheirPlaceWhenTheyRunOutOfTime) {
    RedisCall late;
    RedisCall next;
    queue_.push_sent(late, within(Milliseconds{10}));
    queue_.push_sent(next, within(Milliseconds{100}));
    wait_for(late);
    wait_for(next);

    queue_.expire(now_ + Milliseconds{10});
    EXPECT_TRUE(queue_.answer(text("late"), now_ + Milliseconds{11}));
    EXPECT_TRUE(queue_.answer(text("next"), now_ + Milliseconds{11}));

    EXPECT_EQ(ends_, (std::vector<std::string>{"deadline_exceeded", "next"}));
    EXPECT_EQ(queue_.room(), 4U);
}

TEST_F(RedisCalls, MayDieBeforeTheirReply) {
    RedisCall next;
    {
        RedisCall early;
        queue_.push_sent(early, within(Milliseconds{100}));
        queue_.push_sent(next, within(Milliseconds{100}));
        wait_for(next);
    }

    EXPECT_TRUE(queue_.answer(text("early"), now_));
    EXPECT_TRUE(queue_.answer(text("next"), now_));

    EXPECT_EQ(ends_, std::vector<std::string>{"next"});
}

TEST_F(RedisCalls, MayOutliveTheirQueue) {
    std::optional<RedisCallQueue> queue{std::in_place, 1, metrics_};
    RedisCall call;
    queue->push_sent(call, within(Milliseconds{100}));

    queue.reset();

    EXPECT_FALSE(call.await_ready());
}

TEST_F(RedisCalls, AreNotSentOnceTheirTimeIsOver) {
    RedisCall over;
    RedisCall timely;
    queue_.push_unsent(over, "OVER", within(Milliseconds{10}));
    queue_.push_unsent(timely, "TIMELY", within(Milliseconds{100}));
    wait_for(over);
    wait_for(timely);
    EXPECT_FALSE(queue_.answer(text("unasked"), now_));

    queue_.expire(now_ + Milliseconds{10});

    EXPECT_EQ(queue_.take_unsent(now_ + Milliseconds{10}), "TIMELY");
    EXPECT_TRUE(queue_.answer(text("timely"), now_ + Milliseconds{10}));
    EXPECT_EQ(ends_, (std::vector<std::string>{"deadline_exceeded", "timely"}));
}

TEST_F(RedisCalls, SayWhenTheNextOneRunsOutOfTime) {
    RedisCall longer;
    RedisCall shorter;
    EXPECT_EQ(queue_.next_deadline(), std::nullopt);
    queue_.push_sent(longer, within(Milliseconds{100}));
    queue_.push_sent(shorter, within(Milliseconds{20}));

    EXPECT_EQ(queue_.next_deadline(), now_ + Milliseconds{20});
    EXPECT_EQ(queue_.oldest_sent(), now_);
    queue_.expire(now_ + Milliseconds{20});
    EXPECT_EQ(queue_.next_deadline(), now_ + Milliseconds{100});
}

TEST_F(RedisCalls, FailTogetherWithTheirConnectionButNotTheOnesMadeMeanwhile) {
    RedisCall first;
    RedisCall second;
    RedisCall retry;
    queue_.push_sent(first, within(Milliseconds{100}));
    queue_.push_sent(second, within(Milliseconds{100}));
    const auto again =
        [](RedisCall& failed, RedisCallQueue& queue, RedisCall& next, RedisCallQueue::Terms terms
        ) -> Task<void> {
        auto reply = co_await failed;
        EXPECT_FALSE(reply.has_value());
        queue.push_unsent(next, "AGAIN", terms);
    };
    spawn(again(first, queue_, retry, within(Milliseconds{100})));
    wait_for(second);

    queue_.fail_all({.code = ErrorCode::store_unavailable, .detail = "gone"});

    EXPECT_EQ(ends_, std::vector<std::string>{"store_unavailable"});
    EXPECT_EQ(queue_.take_unsent(now_), "AGAIN");
    EXPECT_EQ(metrics_.unavailable.value(), 2U);
    EXPECT_EQ(metrics_.commands.value() - metrics_.ended.value(), 1U);
}

}  // namespace
}  // namespace numproof
