// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_key_walk.h"

#include <charconv>
#include <cstddef>
#include <utility>

#include "adapters/redis/redis_command.h"
#include "adapters/redis/redis_error.h"

namespace numproof {
namespace {

constexpr std::string_view kLooksAtOnce = "300";
constexpr std::string_view kBegin = "0";
constexpr std::string_view kSoon = "1000";

/// Where a walk is: `2 17` is the cursor 17 of the third primary.
struct Place {
    std::size_t node = 0;
    std::string cursor{kBegin};
};

Place place_of(const std::string& text) {
    Place place;
    const auto blank = text.find(' ');
    if (blank != std::string::npos) {
        std::from_chars(text.data(), text.data() + blank, place.node);
        place.cursor = text.substr(blank + 1);
    }
    return place;
}

std::string after(const Place& place, std::string cursor, std::size_t nodes) {
    if (cursor != kBegin) {
        return std::to_string(place.node) + " " + cursor;
    }
    const auto next = place.node + 1;
    return next < nodes ? std::to_string(next) + " " + std::string{kBegin} : std::string{};
}

bool is_page(const RedisReply& reply) {
    using Kind = RedisReply::Kind;
    return reply.kind == Kind::list && reply.items.size() == 2 &&
           reply.items.front().kind == Kind::text && reply.items.back().kind == Kind::list;
}

}  // namespace

Task<Result<KeyWalk::Page>> RedisKeyWalk::look(std::string from, Deadline deadline) {
    const auto place = place_of(from);
    const auto life = client_.present_incarnation();
    if (!life) {
        co_return fail(ErrorCode::store_unavailable, "no connection to Redis");
    }
    auto octets = format_command(
        {"SCAN", place.cursor, "MATCH", "np:*", "COUNT", kLooksAtOnce, "TYPE", "hash"}
    );
    auto reply = co_await client_.command_at(place.node, std::move(octets), deadline);
    if (!reply) {
        co_return pass_on(reply);
    }
    if (!is_page(*reply)) {
        co_return unexpected_reply("SCAN");
    }
    Page page{.names = {}, .next = {}, .life = *life};
    for (auto& name : reply->items.back().items) {
        page.names.push_back(std::move(name.text));
    }
    page.next = after(place, std::move(reply->items.front().text), client_.nodes());
    co_return page;
}

Task<Result<void>> RedisKeyWalk::forget(
    std::vector<std::string> names, std::string life, Deadline deadline
) {
    if (client_.present_incarnation() != life) {
        co_return fail(ErrorCode::store_unavailable, "seen in another life of Redis");
    }
    std::vector<ScriptCall> calls;
    calls.reserve(names.size());
    for (auto& name : names) {
        auto command = format_command({"PEXPIRE", name, kSoon});
        calls.push_back(
            {.keys = {std::move(name)},
             .arguments = {},
             .command = std::move(command),
             .life = life}
        );
    }
    auto replies = co_await client_.run_all(std::move(calls), deadline);
    if (!replies) {
        co_return pass_on(replies);
    }
    co_return Result<void>{};
}

}  // namespace numproof
