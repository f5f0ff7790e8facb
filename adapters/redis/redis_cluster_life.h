// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"

namespace numproof {

/// One primary of a Cluster in one of its lives.
struct RedisNodeLife {
    std::string id;           ///< As in RedisClusterNode.
    std::string address;      ///< As in RedisClusterNode.
    std::string incarnation;  ///< RedisPeer::incarnation.
    std::string data;         ///< The id of its stream of writes: `master_replid`.
    std::string followed;     ///< The id of the stream that it was promoted from, if it was.
    std::string flushes;      ///< How often it was flushed; empty: never.
};

/// The same of a node that answered INFO replication and INFO commandstats.
[[nodiscard]] RedisNodeLife node_life_of(std::string_view replication, std::string_view stats);

/// The lives of all primaries of a Cluster that have slots, as they were looked at last. What was
/// not looked at yet must not be read from: it may be a node that came back empty. Pure.
class RedisClusterLife {
public:
    /// Takes in what is now the life of the whole store; gives its name. The form of the name is
    /// that of daemon/ports/store_life.h.
    const std::string& take_in(std::vector<RedisNodeLife> nodes);

    /// Empty before take_in().
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// True if that life of the node at `address` was taken in.
    [[nodiscard]] bool knows(const std::string& address, std::string_view incarnation) const;

private:
    std::string name_;
    std::map<std::string, std::string, std::less<>> lives_;  // By address.
};

}  // namespace numproof
