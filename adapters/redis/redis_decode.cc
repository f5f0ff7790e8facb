// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_decode.h"

#include <string_view>
#include <utility>

#include "adapters/redis/redis_error.h"
#include "adapters/redis/redis_value.h"

namespace numproof {
namespace {

using Kind = RedisReply::Kind;

/// The number of an outcome, at the head of a script's reply; nullopt if it is none of `count`.
std::optional<std::size_t> outcome_of(const RedisReply& reply, std::size_t count) {
    if (reply.kind != Kind::list || reply.items.empty()) {
        return std::nullopt;
    }
    const auto& head = reply.items.front();
    const bool known = head.kind == Kind::integer && head.integer >= 0 &&
                       static_cast<std::uint64_t>(head.integer) < count;
    return known ? std::optional{static_cast<std::size_t>(head.integer)} : std::nullopt;
}

/// The text at `index` of a script's reply; nullopt if there is none.
std::optional<std::string_view> text_at(const RedisReply& reply, std::size_t index) {
    if (index >= reply.items.size() || reply.items[index].kind != Kind::text) {
        return std::nullopt;
    }
    return reply.items[index].text;
}

template <typename T>
Result<std::optional<T>> parse_if(
    std::optional<std::string_view> text, Result<T> (*parse)(std::string_view)
) {
    if (!text) {
        return std::nullopt;
    }
    auto value = parse(*text);
    if (!value) {
        return fail(ErrorCode::store_unavailable, std::move(value.error().detail));
    }
    return std::optional<T>{std::move(*value)};
}

std::optional<std::string_view> text_of(const RedisReply& reply) {
    return reply.kind == Kind::text ? std::optional<std::string_view>{reply.text} : std::nullopt;
}

Result<SubscriberHead> parse_head(std::string_view text) {
    return take_subscriber_head(text);
}

}  // namespace

Result<std::vector<std::optional<Record>>> decode_records(
    const RedisReply& reply, std::size_t count
) {
    if (reply.kind != Kind::list || reply.items.size() != count) {
        return unexpected_reply("MGET");
    }
    std::vector<std::optional<Record>> records;
    records.reserve(count);
    for (const auto& item : reply.items) {
        auto record = parse_if(text_of(item), parse_record);
        if (!record) {
            return pass_on(record);
        }
        if (!*record && item.kind != Kind::nil) {
            return unexpected_reply("MGET");
        }
        records.push_back(std::move(*record));
    }
    return records;
}

Result<ReplaceOutcome> decode_replace(const RedisReply& reply) {
    const auto replaced = outcome_of(reply, 2);
    if (!replaced) {
        return unexpected_reply("replace");
    }
    if (*replaced == 1) {
        return ReplaceOutcome{.replaced = true, .current = std::nullopt};
    }
    auto current = parse_if(text_at(reply, 1), parse_record);
    if (!current) {
        return pass_on(current);
    }
    return ReplaceOutcome{.replaced = false, .current = std::move(*current)};
}

Result<RedeemReply> decode_redeem(const RedisReply& reply) {
    const auto outcome = outcome_of(reply, 3);
    auto code = parse_if(text_at(reply, 1), parse_grant);
    if (!code) {
        return pass_on(code);
    }
    if (!outcome || code->has_value() != (*outcome != 0)) {
        return unexpected_reply("redeem");
    }
    return RedeemReply{.outcome = static_cast<RedeemOutcome>(*outcome), .code = std::move(*code)};
}

Result<IssueOutcome> decode_issue(const RedisReply& reply) {
    const auto outcome = outcome_of(reply, 4);
    if (!outcome) {
        return unexpected_reply("issue");
    }
    return static_cast<IssueOutcome>(*outcome);
}

Result<ClaimReply> decode_claim(const RedisReply& reply) {
    const auto outcome = outcome_of(reply, 10);
    auto grant = parse_if(text_at(reply, 1), parse_grant);
    if (!grant) {
        return pass_on(grant);
    }
    auto subscriber = parse_if(text_at(reply, 2), parse_head);
    if (!subscriber) {
        return pass_on(subscriber);
    }
    if (!outcome || grant->has_value() != (*outcome != 0)) {
        return unexpected_reply("claim");
    }
    ClaimReply claim{
        .outcome = static_cast<ClaimOutcome>(*outcome),
        .grant = std::move(*grant),
        .subscriber = *subscriber};
    const bool judged = claim.outcome >= ClaimOutcome::subscriber_changed;
    if (judged != claim.subscriber.has_value()) {
        return unexpected_reply("claim");
    }
    return claim;
}

Result<std::optional<StoredGrant>> decode_revoke(const RedisReply& reply) {
    if (reply.kind != Kind::text && reply.kind != Kind::nil) {
        return unexpected_reply("revoke");
    }
    return parse_if(text_of(reply), parse_grant);
}

Result<void> decode_set(const RedisReply& reply) {
    if (reply.kind != Kind::status || reply.text != "OK") {
        return unexpected_reply("SET");
    }
    return {};
}

Result<bool> decode_set_if_absent(const RedisReply& reply) {
    if (reply.kind == Kind::nil) {
        return false;
    }
    auto set = decode_set(reply);
    if (!set) {
        return pass_on(set);
    }
    return true;
}

}  // namespace numproof
