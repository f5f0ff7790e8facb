// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_handshake.h"

#include <array>
#include <charconv>
#include <utility>

#include "adapters/redis/redis_capacity.h"
#include "adapters/redis/redis_command.h"
#include "adapters/redis/redis_error.h"

namespace numproof {
namespace {

// Names the first command that our user may not run on our keys. It runs none of them. Redis 6
// cannot be asked; there, a refusal shows when the command is run.
constexpr std::string_view kPermissions = R"lua(
if not redis.acl_check_cmd then
  return false
end
local key = 'np:{000}:t:x'
local needs = {
  {'INFO', 'replication'}, {'MGET', 'np:s:x'}, {'GET', key}, {'SET', key, 'x'},
  {'SET', 'np:gen', 'x'}, {'SETRANGE', key, '1', 'u'}, {'PEXPIRE', key, '1'},
  {'HMGET', key, 'x'}, {'HGET', key, 'x'}, {'HSET', key, 'x', 'x'}, {'HSETNX', key, 'x', 'x'},
  {'EVALSHA', 'x', '1', key}, {'SCAN', '0'}}
for _, need in ipairs(needs) do
  if not redis.acl_check_cmd(unpack(need)) then
    return need[1]
  end
end
return false
)lua";

/// 7 of "7.0.15"; 0 if it is no version.
int major_of(std::string_view version) {
    int major = 0;
    std::from_chars(version.data(), version.data() + version.size(), major);
    return major;
}

/// Errors that only the operator can end.
Result<void> judge_error(const RedisReply& reply, std::string_view command) {
    if (reply.kind != RedisReply::Kind::error) {
        return {};
    }
    const std::string word{word_of(reply)};
    // A Redis that is full of clients says so with a bare ERR, and it passes.
    const bool full = reply.text.find("max number of clients") != std::string::npos;
    const bool refused = !full && (word == "WRONGPASS" || word == "NOAUTH" || word == "NOPERM" ||
                                   (word == "ERR" && command == "AUTH"));
    return fail(
        refused ? ErrorCode::invalid_configuration : ErrorCode::store_unavailable,
        "Redis answered " + word + " to " + std::string{command}
    );
}

std::string_view word_of_mode(RedisMode mode) {
    return mode == RedisMode::cluster ? "cluster" : "standalone";
}

Result<void> judge_server(std::string_view info, std::string_view mode) {
    if (auto judged = judge_eviction(info); !judged) {
        return judged;
    }
    if (info_field(info, "redis_mode") != mode) {
        return fail(
            ErrorCode::invalid_configuration,
            "Redis runs in mode '" + std::string{info_field(info, "redis_mode")} +
                "', directory.redis.mode is " + std::string{mode}
        );
    }
    if (info_field(info, "loading") == "1") {
        return fail(ErrorCode::store_unavailable, "Redis is LOADING its data");
    }
    return {};
}

Result<void> judge_permissions(const RedisReply& reply) {
    if (reply.kind == RedisReply::Kind::nil) {
        return {};
    }
    if (reply.kind != RedisReply::Kind::text) {
        return unexpected_reply("EVAL");
    }
    return fail(
        ErrorCode::invalid_configuration,
        "the Redis user may not run " + reply.text +
            " on np:*: give it the ACL that docs/redis.md has"
    );
}

}  // namespace

std::string_view info_field(std::string_view info, std::string_view name) {
    while (!info.empty()) {
        const auto end = info.find("\r\n");
        const auto line = info.substr(0, end);
        if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
            return line.substr(name.size() + 1);
        }
        info.remove_prefix(end == std::string_view::npos ? info.size() : end + 2);
    }
    return {};
}

Result<std::string> promotion_of(std::string_view info) {
    const auto role = info_field(info, "role");
    if (role != "master") {
        return fail(ErrorCode::store_unavailable, "Redis is not a primary");
    }
    return std::string{info_field(info, "second_repl_offset")} + "-" +
           std::string{info_field(info, "master_replid2").substr(0, 8)};
}

Bytes RedisHandshake::greeting() const {
    Bytes octets;
    if (signs_in()) {
        const auto password = options_.password.reveal();
        octets += options_.username.empty() ? format_command({"AUTH", password})
                                            : format_command({"AUTH", options_.username, password});
    }
    octets += format_command({"CLIENT", "SETNAME", "numproofd"});
    octets += format_command({"INFO"});
    octets += format_command({"EVAL", kPermissions, "0"});
    for (const auto script : kRedisScripts) {
        octets += format_command({"SCRIPT", "LOAD", source_of(script)});
    }
    return octets;
}

Result<std::optional<RedisPeer>> RedisHandshake::take(const RedisReply& reply) {
    const std::size_t step = taken_++ + (signs_in() ? 0 : 1);
    if (step == 1) {
        return std::nullopt;  // CLIENT SETNAME is a courtesy: an ACL may forbid it.
    }
    constexpr std::array<std::string_view, 4> kCommands{"AUTH", "CLIENT", "INFO", "EVAL"};
    auto judged = judge_error(reply, step < kCommands.size() ? kCommands[step] : "SCRIPT LOAD");
    if (judged && step == 2) {
        judged = take_info(reply);
    } else if (judged && step == 3) {
        judged = judge_permissions(reply);
    }
    if (!judged) {
        return pass_on(judged);
    }
    if (step < kCommands.size()) {
        return std::nullopt;
    }
    const std::size_t script = step - kCommands.size();
    if (reply.kind != RedisReply::Kind::text || script >= kRedisScripts.size()) {
        return unexpected_reply("SCRIPT LOAD");
    }
    server_.scripts[script] = reply.text;
    if (script + 1 < kRedisScripts.size()) {
        return std::nullopt;
    }
    return std::move(server_);
}

Result<void> RedisHandshake::take_info(const RedisReply& reply) {
    const auto run_id = info_field(reply.text, "run_id");
    if (reply.kind != RedisReply::Kind::text || run_id.empty()) {
        return unexpected_reply("INFO");
    }
    auto promotion = promotion_of(reply.text);
    // A replica of a Cluster knows its map, and redirects whatever else it is asked.
    if (!promotion && options_.mode != RedisMode::cluster) {
        return pass_on(promotion);
    }
    if (promotion) {
        server_.incarnation = std::string{run_id} + "/" + *promotion + evictions_of(reply.text);
    }
    server_.sets_and_tells = major_of(info_field(reply.text, "redis_version")) >= 7;
    return judge_server(reply.text, word_of_mode(options_.mode));
}

}  // namespace numproof
