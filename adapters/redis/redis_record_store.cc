// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_record_store.h"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "adapters/redis/redis_command.h"
#include "adapters/redis/redis_decode.h"
#include "adapters/redis/redis_value.h"
#include "daemon/base/check.h"
#include "daemon/domain/store_keys.h"

namespace numproof {
namespace {

using store_keys::field_of;

/// One question to Redis, and where the answers to it belong.
struct Question {
    std::string hash;  ///< Empty: keys of their own.
    std::vector<std::string_view> names;
    std::vector<std::size_t> places;
};

/// Keys of their own by one MGET, or by one each if keys lie `apart`; the fields of each hash by
/// one HMGET. They refer to `keys`.
std::vector<Question> questions_for(const std::vector<std::string>& keys, bool apart) {
    std::vector<Question> questions;
    std::unordered_map<std::string_view, std::size_t> by_hash;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto field = field_of(keys[i]);
        const auto hash = field ? field->hash : std::string_view{};
        const auto alone = apart ? std::string_view{keys[i]} : hash;
        const auto [at, added] = by_hash.try_emplace(field ? hash : alone, questions.size());
        if (added) {
            questions.push_back({.hash = std::string{hash}, .names = {}, .places = {}});
        }
        auto& question = questions[at->second];
        question.names.push_back(field ? field->name : std::string_view{keys[i]});
        question.places.push_back(i);
    }
    return questions;
}

ScriptCall to_call(const Question& question) {
    std::vector<std::string_view> words{question.hash.empty() ? "MGET" : "HMGET"};
    if (!question.hash.empty()) {
        words.emplace_back(question.hash);
    }
    words.insert(words.end(), question.names.begin(), question.names.end());
    auto key = question.hash.empty() ? std::string{question.names.front()} : question.hash;
    return {.keys = {std::move(key)}, .arguments = {}, .command = format_command(words)};
}

ScriptCall script_of(const Replacement& wanted) {
    if (const auto field = field_of(wanted.key)) {
        return {
            .script = RedisScript::replace_field,
            .keys = {std::string{field->hash}},
            .arguments = {wanted.expected, to_stored(wanted.record), std::string{field->name}}};
    }
    return {
        .script = RedisScript::replace,
        .keys = {wanted.key},
        .arguments = {
            wanted.expected, to_stored(wanted.record), std::to_string(wanted.keep.count())}};
}

/// A record that must not be there yet: Redis does that several times faster than the script.
ScriptCall creation_of(const Replacement& wanted) {
    const auto stored = to_stored(wanted.record);
    if (const auto field = field_of(wanted.key)) {
        return {
            .keys = {std::string{field->hash}},
            .arguments = {},
            .command = format_command({"HSETNX", field->hash, field->name, stored})};
    }
    const auto keep = std::to_string(wanted.keep.count());
    return {
        .keys = {wanted.key},
        .arguments = {},
        .command = format_command({"SET", wanted.key, stored, "NX", "GET", "PX", keep})};
}

bool creates_field(const Replacement& wanted) {
    return wanted.expected.empty() && field_of(wanted.key).has_value();
}

/// HSETNX does not tell what stands there.
Result<ReplaceOutcome> outcome_of(const Replacement& wanted, const RedisReply& reply) {
    if (!creates_field(wanted)) {
        return decode_replace(reply);
    }
    auto made = decode_field_set(reply);
    if (!made) {
        return pass_on(made);
    }
    return ReplaceOutcome{.replaced = *made, .current = std::nullopt};
}

}  // namespace

Task<Result<std::vector<std::optional<Record>>>> RedisRecordStore::read(
    std::vector<std::string> keys, Deadline deadline
) {
    const auto questions = questions_for(keys, client_.spreads_keys());
    std::vector<ScriptCall> calls;
    calls.reserve(questions.size());
    for (const auto& question : questions) {
        calls.push_back(to_call(question));
    }
    auto replies = co_await client_.run_all(std::move(calls), deadline);
    if (!replies) {
        co_return pass_on(replies);
    }
    std::vector<std::optional<Record>> records(keys.size());
    for (std::size_t q = 0; q < questions.size(); ++q) {
        auto some = decode_records((*replies)[q], questions[q].names.size());
        if (!some) {
            co_return pass_on(some);
        }
        for (std::size_t i = 0; i < some->size(); ++i) {
            records[questions[q].places[i]] = std::move((*some)[i]);
        }
    }
    co_return records;
}

Task<Result<std::vector<ReplaceOutcome>>> RedisRecordStore::replace(
    std::vector<Replacement> replacements, Deadline deadline
) {
    std::vector<ScriptCall> calls;
    calls.reserve(replacements.size());
    const bool sets_and_tells = client_.sets_and_tells();
    for (const auto& wanted : replacements) {
        NP_CHECK(wanted.keep > Milliseconds::zero());
        const bool creates = creates_field(wanted) || (wanted.expected.empty() && sets_and_tells);
        calls.push_back(creates ? creation_of(wanted) : script_of(wanted));
    }
    auto replies = co_await client_.run_all(std::move(calls), deadline);
    if (!replies) {
        co_return pass_on(replies);
    }
    std::vector<ReplaceOutcome> outcomes;
    outcomes.reserve(replies->size());
    std::vector<std::size_t> occupied;
    for (std::size_t i = 0; i < replies->size(); ++i) {
        auto outcome = outcome_of(replacements[i], (*replies)[i]);
        if (!outcome) {
            co_return pass_on(outcome);
        }
        if (creates_field(replacements[i]) && !outcome->replaced) {
            occupied.push_back(i);
        }
        outcomes.push_back(std::move(*outcome));
    }
    auto shown = co_await show(replacements, occupied, outcomes, deadline);
    if (!shown) {
        co_return pass_on(shown);
    }
    co_return outcomes;
}

Task<Result<void>> RedisRecordStore::show(
    const std::vector<Replacement>& replacements,
    const std::vector<std::size_t>& occupied,
    std::vector<ReplaceOutcome>& outcomes,
    Deadline deadline
) {
    if (occupied.empty()) {
        co_return Result<void>{};
    }
    std::vector<std::string> keys;
    keys.reserve(occupied.size());
    for (const auto i : occupied) {
        keys.push_back(replacements[i].key);
    }
    auto standing = co_await read(std::move(keys), deadline);
    if (!standing) {
        co_return pass_on(standing);
    }
    for (std::size_t i = 0; i < occupied.size(); ++i) {
        outcomes[occupied[i]].current = std::move((*standing)[i]);
    }
    co_return Result<void>{};
}

Task<Result<std::string>> RedisRecordStore::incarnation(Deadline deadline) {
    return client_.incarnation(deadline);
}

}  // namespace numproof
