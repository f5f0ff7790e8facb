// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_slot.h"

#include <array>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/fakes/redis_server.h"

namespace numproof {
namespace {

// The first one is of the Redis Cluster specification (CRC-16 of "123456789" is 0x31C3).
constexpr std::array<std::pair<std::string_view, std::uint16_t>, 4> kKnown{{
    {"123456789", 0x31C3},
    {"foo", 12182},
    {"bar", 5061},
    {"", 0},
}};

TEST(RedisSlot, IsTheOneOfTheSpecification) {
    for (const auto& [key, slot] : kKnown) {
        EXPECT_EQ(redis_slot(key), slot) << key;
    }
}

TEST(RedisSlot, ComesFromTheFirstHashTagAlone) {
    EXPECT_EQ(redis_slot("np:{abc}:t:1"), redis_slot("abc"));
    EXPECT_EQ(redis_slot("np:{abc}:t:1"), redis_slot("np:{abc}:u:2"));
    EXPECT_EQ(redis_slot("foo{bar}{zap}"), redis_slot("bar"));
    EXPECT_EQ(redis_slot("foo{{bar}}zap"), redis_slot("{bar"));
    EXPECT_NE(redis_slot("foo{}{bar}"), redis_slot("bar"));
    EXPECT_NE(redis_slot("foo{bar"), redis_slot("bar"));
}

TEST(RedisSlot, IsTheOneThatRedisComputes) {
    RedisServer server{
        {"--cluster-enabled",
         "yes",
         "--cluster-port",
         std::to_string(RedisServer::find_free_port())}};
    const std::string octets{"np:\0\xff{\x80\0}x", 10};
    for (const std::string& key :
         {std::string{"np:gen"},
          std::string{"np:w:numproof.sessions:0"},
          std::string{"np:{a1b}:t"},
          std::string{"foo{}{bar}"},
          std::string{"foo{{bar}}zap"},
          std::string{"}{x}"},
          std::string{"{"},
          std::string{"a{b"},
          octets}) {
        EXPECT_EQ(std::to_string(redis_slot(key)), server.ask({"CLUSTER", "KEYSLOT", key})) << key;
    }
}

}  // namespace
}  // namespace numproof
