// SPDX-License-Identifier: Apache-2.0
// What Redis and its sentinels say about whom one is talking to: texts are INFO, all other replies
// are words of sentinels. A field of INFO is what a plain reader finds; the life of a Cluster keeps
// its form whatever its nodes say, so that neither can a node pass for another one nor a life that
// is over for one that goes on; a primary is only what more than half of the sentinels name, and
// something that could be connected to.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/redis_cluster_life.h"
#include "adapters/redis/redis_handshake.h"
#include "adapters/redis/sentinel_verdict.h"
#include "daemon/base/check.h"
#include "daemon/ports/store_life.h"
#include "tests/fuzz/redis/heard_replies.h"

namespace numproof {
namespace {

constexpr std::array<std::string_view, 8> kFields{
    "role",
    "run_id",
    "redis_version",
    "master_replid",
    "master_replid2",
    "second_repl_offset",
    "cmdstat_flushall",
    "cmdstat_flushdb"};

/// The first value of each name, line by line.
std::map<std::string, std::string> fields_in(const std::string& info) {
    std::map<std::string, std::string> fields;
    for (std::size_t at = 0; at <= info.size();) {
        const auto end = std::min(info.find("\r\n", at), info.size());
        const auto line = info.substr(at, end - at);
        const auto colon = line.find(':');
        if (colon != std::string::npos) {
            fields.emplace(line.substr(0, colon), line.substr(colon + 1));
        }
        at = end + 2;
    }
    return fields;
}

void check_info(const std::string& info) {
    const auto fields = fields_in(info);
    for (const auto name : kFields) {
        const auto known = fields.find(std::string{name});
        NP_CHECK(info_field(info, name) == (known == fields.end() ? "" : known->second));
    }
    const auto promotion = promotion_of(info);
    const auto role = fields.find("role");
    const bool primary = role != fields.end() && role->second == "master";
    NP_CHECK(promotion.has_value() == primary);
}

std::size_t count_of(std::string_view text, char wanted) {
    return static_cast<std::size_t>(std::ranges::count(text, wanted));
}

RedisNodeLife life_in(const std::string& info, std::size_t number) {
    auto life = node_life_of(info, info);
    life.id = "node-" + std::to_string(number);
    life.address = "10.0.0.1:" + std::to_string(7000 + number);
    life.incarnation =
        std::string{info_field(info, "run_id")} + "/" + promotion_of(info).value_or("replica");
    return life;
}

std::string name_of(std::vector<RedisNodeLife> lives) {
    RedisClusterLife life;
    return life.take_in(std::move(lives));
}

/// Commas and slashes tell nothing apart: no id has one.
bool alike(std::string a, std::string b) {
    for (auto* text : {&a, &b}) {
        std::ranges::replace(*text, ',', ':');
        std::ranges::replace(*text, '/', ':');
    }
    return a == b;
}

/// Whether a store of `before` alone may say that it lives on as `now` alone.
bool may_continue(const RedisNodeLife& before, const RedisNodeLife& now) {
    const bool lives_on = before.id == now.id &&
                          alike(before.incarnation + before.flushes, now.incarnation + now.flushes);
    const bool succeeds = before.id != now.id && !now.followed.empty() &&
                          alike(now.followed.substr(0, 16), before.data.substr(0, 16));
    return lives_on || succeeds;
}

void check_pair(const RedisNodeLife& before, const RedisNodeLife& now) {
    const bool goes_on = continues(name_of({before}), name_of({now}));
    NP_CHECK(goes_on == may_continue(before, now));
}

void check_lives(const std::vector<std::string>& infos) {
    std::vector<RedisNodeLife> lives;
    for (const auto& info : infos) {
        lives.push_back(life_in(info, lives.size()));
    }
    RedisClusterLife life;
    const auto name = life.take_in(lives);
    NP_CHECK(name == life.name() && continues(name, name));
    NP_CHECK(count_of(name, ',') == std::max<std::size_t>(1, lives.size()));
    NP_CHECK(count_of(name, '/') == 3 * lives.size());
    for (const auto& node : lives) {
        NP_CHECK(life.knows(node.address, node.incarnation) && !life.knows(node.address, "other"));
    }
    if (lives.size() == 2) {
        check_pair(lives[0], lives[1]);
        lives[1].id = lives[0].id;
        check_pair(lives[0], lives[1]);
    }
}

void check_verdict(const std::vector<SentinelWord>& words) {
    std::map<std::string, std::size_t> votes;
    for (const auto& word : words) {
        const bool names = word.kind == SentinelWord::Kind::names;
        NP_CHECK(names == !word.primary.empty());
        NP_CHECK(!names || could_be_connected_to(word.primary));
        votes[word.primary] += names ? 1 : 0;
    }
    const auto verdict = verdict_of(words, "mymaster");
    const auto agreed = std::ranges::find_if(votes, [&](const auto& vote) {
        return 2 * vote.second > words.size();
    });
    NP_CHECK(verdict.has_value() == (agreed != votes.end()));
    NP_CHECK(!verdict || *verdict == agreed->first);
}

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace numproof;
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    std::vector<std::string> infos;
    std::vector<SentinelWord> words;
    for (const auto& reply : hear(octets, octets.size()).replies) {
        if (reply.kind == RedisReply::Kind::text) {
            check_info(reply.text);
            infos.push_back(reply.text);
        } else {
            words.push_back(word_of_sentinel(reply));
        }
    }
    check_lives(infos);
    check_verdict(words);
    return 0;
}
