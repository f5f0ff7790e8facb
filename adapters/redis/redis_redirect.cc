// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_redirect.h"

#include <charconv>
#include <utility>

#include "adapters/redis/redis_slot_map.h"

namespace numproof {
namespace {

using Kind = RedisRedirect::Kind;

// Scripts look at keys that they compute. While their slot is being moved such a key may be gone
// already, and Redis ends the script there. Ours have written nothing by then that doing them again
// would not write again (redis_scripts.cc).
constexpr std::string_view kKeyOfScriptIsAway =
    "attempted to access a non local key in a cluster node";

/// "3999 127.0.0.1:6381"; the host may be missing, and an IPv6 address has no brackets here.
RedisRedirect parse_target(Kind kind, std::string_view text, std::string_view asked) {
    const auto space = text.find(' ');
    const auto colon = text.rfind(':');
    if (space == std::string_view::npos || colon == std::string_view::npos || colon < space) {
        return {};
    }
    std::uint16_t slot = 0;
    const auto* const end = text.data() + space;
    const auto read = std::from_chars(text.data(), end, slot);
    auto address =
        usable_address(text.substr(space + 1, colon - space - 1), text.substr(colon + 1), asked);
    if (read.ec != std::errc{} || read.ptr != end || slot >= kRedisSlots || !address) {
        return {};
    }
    return {.kind = kind, .slot = slot, .address = std::move(*address)};
}

}  // namespace

RedisRedirect read_redirect(const RedisReply& reply, std::string_view asked) {
    if (reply.kind != RedisReply::Kind::error) {
        return {};
    }
    const std::string_view text = reply.text;
    const auto space = text.find(' ');
    const auto word = text.substr(0, space);
    const auto rest = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
    if (word == "MOVED") {
        return parse_target(Kind::moved, rest, asked);
    }
    if (word == "ASK") {
        return parse_target(Kind::ask, rest, asked);
    }
    if (word == "TRYAGAIN" || text.find(kKeyOfScriptIsAway) != std::string_view::npos) {
        return {.kind = Kind::try_again, .slot = 0, .address = {}};
    }
    if (word == "CLUSTERDOWN") {
        return {.kind = Kind::cluster_down, .slot = 0, .address = {}};
    }
    if (word == "LOADING" || word == "MASTERDOWN") {
        return {.kind = Kind::starting, .slot = 0, .address = {}};
    }
    return {};
}

}  // namespace numproof
