// SPDX-License-Identifier: Apache-2.0
// What sentinels say, and what follows from it.
#include "adapters/redis/sentinel_verdict.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "adapters/redis/redis_reply.h"

namespace numproof {
namespace {

using testing::HasSubstr;
using Kind = SentinelWord::Kind;

const SentinelWord kA{.kind = Kind::names, .primary = "10.0.0.1:6379", .detail = {}};
const SentinelWord kB{.kind = Kind::names, .primary = "10.0.0.2:6379", .detail = {}};
const SentinelWord kSilent{.kind = Kind::silent, .primary = {}, .detail = {}};
const SentinelWord kNone{.kind = Kind::knows_none, .primary = {}, .detail = {}};
const SentinelWord kRefuses{.kind = Kind::refuses, .primary = {}, .detail = "answered NOAUTH"};

Result<std::string> verdict(const std::vector<SentinelWord>& words) {
    return verdict_of(words, "mymaster");
}

SentinelWord word(const std::string& octets) {
    RedisReplyReader reader;
    EXPECT_TRUE(reader.feed(octets).has_value());
    return word_of_sentinel(reader.next().value().value());
}

TEST(SentinelVerdict, IsThatOfMoreThanHalf) {
    EXPECT_EQ(verdict({kA}).value(), kA.primary);
    EXPECT_EQ(verdict({kA, kA}).value(), kA.primary);
    EXPECT_EQ(verdict({kSilent, kA, kA}).value(), kA.primary);
    EXPECT_EQ(verdict({kB, kA, kB}).value(), kB.primary);
    EXPECT_EQ(verdict({kNone, kA, kRefuses, kA, kA}).value(), kA.primary);
}

TEST(SentinelVerdict, IsNoneOfAMinority) {
    const std::vector<std::vector<SentinelWord>> undecided{
        {kSilent},
        {kA, kB},
        {kA, kSilent},
        {kA, kSilent, kSilent},
        {kA, kB, kSilent},
        {kA, kA, kSilent, kSilent},
        {kA, kA, kB, kB, kSilent}};
    for (const auto& words : undecided) {
        const auto none = verdict(words);
        ASSERT_FALSE(none.has_value());
        EXPECT_EQ(none.error().code, ErrorCode::store_unavailable);
    }
    EXPECT_EQ(
        verdict({kA, kB, kSilent}).error().detail,
        "1 of 3 sentinels name a primary, the same 2 are needed"
    );
}

TEST(SentinelVerdict, AsksForSomebodyWhenItCannotComeByItself) {
    const auto refused = verdict({kRefuses, kA, kRefuses});
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_configuration);
    EXPECT_EQ(refused.error().detail, "answered NOAUTH");
    const auto unknown = verdict({kNone, kNone, kSilent});
    EXPECT_EQ(unknown.error().code, ErrorCode::invalid_configuration);
    EXPECT_EQ(unknown.error().detail, "the sentinels know no primary called 'mymaster'");
    EXPECT_EQ(verdict({kNone, kSilent, kSilent}).error().code, ErrorCode::store_unavailable);
}

TEST(SentinelWord, IsReadFromTheReply) {
    EXPECT_EQ(word("*2\r\n$8\r\n10.0.0.1\r\n$4\r\n6379\r\n"), kA);
    EXPECT_EQ(word("*2\r\n$3\r\n::1\r\n$4\r\n6379\r\n").primary, "[::1]:6379");
    EXPECT_EQ(word("*2\r\n$7\r\nredis-1\r\n$4\r\n6379\r\n").primary, "redis-1:6379");
    EXPECT_EQ(word("*-1\r\n").kind, Kind::knows_none);
    EXPECT_EQ(word("-NOAUTH Authentication required.\r\n").kind, Kind::refuses);
    EXPECT_EQ(word("-NOPERM this user has no permissions\r\n").kind, Kind::refuses);
    EXPECT_EQ(word("-ERR unknown command 'SENTINEL'\r\n").kind, Kind::silent);
    for (const auto* odd :
         {"+OK\r\n",
          ":1\r\n",
          "*0\r\n",
          "*2\r\n$0\r\n\r\n$1\r\n1\r\n",
          "*2\r\n$1\r\na\r\n$1\r\nb\r\n",
          "*2\r\n$1\r\na\r\n$6\r\n123456\r\n",
          "*2\r\n$1\r\na\r\n$5\r\n65536\r\n",
          "*2\r\n$1\r\na\r\n$1\r\n0\r\n",
          "*2\r\n$3\r\na b\r\n$1\r\n1\r\n",
          "*2\r\n$3\r\na\r\n\r\n$1\r\n1\r\n",
          "*2\r\n:1\r\n$1\r\n1\r\n",
          "*3\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\n1\r\n"}) {
        EXPECT_EQ(word(odd).kind, Kind::silent) << odd;
    }
}

}  // namespace
}  // namespace numproof
