// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_record_store.h"

#include <string_view>
#include <utility>

#include "adapters/redis/redis_command.h"
#include "adapters/redis/redis_decode.h"
#include "adapters/redis/redis_value.h"
#include "daemon/base/check.h"

namespace numproof {
namespace {

ScriptCall script_of(const Replacement& wanted) {
    return {
        .script = RedisScript::replace,
        .keys = {wanted.key},
        .arguments = {
            wanted.expected, to_stored(wanted.record), std::to_string(wanted.keep.count())}};
}

/// A record that must not be there yet: Redis does that several times faster than the script, and
/// it also answers with the record that is there instead.
ScriptCall creation_of(const Replacement& wanted) {
    const auto keep = std::to_string(wanted.keep.count());
    const auto stored = to_stored(wanted.record);
    return {
        .script = RedisScript::replace,
        .keys = {wanted.key},
        .arguments = {},
        .command = format_command({"SET", wanted.key, stored, "NX", "GET", "PX", keep})};
}

}  // namespace

Task<Result<std::vector<std::optional<Record>>>> RedisRecordStore::read(
    std::vector<std::string> keys, Deadline deadline
) {
    if (keys.empty()) {
        co_return std::vector<std::optional<Record>>{};
    }
    const auto count = keys.size();
    auto reply = co_await client_.read(std::move(keys), deadline);
    if (!reply) {
        co_return pass_on(reply);
    }
    co_return decode_records(*reply, count);
}

Task<Result<std::vector<ReplaceOutcome>>> RedisRecordStore::replace(
    std::vector<Replacement> replacements, Deadline deadline
) {
    std::vector<ScriptCall> scripts;
    scripts.reserve(replacements.size());
    const bool sets_and_tells = client_.sets_and_tells();
    for (const auto& wanted : replacements) {
        NP_CHECK(wanted.keep > Milliseconds::zero());
        const bool creates = wanted.expected.empty() && sets_and_tells;
        scripts.push_back(creates ? creation_of(wanted) : script_of(wanted));
    }
    auto replies = co_await client_.run_all(std::move(scripts), deadline);
    if (!replies) {
        co_return pass_on(replies);
    }
    std::vector<ReplaceOutcome> outcomes;
    outcomes.reserve(replies->size());
    for (const auto& reply : *replies) {
        auto outcome = decode_replace(reply);
        if (!outcome) {
            co_return pass_on(outcome);
        }
        outcomes.push_back(std::move(*outcome));
    }
    co_return outcomes;
}

Task<Result<std::string>> RedisRecordStore::incarnation(Deadline deadline) {
    return client_.incarnation(deadline);
}

}  // namespace numproof
