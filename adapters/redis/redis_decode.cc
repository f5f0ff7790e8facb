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

/// The record that is the text of `reply`; nullopt if it is no text.
Result<std::optional<Record>> record_of(const RedisReply& reply) {
    if (reply.kind != Kind::text) {
        return std::nullopt;
    }
    auto record = parse_record(reply.text);
    if (!record) {
        return fail(ErrorCode::store_unavailable, std::move(record.error().detail));
    }
    return std::optional<Record>{std::move(*record)};
}

/// The grant that is the text of `reply`, or at `index` of its list; nullopt if there is no text.
Result<std::optional<StoredGrant>> take_grant(RedisReply& reply) {
    if (reply.kind != Kind::text) {
        return std::nullopt;
    }
    auto grant = parse_grant(std::move(reply.text));
    if (!grant) {
        return fail(ErrorCode::store_unavailable, std::move(grant.error().detail));
    }
    return std::optional<StoredGrant>{std::move(*grant)};
}

Result<std::optional<StoredGrant>> take_grant(RedisReply& reply, std::size_t index) {
    if (index >= reply.items.size()) {
        return std::nullopt;
    }
    return take_grant(reply.items[index]);
}

Result<std::optional<SubscriberHead>> head_at(const RedisReply& reply, std::size_t index) {
    if (index >= reply.items.size() || reply.items[index].kind != Kind::text) {
        return std::nullopt;
    }
    std::string_view text = reply.items[index].text;
    const auto head = take_subscriber_head(text);
    if (!head) {
        return fail(ErrorCode::store_unavailable, head.error().detail);
    }
    return std::optional<SubscriberHead>{*head};
}

/// A claim that succeeded gives the grant alone: the subscriber is as the grant says.
Result<ClaimReply> decode_claimed(RedisReply reply) {
    auto grant = take_grant(reply);
    if (!grant) {
        return pass_on(grant);
    }
    const SubscriberHead head{.state = SubscriberState::active, .epoch = (*grant)->header.epoch};
    return ClaimReply{
        .outcome = ClaimOutcome::claimed, .grant = std::move(*grant), .subscriber = head};
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
        auto record = record_of(item);
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
    if (reply.kind == Kind::nil || reply.kind == Kind::text) {
        // SET … NX GET: what stands there instead, if anything does.
        auto current = record_of(reply);
        if (!current) {
            return pass_on(current);
        }
        const bool replaced = !*current;
        return ReplaceOutcome{.replaced = replaced, .current = std::move(*current)};
    }
    const auto replaced = outcome_of(reply, 2);
    if (!replaced) {
        return unexpected_reply("replace");
    }
    if (*replaced == 1) {
        return ReplaceOutcome{.replaced = true, .current = std::nullopt};
    }
    if (reply.items.size() < 2) {
        return ReplaceOutcome{.replaced = false, .current = std::nullopt};
    }
    auto current = record_of(reply.items[1]);
    if (!current) {
        return pass_on(current);
    }
    return ReplaceOutcome{.replaced = false, .current = std::move(*current)};
}

Result<bool> decode_field_set(const RedisReply& reply) {
    if (reply.kind != Kind::integer || reply.integer < 0 || reply.integer > 1) {
        return unexpected_reply("HSETNX");
    }
    return reply.integer == 1;
}

Result<RedeemReply> decode_redeem(RedisReply reply) {
    const auto outcome = outcome_of(reply, 3);
    auto code = take_grant(reply, 1);
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

Result<ClaimReply> decode_claim(RedisReply reply) {
    if (reply.kind == Kind::text) {
        return decode_claimed(std::move(reply));
    }
    const auto outcome = outcome_of(reply, 9);
    auto grant = take_grant(reply, 1);
    if (!grant) {
        return pass_on(grant);
    }
    auto subscriber = head_at(reply, 2);
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
    const bool judged = claim.outcome == ClaimOutcome::subscriber_changed;
    if (judged != claim.subscriber.has_value()) {
        return unexpected_reply("claim");
    }
    return claim;
}

Result<std::optional<StoredGrant>> decode_revoke(RedisReply reply) {
    if (reply.kind != Kind::text && reply.kind != Kind::nil) {
        return unexpected_reply("revoke");
    }
    return take_grant(reply);
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
