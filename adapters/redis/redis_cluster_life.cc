// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_cluster_life.h"

#include <algorithm>
#include <utility>

#include "adapters/redis/redis_handshake.h"
#include "daemon/ports/store_life.h"

namespace numproof {
namespace {

/// The calls of FLUSHALL and FLUSHDB in `info` (INFO commandstats): "cmdstat_flushall:calls=1,…".
std::string flushes_of(std::string_view info) {
    std::string flushes;
    for (const std::string_view command : {"cmdstat_flushall", "cmdstat_flushdb"}) {
        const auto stats = info_field(info, command);
        if (!stats.empty()) {
            flushes += "+";
            flushes += stats.substr(0, stats.find(','));
        }
    }
    return flushes;
}

/// The form of a name has its own use for commas and slashes (daemon/ports/store_life.h).
std::string without_separators(std::string text) {
    std::ranges::replace(text, '/', ':');
    std::ranges::replace(text, ',', ':');
    return text;
}

/// What is left of an id of 40 hexadecimal digits tells a thousand nodes apart well enough.
std::string shortened(std::string_view id) {
    return without_separators(std::string{id.substr(0, 16)});
}

}  // namespace

RedisNodeLife node_life_of(std::string_view replication, std::string_view stats) {
    const bool promoted = info_field(replication, "second_repl_offset") != "-1";
    const auto followed = promoted ? info_field(replication, "master_replid2") : std::string_view{};
    return {
        .id = {},
        .address = {},
        .incarnation = {},
        .data = std::string{info_field(replication, "master_replid")},
        .followed = std::string{followed},
        .flushes = flushes_of(stats)};
}

const std::string& RedisClusterLife::take_in(std::vector<RedisNodeLife> nodes) {
    std::vector<StoreMember> members;
    lives_.clear();
    for (auto& node : nodes) {
        lives_[std::move(node.address)] = node.incarnation;
        members.push_back(
            {.node = shortened(node.id),
             .data = shortened(node.data),
             .followed = shortened(node.followed),
             .life = without_separators(std::move(node.incarnation) + node.flushes)}
        );
    }
    name_ = name_of_life(std::move(members));
    return name_;
}

bool RedisClusterLife::knows(const std::string& address, std::string_view incarnation) const {
    const auto known = lives_.find(address);
    return known != lives_.end() && !incarnation.empty() && known->second == incarnation;
}

}  // namespace numproof
