// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_capacity.h"

#include <charconv>
#include <cstdint>

#include "adapters/redis/redis_handshake.h"

namespace numproof {
namespace {

constexpr std::string_view kNoEviction = "noeviction";
constexpr char kEvictedMark = '~';

std::uint64_t number_of(std::string_view info, std::string_view name) {
    const auto text = info_field(info, name);
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

bool is_text(const Result<RedisReply>& reply) {
    return reply && reply->kind == RedisReply::Kind::text;
}

std::string_view evictions_in(std::string_view incarnation) {
    const auto mark = incarnation.find(kEvictedMark);
    return mark == std::string_view::npos ? std::string_view{} : incarnation.substr(mark);
}

}  // namespace

Result<void> judge_eviction(std::string_view info) {
    const auto policy = info_field(info, "maxmemory_policy");
    if (policy == kNoEviction) {
        return {};
    }
    return fail(
        ErrorCode::invalid_configuration,
        "Redis may evict what it must keep: maxmemory-policy is '" + std::string{policy} +
            "'; run CONFIG SET maxmemory-policy noeviction and put it into redis.conf"
    );
}

// What Redis itself compares (getMaxmemoryState): buffers for replicas and the AOF do not count.
bool is_full(std::string_view info) {
    const auto most = number_of(info, "maxmemory");
    const auto used = number_of(info, "used_memory");
    return most > 0 && used > most + number_of(info, "mem_not_counted_for_evict");
}

std::string evictions_of(std::string_view info) {
    const auto evicted = number_of(info, "evicted_keys");
    return evicted == 0 ? std::string{} : kEvictedMark + std::to_string(evicted);
}

bool is_promotion_of(std::string_view incarnation, std::string_view promotion) {
    const auto life = incarnation.substr(0, incarnation.find(kEvictedMark));
    const auto slash = life.find('/');
    return slash != std::string_view::npos && life.substr(slash + 1) == promotion;
}

Result<void> judge_keeping(
    const Result<RedisReply>& memory, const Result<RedisReply>& stats, std::string_view incarnation
) {
    auto judged = is_text(memory) ? judge_eviction(memory->text) : Result<void>{};
    if (!judged) {
        return fail(ErrorCode::store_unavailable, judged.error().detail);
    }
    if (is_text(stats) && evictions_of(stats->text) != evictions_in(incarnation)) {
        return fail(
            ErrorCode::store_unavailable,
            "Redis has evicted keys that it must keep: the directory is built again"
        );
    }
    return {};
}

}  // namespace numproof
