// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_error.h"

#include <algorithm>
#include <array>
#include <string>

namespace numproof {
namespace {

constexpr std::string_view kNoWord = "ERR";

// Redis 6 says "ERR Error running script (…): @user_script: 1: -READONLY …" for these.
constexpr std::array<std::string_view, 6> kWrapped{
    "READONLY", "OOM", "MISCONF", "NOREPLICAS", "MASTERDOWN", "CLUSTERDOWN"};

// A user that may run a script, but not what the script runs: up to Redis 7.0, and since 7.2.
constexpr std::array<std::string_view, 2> kNotPermitted{
    "The user executing the script can't", "ACL failure in script"};

bool contains(std::string_view text, std::string_view part) noexcept {
    return text.find(part) != std::string_view::npos;
}

bool is_word(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 20 &&
           std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

std::string_view word_of(const RedisReply& error) noexcept {
    const std::string_view text = error.text;
    const auto first = text.substr(0, text.find(' '));
    if (is_word(first) && first != kNoWord) {
        return first;
    }
    for (const auto word : kWrapped) {
        if (contains(text, word)) {
            return word;
        }
    }
    for (const auto refusal : kNotPermitted) {
        if (contains(text, refusal)) {
            return "NOPERM";
        }
    }
    return kNoWord;
}

bool is_noscript(const RedisReply& reply) noexcept {
    return reply.kind == RedisReply::Kind::error && word_of(reply) == "NOSCRIPT";
}

bool ends_connection(const RedisReply& reply) noexcept {
    if (reply.kind != RedisReply::Kind::error) {
        return false;
    }
    const auto word = word_of(reply);
    return word == "READONLY" || word == "NOAUTH" || word == "NOPERM";
}

Result<RedisReply> refuse_errors(Result<RedisReply> reply) {
    if (reply && reply->kind == RedisReply::Kind::error) {
        return fail(ErrorCode::store_unavailable, "Redis answered " + std::string{word_of(*reply)});
    }
    return reply;
}

tl::unexpected<Error> unexpected_reply(std::string_view to) {
    return fail(ErrorCode::store_unavailable, "unexpected reply of Redis to " + std::string{to});
}

}  // namespace numproof
