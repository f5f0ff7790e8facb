// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_client.h"

#include <deque>
#include <utility>

#include "adapters/redis/redis_capacity.h"
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
    : metrics_(environment.metrics) {
    if (options.mode == RedisMode::cluster) {
        cluster_.emplace(environment, std::move(options));
    } else {
        connection_.emplace(environment, std::move(options));
    }
}

void RedisClient::open() {
    cluster_ ? cluster_->open() : connection_->open();
}

void RedisClient::close() {
    cluster_ ? cluster_->close() : connection_->close();
}

Task<Result<RedisReply>> RedisClient::command(std::string key, Bytes octets, Deadline deadline) {
    if (cluster_) {
        RedisRequest request{.slot = redis_slot(key), .octets = std::move(octets)};
        auto reply = co_await cluster_->carry(std::move(request), deadline);
        co_return refuse_errors(std::move(reply));
    }
    RedisCall call;
    connection_->send(call, octets, deadline);
    auto reply = co_await call;
    co_return refuse_errors(std::move(reply));
}

Task<Result<RedisReply>> RedisClient::command_at(
    std::size_t node, Bytes octets, Deadline deadline
) {
    if (!cluster_) {
        co_return co_await command(std::string{}, std::move(octets), deadline);
    }
    const auto slot = cluster_->slot_at(node);
    if (!slot) {
        co_return fail(ErrorCode::store_unavailable, "no such node of Redis");
    }
    RedisRequest request{.slot = *slot, .octets = std::move(octets)};
    auto reply = co_await cluster_->carry(std::move(request), deadline);
    co_return refuse_errors(std::move(reply));
}

std::size_t RedisClient::nodes() const {
    return cluster_ ? cluster_->primaries() : 1;
}

Task<Result<RedisReply>> RedisClient::run(ScriptCall script, Deadline deadline) {
    Result<RedisReply> reply;
    if (cluster_) {
        auto request = request_of(script);
        reply = co_await cluster_->carry(std::move(request), deadline);
    } else {
        RedisCall call;
        send_script(call, script, deadline);
        reply = co_await call;
    }
    if (is_noscript(reply)) {
        reply = co_await reload(script, deadline);
    }
    co_return refuse_errors(std::move(reply));
}

Task<Result<std::vector<RedisReply>>> RedisClient::run_all(
    std::vector<ScriptCall> scripts, Deadline deadline
) {
    if (cluster_) {
        co_return co_await run_all_on_cluster(std::move(scripts), deadline);
    }
    if (scripts.size() > connection_->room()) {
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

Task<Result<std::vector<RedisReply>>> RedisClient::run_all_on_cluster(
    std::vector<ScriptCall> scripts, Deadline deadline
) {
    std::vector<RedisRequest> requests;
    requests.reserve(scripts.size());
    for (const auto& script : scripts) {
        requests.push_back(request_of(script));
    }
    if (!cluster_->has_room(requests)) {
        metrics_.refused_full.add();
        co_return fail(ErrorCode::queue_full, "Redis");
    }
    auto all = co_await cluster_->carry_all(std::move(requests), deadline);
    std::vector<RedisReply> replies;
    replies.reserve(scripts.size());
    for (std::size_t i = 0; i < scripts.size(); ++i) {
        auto reply = std::move(all[i]);
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
    if (cluster_) {
        co_return co_await cluster_->incarnation(deadline);
    }
    const bool looks = connection_->wants_look();
    RedisCall replication;
    RedisCall memory;
    RedisCall stats;
    connection_->send(replication, format_command({"INFO", "replication"}), deadline);
    if (looks) {
        connection_->send(memory, format_command({"INFO", "memory"}), deadline);
        connection_->send(stats, format_command({"INFO", "stats"}), deadline);
    }
    auto reply = refuse_errors(co_await replication);
    if (!reply) {
        co_return pass_on(reply);
    }
    if (looks) {
        const auto first = co_await memory;
        const auto second = co_await stats;
        if (auto kept = connection_->take_look(first, second); !kept) {
            co_return pass_on(kept);
        }
    }
    const auto promotion = promotion_of(reply->text);
    const auto known = present_incarnation();
    if (!known || !promotion || !is_promotion_of(*known, *promotion)) {
        connection_->drop("Redis has been demoted or promoted");
        co_return fail(ErrorCode::store_unavailable, "Redis has been demoted or promoted");
    }
    co_return *known;
}

std::optional<std::string> RedisClient::present_incarnation() const {
    if (cluster_) {
        return cluster_->present_incarnation();
    }
    const auto* const server = connection_->server();
    return server ? std::optional{server->incarnation} : std::nullopt;
}

bool RedisClient::sets_and_tells() const {
    if (cluster_) {
        return cluster_->sets_and_tells();
    }
    const auto* const server = connection_->server();
    return server != nullptr && server->sets_and_tells;
}

const std::optional<Error>& RedisClient::refusal() const {
    return cluster_ ? cluster_->refusal() : connection_->refusal();
}

const RedisPeer* RedisClient::any_peer() const {
    return cluster_ ? cluster_->any_peer() : connection_->server();
}

void RedisClient::send_script(RedisCall& call, const ScriptCall& script, Deadline deadline) {
    format(script);
    connection_->send(call, octets_, deadline);
}

void RedisClient::format(const ScriptCall& script) {
    NP_CHECK(!script.keys.empty());
    if (!script.command.empty()) {
        octets_ = script.command;
        return;
    }
    const auto* const server = any_peer();
    if (!server) {
        return format_source(script);
    }
    const auto index = static_cast<std::size_t>(script.script);
    format_script(octets_, "EVALSHA", server->scripts[index], script);
}

void RedisClient::format_source(const ScriptCall& script) {
    format_script(octets_, "EVAL", source_of(script.script), script);
}

RedisRequest RedisClient::request_of(const ScriptCall& script) {
    format(script);
    return {
        .slot = redis_slot(script.keys.front()),
        .octets = octets_,
        .life = script.life,
        .may_lack = script.may_lack};
}

Task<Result<RedisReply>> RedisClient::reload(const ScriptCall& script, Deadline deadline) {
    // Somebody flushed the scripts; EVAL brings this one back for everybody.
    metrics_.script_reloads.add();
    format_source(script);
    if (cluster_) {
        RedisRequest request{
            .slot = redis_slot(script.keys.front()),
            .octets = octets_,
            .life = script.life,
            .may_lack = script.may_lack};
        co_return co_await cluster_->carry(std::move(request), deadline);
    }
    if (!script.life.empty() && present_incarnation() != script.life) {
        co_return fail(ErrorCode::store_unavailable, "another incarnation of Redis");
    }
    RedisCall again;
    connection_->send(again, octets_, deadline);
    co_return co_await again;
}

}  // namespace numproof
