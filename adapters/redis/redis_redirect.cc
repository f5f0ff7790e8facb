// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_redirect.h"

#include <charconv>
#include <optional>

#include "adapters/redis/redis_slot_map.h"

namespace numproof {
namespace {

using Kind = RedisRedirect::Kind;

// Scripts look at keys that they compute. While their slot is being moved such a key may be gone
// already, and Redis ends the script there. Ours have written nothing by then that doing them again
// would not write again (redis_scripts.cc).
constexpr std::string_view kKeyOfScriptIsAway =
    "attempted to access a non local key in a cluster node";

template <typename Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    return read.ec == std::errc{} && read.ptr == end && !text.empty() ? std::optional{value}
                                                                      : std::nullopt;
}

/// "3999 127.0.0.1:6381"; the host may be missing, and an IPv6 address has no brackets here.
RedisRedirect parse_target(Kind kind, std::string_view text, std::string_view asked) {
    const auto space = text.find(' ');
    const auto slot = number<std::uint16_t>(text.substr(0, space));
    if (space == std::string_view::npos || !slot || *slot >= kRedisSlots) {
        return {};
    }
    const auto target = text.substr(space + 1);
    const auto colon = target.rfind(':');
    if (colon == std::string_view::npos) {
        return {};
    }
    const auto port = number<std::uint16_t>(target.substr(colon + 1));
    const auto host = usable_host(target.substr(0, colon), asked);
    if (!port || *port == 0 || !host) {
        return {};
    }
    return {.kind = kind, .slot = *slot, .address = redis_address(*host, std::to_string(*port))};
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
