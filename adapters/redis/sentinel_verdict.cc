// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/sentinel_verdict.h"

#include <algorithm>
#include <utility>

#include "adapters/redis/redis_error.h"
#include "adapters/redis/redis_slot_map.h"

namespace numproof {
namespace {

using Kind = SentinelWord::Kind;

std::size_t count_of(std::span<const SentinelWord> words, Kind kind) {
    return static_cast<std::size_t>(std::ranges::count(words, kind, &SentinelWord::kind));
}

const SentinelWord& first_of(std::span<const SentinelWord> words, Kind kind) {
    return *std::ranges::find(words, kind, &SentinelWord::kind);
}

std::string tally(std::size_t agreeing, std::span<const SentinelWord> words) {
    return std::to_string(agreeing) + " of " + std::to_string(words.size()) +
           " sentinels name a primary, the same " + std::to_string(sentinels_needed(words.size())) +
           " are needed";
}

}  // namespace

SentinelWord word_of_sentinel(const RedisReply& reply) {
    if (reply.kind == RedisReply::Kind::nil) {
        return {.kind = Kind::knows_none, .primary = {}, .detail = {}};
    }
    if (reply.kind == RedisReply::Kind::error) {
        const std::string word{word_of(reply)};
        const bool refuses = word == "NOAUTH" || word == "NOPERM" || word == "WRONGPASS";
        return {
            .kind = refuses ? Kind::refuses : Kind::silent,
            .primary = {},
            .detail = "a sentinel answered " + word};
    }
    const auto& items = reply.items;
    const bool pair = reply.kind == RedisReply::Kind::list && items.size() == 2 &&
                      items[0].kind == RedisReply::Kind::text &&
                      items[1].kind == RedisReply::Kind::text;
    auto primary = pair ? usable_address(items[0].text, items[1].text, {}) : std::nullopt;
    if (!primary) {
        return {.kind = Kind::silent, .primary = {}, .detail = "a sentinel speaks in riddles"};
    }
    return {.kind = Kind::names, .primary = std::move(*primary), .detail = {}};
}

Result<std::string> verdict_of(std::span<const SentinelWord> words, std::string_view master_name) {
    const auto needed = sentinels_needed(words.size());
    std::size_t most = 0;
    for (const auto& word : words) {
        if (word.kind != Kind::names) {
            continue;
        }
        const auto agreeing =
            static_cast<std::size_t>(std::ranges::count(words, word.primary, &SentinelWord::primary)
            );
        if (agreeing >= needed) {
            return word.primary;
        }
        most = std::max(most, agreeing);
    }
    const auto refusing = count_of(words, Kind::refuses);
    const auto ignorant = count_of(words, Kind::knows_none);
    if (refusing + ignorant + needed > words.size()) {
        return fail(
            ErrorCode::invalid_configuration,
            refusing > 0 ? first_of(words, Kind::refuses).detail
                         : "the sentinels know no primary called '" + std::string{master_name} + "'"
        );
    }
    std::string why;
    for (const auto& word : words) {
        why = why.empty() ? word.detail : why;
    }
    return fail(ErrorCode::store_unavailable, tally(most, words) + (why.empty() ? "" : ": " + why));
}

}  // namespace numproof
