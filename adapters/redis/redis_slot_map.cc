// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_slot_map.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "daemon/base/check.h"

namespace numproof {
namespace {

using Kind = RedisReply::Kind;

constexpr std::size_t kHostMax = 255;

tl::unexpected<Error> broken(const char* what) {
    return fail(ErrorCode::malformed, std::string{"CLUSTER SLOTS: "} + what);
}

std::string_view host_of(std::string_view address) {
    const auto colon = address.rfind(':');
    auto host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    return host;
}

/// A name or an address: what is neither must not reach a resolver or a log line.
bool is_host(std::string_view host) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
    };
    return !host.empty() && host.size() <= kHostMax && std::ranges::all_of(host, good);
}

/// A node stands there as [host, port, id, …]; Redis before 4.0 gives no id.
Result<RedisClusterNode> parse_node(const RedisReply& node, std::string_view asked) {
    if (node.kind != Kind::list || node.items.size() < 2) {
        return broken("a node is no list");
    }
    const auto& host = node.items[0];
    const auto& port = node.items[1];
    if (host.kind != Kind::text && host.kind != Kind::nil) {
        return broken("a host is no text");
    }
    if (port.kind != Kind::integer || port.integer < 1 || port.integer > 65'535) {
        return broken("a port is none");
    }
    const auto name = usable_host(host.text, asked);
    if (!name) {
        return broken("a node has no usable host");
    }
    auto address = redis_address(*name, std::to_string(port.integer));
    const bool has_id = node.items.size() > 2 && node.items[2].kind == Kind::text;
    const auto& id = has_id ? node.items[2].text : address;
    if (id.empty() || id.size() > kHostMax + 8) {
        return broken("a node has no usable id");
    }
    return RedisClusterNode{.id = id, .address = std::move(address)};
}

}  // namespace

std::string redis_address(std::string_view host, std::string_view port) {
    const bool v6 = host.find(':') != std::string_view::npos;
    std::string address{v6 ? "[" : ""};
    address += host;
    address += v6 ? "]:" : ":";
    address += port;
    return address;
}

std::optional<std::string> usable_host(std::string_view host, std::string_view asked) {
    const auto meant = host.empty() ? host_of(asked) : host;
    return is_host(meant) ? std::optional<std::string>{meant} : std::nullopt;
}

std::optional<std::string> usable_address(
    std::string_view host, std::string_view port, std::string_view asked
) {
    std::uint16_t number = 0;
    const auto* const end = port.data() + port.size();
    const auto read = std::from_chars(port.data(), end, number);
    const auto name = usable_host(host, asked);
    if (read.ec != std::errc{} || read.ptr != end || number == 0 || !name) {
        return std::nullopt;
    }
    return redis_address(*name, std::to_string(number));
}

Result<RedisSlotMap> RedisSlotMap::parse(const RedisReply& reply, std::string_view asked) {
    if (reply.kind != Kind::list) {
        return broken("no list");
    }
    RedisSlotMap map;
    for (const auto& range : reply.items) {
        if (auto taken = map.take_range(range, asked); !taken) {
            return pass_on(taken);
        }
    }
    std::ranges::sort(map.nodes_, {}, &RedisClusterNode::id);
    return map;
}

Result<void> RedisSlotMap::take_range(const RedisReply& range, std::string_view asked) {
    if (range.kind != Kind::list || range.items.size() < 3 ||
        range.items[0].kind != Kind::integer || range.items[1].kind != Kind::integer) {
        return broken("a range is no list of numbers and nodes");
    }
    const auto first = range.items[0].integer;
    const auto last = range.items[1].integer;
    if (first < 0 || last < first || last >= kRedisSlots) {
        return broken("a range is none");
    }
    auto node = parse_node(range.items[2], asked);
    if (!node) {
        return pass_on(node);
    }
    const auto known = std::ranges::find(nodes_, node->id, &RedisClusterNode::id);
    if (known != nodes_.end() && known->address != node->address) {
        return broken("a node has two addresses");
    }
    if (known == nodes_.end()) {
        if (nodes_.size() == kNodesMax ||
            std::ranges::find(nodes_, node->address, &RedisClusterNode::address) != nodes_.end()) {
            return broken("too many nodes, or two at one address");
        }
        nodes_.push_back(*node);
    }
    const auto index = index_of(node->address);
    for (auto slot = first; slot <= last; ++slot) {
        auto& owner = owners_[static_cast<std::size_t>(slot)];
        if (std::exchange(owner, index) != 0) {
            return broken("a slot has two owners");
        }
    }
    return {};
}

const std::string& RedisSlotMap::owner(std::uint16_t slot) const {
    NP_CHECK(slot < kRedisSlots);
    return addresses_[owners_[slot]];
}

void RedisSlotMap::learn(std::uint16_t slot, const std::string& address) {
    NP_CHECK(slot < kRedisSlots);
    // Redirections to ever new addresses are no Cluster; the next reading of the map starts anew.
    if (addresses_.size() <= kNodesMax) {
        owners_[slot] = index_of(address);
    }
}

std::size_t RedisSlotMap::uncovered() const noexcept {
    return static_cast<std::size_t>(std::ranges::count(owners_, 0));
}

std::uint16_t RedisSlotMap::index_of(const std::string& address) {
    const auto known = std::ranges::find(addresses_, address);
    const auto index = static_cast<std::uint16_t>(known - addresses_.begin());
    if (known == addresses_.end()) {
        addresses_.push_back(address);
    }
    return index;
}

}  // namespace numproof
