// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/redis_reply.h"
#include "adapters/redis/redis_slot.h"
#include "daemon/base/result.h"

namespace numproof {

/// One primary of a Cluster.
struct RedisClusterNode {
    std::string id;       ///< Its name in the Cluster, which outlives its restarts.
    std::string address;  ///< `host:port` as it is announced; IPv6 in brackets.

    bool operator==(const RedisClusterNode&) const = default;
};

/// `host:port`, with brackets where `host` is an IPv6 address.
[[nodiscard]] std::string redis_address(std::string_view host, std::string_view port);

/// `host`, or that of `asked` (`host:port`) if it is empty; nullopt if it could be no name or
/// address.
[[nodiscard]] std::optional<std::string> usable_host(std::string_view host, std::string_view asked);

/// redis_address() of usable_host() and a port from 1 to 65535 in decimal; nullopt if one of them
/// is none: what cannot be connected to must not reach a resolver or a log line.
[[nodiscard]] std::optional<std::string> usable_address(
    std::string_view host, std::string_view port, std::string_view asked
);

/// Which primary of a Cluster has which slot. Pure.
class RedisSlotMap {
public:
    /// A Cluster may have 1000 nodes (Redis Cluster specification).
    static constexpr std::size_t kNodesMax = 1024;

    RedisSlotMap() = default;

    /// Reads the reply to CLUSTER SLOTS of the node at `asked`: where a host is missing, it is that
    /// of `asked`. Replicas are left out. `malformed` if it is no such reply, if a slot has two
    /// owners, or a node has no address that could be connected to.
    [[nodiscard]] static Result<RedisSlotMap> parse(
        const RedisReply& reply, std::string_view asked
    );

    /// Those that own slots, in the order of their ids.
    [[nodiscard]] const std::vector<RedisClusterNode>& nodes() const noexcept { return nodes_; }

    /// The address of whoever has `slot`; empty if nobody has it, as far as we know.
    [[nodiscard]] const std::string& owner(std::uint16_t slot) const;

    /// Notes what a redirection has told. The list of nodes stays as it is.
    void learn(std::uint16_t slot, const std::string& address);

    /// How many slots nobody has.
    [[nodiscard]] std::size_t uncovered() const noexcept;

private:
    [[nodiscard]] std::uint16_t index_of(const std::string& address);
    [[nodiscard]] Result<void> take_range(const RedisReply& range, std::string_view asked);

    std::vector<RedisClusterNode> nodes_;
    std::vector<std::string> addresses_{std::string{}};  // The first one stands for nobody.
    std::vector<std::uint16_t> owners_ = std::vector<std::uint16_t>(kRedisSlots);
};

}  // namespace numproof
