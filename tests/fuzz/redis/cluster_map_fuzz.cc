// SPDX-License-Identifier: Apache-2.0
// What a Cluster says about itself: the first reply is taken for CLUSTER SLOTS, all of them for
// redirections, in turn, of one command. A map that is accepted says of each slot what a plain walk
// through the reply says, and only what could be connected to; a redirection means the same when it
// is written anew, and changes the owner of its own slot at most.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/redis_course.h"
#include "adapters/redis/redis_redirect.h"
#include "adapters/redis/redis_slot_map.h"
#include "daemon/base/check.h"
#include "tests/fuzz/redis/heard_replies.h"

namespace numproof {
namespace {

constexpr std::string_view kAsked = "seed.example:7000";
constexpr std::string_view kAskedHost = "seed.example";

using Kind = RedisReply::Kind;

std::string joined(const std::string& host, const std::string& port) {
    return host.find(':') == std::string::npos ? host + ":" + port : "[" + host + "]:" + port;
}

/// Who has which slot, as the reply itself says; the map was accepted, so that its form is right.
struct Owners {
    std::vector<std::string> addresses{""};  // The first one stands for nobody.
    std::vector<std::size_t> of_slot = std::vector<std::size_t>(kRedisSlots);
};

Owners owners_in(const RedisReply& reply) {
    Owners owners;
    for (const auto& range : reply.items) {
        const auto& node = range.items.at(2).items;
        const auto& host = node.at(0).text;
        owners.addresses.push_back(joined(
            host.empty() ? std::string{kAskedHost} : host, std::to_string(node.at(1).integer)
        ));
        for (auto slot = range.items[0].integer; slot <= range.items[1].integer; ++slot) {
            auto& owner = owners.of_slot.at(static_cast<std::size_t>(slot));
            NP_CHECK(owner == 0);
            owner = owners.addresses.size() - 1;
        }
    }
    return owners;
}

void check_nodes(const RedisSlotMap& map, const std::vector<std::string>& owners) {
    const std::set<std::string> named{owners.begin() + 1, owners.end()};
    std::set<std::string> ids;
    std::set<std::string> addresses;
    for (const auto& node : map.nodes()) {
        NP_CHECK(could_be_connected_to(node.address) && !node.id.empty());
        NP_CHECK(ids.insert(node.id).second && addresses.insert(node.address).second);
    }
    NP_CHECK(named == addresses);
    NP_CHECK(std::ranges::is_sorted(map.nodes(), {}, &RedisClusterNode::id));
}

void check_map(const RedisSlotMap& map, const RedisReply& reply) {
    const auto owners = owners_in(reply);
    const std::string* last = nullptr;
    for (std::size_t slot = 0; slot < kRedisSlots; ++slot) {
        const auto& owner = map.owner(static_cast<std::uint16_t>(slot));
        const bool goes_on = slot > 0 && owners.of_slot[slot] == owners.of_slot[slot - 1];
        // The very same text is not compared again: libFuzzer looks at each comparison.
        NP_CHECK(goes_on ? &owner == last : owner == owners.addresses[owners.of_slot[slot]]);
        last = &owner;
    }
    const auto nobody = std::ranges::count(owners.of_slot, 0U);
    NP_CHECK(map.uncovered() == static_cast<std::size_t>(nobody));
    check_nodes(map, owners.addresses);
}

/// `redirect` as Redis writes it: without brackets.
RedisReply written(const RedisRedirect& redirect) {
    auto address = redirect.address;
    std::erase(address, '[');
    std::erase(address, ']');
    const std::string word = redirect.kind == RedisRedirect::Kind::moved ? "MOVED " : "ASK ";
    return {
        .kind = Kind::error,
        .integer = 0,
        .text = word + std::to_string(redirect.slot) + " " + address,
        .items = {}};
}

RedisRedirect check_redirect(const RedisReply& reply) {
    const auto redirect = read_redirect(reply, kAsked);
    const bool leads =
        redirect.kind == RedisRedirect::Kind::moved || redirect.kind == RedisRedirect::Kind::ask;
    NP_CHECK(redirect.kind == RedisRedirect::Kind::none || reply.kind == Kind::error);
    if (!leads) {
        NP_CHECK(redirect.slot == 0 && redirect.address.empty());
        return redirect;
    }
    NP_CHECK(reply.text.starts_with("MOVED ") || reply.text.starts_with("ASK "));
    NP_CHECK(redirect.slot < kRedisSlots && could_be_connected_to(redirect.address));
    NP_CHECK(read_redirect(written(redirect), "nobody:1") == redirect);
    return redirect;
}

void check_learning(RedisSlotMap& map, const RedisRedirect& redirect) {
    const auto before = static_cast<std::uint16_t>((redirect.slot + 1) % kRedisSlots);
    const auto next = map.owner(before);
    const auto nodes = map.nodes();
    map.learn(redirect.slot, redirect.address);
    NP_CHECK(map.owner(redirect.slot) == redirect.address);
    NP_CHECK(map.owner(before) == next && map.nodes() == nodes);
}

/// An answer ends the way of a command, and nothing but redirections goes on; they end, too.
void check_course(const std::vector<RedisReply>& replies) {
    RedisCourse course;
    int moved = 0;
    for (const auto& reply : replies) {
        const auto redirect = read_redirect(reply, kAsked);
        const auto step = course.take(reply, kAsked);
        moved += redirect.kind == RedisRedirect::Kind::moved ? 1 : 0;
        NP_CHECK(course.lost() == (moved > RedisCourse::kMovedMax));
        NP_CHECK(course.redirect() == redirect);
        const bool ends = redirect.kind == RedisRedirect::Kind::none || course.lost();
        NP_CHECK((step == RedisCourse::Step::done) == ends);
        if (ends) {
            return;
        }
    }
}

}  // namespace
}  // namespace numproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace numproof;
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    const auto replies = hear(octets, octets.size()).replies;
    if (replies.empty()) {
        return 0;
    }
    auto read = RedisSlotMap::parse(replies.front(), kAsked);
    if (read) {
        check_map(*read, replies.front());
    }
    auto map = read ? std::move(*read) : RedisSlotMap{};
    for (const auto& reply : replies) {
        const auto redirect = check_redirect(reply);
        // So few replies that what is learnt is always taken.
        if (!redirect.address.empty() && replies.size() < 256) {
            check_learning(map, redirect);
        }
    }
    check_course(replies);
    return 0;
}
