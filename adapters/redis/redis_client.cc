// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_client.h"

#include <deque>
#include <utility>

#include "adapters/redis/redis_command.h"
#include "adapters/redis/redis_error.h"
#include "daemon/base/check.h"

namespace numproof {
namespace {

void format_script(
    Bytes& out, std::string_view verb, std::string_view text, const ScriptCall& call
) {
    out.clear();
    begin_command(out, 3 + call.keys.size() + call.arguments.size());
    add_word(out, verb);
    add_word(out, text);
    add_word(out, std::to_string(call.keys.size()));
    for (const auto& key : call.keys) {
        add_word(out, key);
    }
    for (const auto& argument : call.arguments) {
        add_word(out, argument);
    }
}

bool is_noscript(const Result<RedisReply>& reply) {
    return reply && is_noscript(*reply);
}

}  // namespace

RedisClient::RedisClient(RedisEnvironment environment, RedisOptions options)
    : metrics_(environment.metrics), connection_(environment, std::move(options)) {}

Task<Result<RedisReply>> RedisClient::command(std::string key, Bytes octets, Deadline deadline) {
    RedisCall call;
    connection_for(key).send(call, octets, deadline);
    auto reply = co_await call;
    co_return refuse_errors(std::move(reply));
}

Task<Result<RedisReply>> RedisClient::run(ScriptCall script, Deadline deadline) {
    RedisCall call;
    send_script(call, script, deadline);
    auto reply = co_await call;
    if (is_noscript(reply)) {
        reply = co_await reload(script, deadline);
    }
    co_return refuse_errors(std::move(reply));
}

Task<Result<std::vector<RedisReply>>> RedisClient::run_all(
    std::vector<ScriptCall> scripts, Deadline deadline
) {
    if (scripts.size() > connection_.room()) {
        metrics_.refused_full.add();
        co_return fail(ErrorCode::queue_full, "Redis");
    }
    std::deque<RedisCall> calls;
    for (const auto& script : scripts) {
        send_script(calls.emplace_back(), script, deadline);
    }
    std::vector<RedisReply> replies;
    replies.reserve(scripts.size());
    for (std::size_t i = 0; i < scripts.size(); ++i) {
        auto& call = calls[i];
        auto reply = co_await call;
        if (is_noscript(reply)) {
            reply = co_await reload(scripts[i], deadline);
        }
        auto good = refuse_errors(std::move(reply));
        if (!good) {
            co_return pass_on(good);
        }
        replies.push_back(std::move(*good));
    }
    co_return replies;
}

Task<Result<std::string>> RedisClient::incarnation(Deadline deadline) {
    auto question = format_command({"INFO", "replication"});
    auto reply = co_await command(std::string{}, std::move(question), deadline);
    if (!reply) {
        co_return pass_on(reply);
    }
    const auto promotion = promotion_of(reply->text);
    const auto known = present_incarnation();
    if (!known || !promotion || !known->ends_with("/" + *promotion)) {
        connection_.drop("Redis has been demoted or promoted");
        co_return fail(ErrorCode::store_unavailable, "Redis has been demoted or promoted");
    }
    co_return *known;
}

std::optional<std::string> RedisClient::present_incarnation() const {
    const auto* const server = connection_.server();
    return server ? std::optional{server->incarnation} : std::nullopt;
}

bool RedisClient::sets_and_tells() const {
    const auto* const server = connection_.server();
    return server != nullptr && server->sets_and_tells;
}

RedisConnection& RedisClient::connection_for(std::string_view) {
    return connection_;
}

void RedisClient::send_script(RedisCall& call, const ScriptCall& script, Deadline deadline) {
    NP_CHECK(!script.keys.empty());
    auto& connection = connection_for(script.keys.front());
    if (!script.command.empty()) {
        return connection.send(call, script.command, deadline);
    }
    const auto* const server = connection.server();
    if (!server) {
        return send_source(call, script, deadline);
    }
    const auto index = static_cast<std::size_t>(script.script);
    format_script(octets_, "EVALSHA", server->scripts[index], script);
    connection.send(call, octets_, deadline);
}

void RedisClient::send_source(RedisCall& call, const ScriptCall& script, Deadline deadline) {
    format_script(octets_, "EVAL", source_of(script.script), script);
    connection_for(script.keys.front()).send(call, octets_, deadline);
}

Task<Result<RedisReply>> RedisClient::reload(const ScriptCall& script, Deadline deadline) {
    // Somebody flushed the scripts; EVAL brings this one back for everybody.
    metrics_.script_reloads.add();
    RedisCall again;
    send_source(again, script, deadline);
    co_return co_await again;
}

}  // namespace numproof
