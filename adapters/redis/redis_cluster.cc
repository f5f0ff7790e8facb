// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_cluster.h"

#include <algorithm>
#include <coroutine>
#include <deque>
#include <map>
#include <utility>

#include "adapters/redis/redis_capacity.h"
#include "adapters/redis/redis_command.h"
#include "adapters/redis/redis_error.h"
#include "daemon/ports/clock.h"

namespace numproof {
namespace {

using Step = RedisCourse::Step;

Error unavailable(std::string detail) {
    return {.code = ErrorCode::store_unavailable, .detail = std::move(detail)};
}

void count(RedisMetrics& metrics, RedisRedirect::Kind kind) {
    switch (kind) {
        case RedisRedirect::Kind::moved:
            return metrics.moved.add();
        case RedisRedirect::Kind::ask:
            return metrics.asked.add();
        case RedisRedirect::Kind::try_again:
            return metrics.tried_again.add();
        case RedisRedirect::Kind::cluster_down:
        case RedisRedirect::Kind::starting:
            return metrics.cluster_down.add();
        case RedisRedirect::Kind::none:
            return;
    }
}

}  // namespace

RedisCluster::RedisCluster(RedisEnvironment environment, RedisOptions options)
    : environment_(environment),
      options_(std::move(options)),
      nodes_(environment, options_, [this] { begin_first_look(); }),
      pauses_(environment.base, environment.clock) {}

void RedisCluster::close() {
    nodes_.close();
    pauses_.end_all();
}

Task<Result<RedisReply>> RedisCluster::carry(RedisRequest request, Deadline deadline) {
    const auto until = capped(deadline);
    auto leg = leg_to_owner(request.slot);
    RedisCall call;
    const auto sent = send(call, request, leg, until);
    if (!sent) {
        co_return fail(sent.error().code, sent.error().detail);
    }
    std::optional<RedisReply> reply;
    if (*sent) {
        auto first = co_await call;
        if (!first || read_redirect(*first, leg.address).kind == RedisRedirect::Kind::none) {
            co_return first;
        }
        reply = std::move(*first);
    }
    co_return co_await follow(request, std::move(leg), std::move(reply), until);
}

Task<std::vector<Result<RedisReply>>> RedisCluster::carry_all(
    std::vector<RedisRequest> requests, Deadline deadline
) {
    const auto until = capped(deadline);
    std::deque<RedisCall> calls;
    std::vector<Leg> legs;
    std::vector<Result<bool>> sent;
    for (const auto& request : requests) {
        legs.push_back(leg_to_owner(request.slot));
        sent.push_back(send(calls.emplace_back(), request, legs.back(), until));
    }
    std::vector<Result<RedisReply>> replies;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        if (!sent[i]) {
            replies.emplace_back(tl::unexpected{sent[i].error()});
            continue;
        }
        std::optional<RedisReply> reply;
        if (*sent[i]) {
            auto& call = calls[i];
            auto first = co_await call;
            if (!first) {
                replies.push_back(std::move(first));
                continue;
            }
            reply = std::move(*first);
        }
        replies.push_back(co_await follow(requests[i], legs[i], std::move(reply), until));
    }
    co_return replies;
}

bool RedisCluster::has_room(const std::vector<RedisRequest>& requests) const {
    std::map<std::string, std::size_t> wanted;
    for (const auto& request : requests) {
        ++wanted[leg_to_owner(request.slot).address];
    }
    return std::ranges::all_of(wanted, [this](const auto& node) {
        const auto* const connection = nodes_.known(node.first);
        return node.second <= (connection != nullptr ? connection->room() : options_.queue_max);
    });
}

Task<Result<std::string>> RedisCluster::incarnation(Deadline deadline) {
    const auto until = capped(deadline);
    auto connected = co_await wait_for_nodes(until);
    if (!connected) {
        co_return pass_on(connected);
    }
    const auto version = nodes_.version();
    const auto nodes = nodes_.map()->nodes();
    std::deque<Questions> asked;
    for (const auto& node : nodes) {
        ask(asked.emplace_back(), node.address, until);
    }
    std::vector<RedisNodeLife> lives;
    std::optional<Error> wrong;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        auto& questions = asked[i];
        NodeWords words;
        words.replication = refuse_errors(co_await questions.replication);
        words.commands = refuse_errors(co_await questions.commands);
        if (questions.looks) {
            words.memory = co_await questions.memory;
            words.stats = co_await questions.stats;
        }
        auto life = judge_life(nodes[i], std::move(words));
        if (life) {
            lives.push_back(std::move(*life));
        } else if (!wrong) {
            wrong = std::move(life.error());
        }
    }
    // Between the first answer and the last one a node may have been lost and found again.
    const bool same = nodes_.version() == version &&
                      std::ranges::all_of(lives, [this](const RedisNodeLife& life) {
                          const auto* const connection = nodes_.known(life.address);
                          return connection != nullptr && connection->server() != nullptr &&
                                 connection->server()->incarnation == life.incarnation;
                      });
    if (wrong || !same) {
        nodes_.look_again();
        co_return tl::unexpected{wrong ? *wrong : unavailable("a node of Redis has changed")};
    }
    co_return life_.take_in(std::move(lives));
}

std::optional<std::string> RedisCluster::present_incarnation() const {
    const auto* const map = nodes_.map();
    if (map == nullptr || life_.name().empty() || nodes_.is_closed()) {
        return std::nullopt;
    }
    const bool present = std::ranges::all_of(map->nodes(), [this](const auto& node) {
        const auto* const connection = nodes_.known(node.address);
        return connection != nullptr && connection->server() != nullptr &&
               life_.knows(node.address, connection->server()->incarnation);
    });
    return present ? std::optional{life_.name()} : std::nullopt;
}

const RedisPeer* RedisCluster::any_peer() const {
    if (nodes_.map() != nullptr) {
        for (const auto& node : nodes_.map()->nodes()) {
            const auto* const connection = nodes_.known(node.address);
            if (connection != nullptr && connection->server() != nullptr) {
                return connection->server();
            }
        }
    }
    return nullptr;
}

std::size_t RedisCluster::primaries() const {
    return nodes_.map() != nullptr ? nodes_.map()->nodes().size() : 0;
}

std::optional<std::uint16_t> RedisCluster::slot_at(std::size_t node) const {
    if (node >= primaries()) {
        return std::nullopt;
    }
    const auto& address = nodes_.map()->nodes()[node].address;
    for (std::uint16_t slot = 0; slot < kRedisSlots; ++slot) {
        if (nodes_.map()->owner(slot) == address) {
            return slot;
        }
    }
    return std::nullopt;
}

bool RedisCluster::sets_and_tells() const {
    const auto* const map = nodes_.map();
    return map != nullptr && std::ranges::all_of(map->nodes(), [this](const auto& node) {
               const auto* const connection = nodes_.known(node.address);
               return connection != nullptr && connection->server() != nullptr &&
                      connection->server()->sets_and_tells;
           });
}

Deadline RedisCluster::capped(Deadline deadline) const {
    return deadline.capped(environment_.clock.mono_now(), options_.deadline);
}

RedisCluster::Leg RedisCluster::leg_to_owner(std::uint16_t slot) const {
    const auto* const map = nodes_.map();
    return {.address = map != nullptr ? map->owner(slot) : std::string{}};
}

// True: it is on its way, or `call` has failed. False: not now, but soon.
Result<bool> RedisCluster::send(
    RedisCall& call, const RedisRequest& request, const Leg& leg, Deadline deadline
) {
    if (!request.life.empty() && request.life != life_.name()) {
        return tl::unexpected{failed(unavailable("judged on another incarnation of Redis"))};
    }
    if (leg.address.empty()) {
        nodes_.look_again();
        if (nodes_.readiness() == RedisClusterNodes::Readiness::soon) {
            return false;
        }
        return tl::unexpected{failed(nodes_.trouble())};
    }
    auto* const connection = nodes_.at(leg.address);
    if (connection == nullptr) {
        return tl::unexpected{failed(nodes_.trouble())};
    }
    const auto* const peer = connection->server();
    if (peer == nullptr) {
        nodes_.look_again();
        if (connection->is_awaited()) {
            return false;
        }
    } else if (!life_.knows(leg.address, peer->incarnation)) {
        nodes_.look_again();
        return false;
    }
    if (leg.asking && peer != nullptr) {
        connection->send(call, request.octets, deadline, format_command({"ASKING"}));
        return true;
    }
    connection->send(call, request.octets, deadline);
    return true;
}

Task<Result<RedisReply>> RedisCluster::follow(
    const RedisRequest& request, Leg leg, std::optional<RedisReply> reply, Deadline deadline
) {
    RedisCourse course;
    while (true) {
        auto step = Step::wait;
        if (reply) {
            step = judge(course, request, *reply, leg);
        } else {
            course.note_wait();
        }
        if (step == Step::done) {
            if (course.lost()) {
                co_return tl::unexpected{failed(unavailable("Redis redirects without an end"))};
            }
            co_return std::move(*reply);
        }
        if (step == Step::wait || step == Step::wait_for_map) {
            auto waited = co_await pause(course, deadline);
            if (!waited) {
                co_return pass_on(waited);
            }
            leg = leg_to_owner(request.slot);
        } else {
            leg = {.address = course.target(), .asking = step == Step::ask};
        }
        RedisCall call;
        const auto sent = send(call, request, leg, deadline);
        reply.reset();
        if (!sent) {
            co_return tl::unexpected{sent.error()};
        }
        if (*sent) {
            auto next = co_await call;
            if (!next) {
                co_return next;
            }
            reply = std::move(*next);
        }
    }
}

Step RedisCluster::judge(
    RedisCourse& course, const RedisRequest& request, const RedisReply& reply, const Leg& leg
) {
    auto step = course.take(reply, leg.address);
    count(environment_.metrics, course.redirect().kind);
    if (course.redirect().kind == RedisRedirect::Kind::moved) {
        nodes_.learn(course.redirect().slot, course.target());
    }
    if (step == Step::wait_for_map) {
        nodes_.look_again();
    }
    if (step == Step::done && leg.asking && request.may_lack != nullptr &&
        request.may_lack(reply)) {
        course.note_wait();
        count(environment_.metrics, RedisRedirect::Kind::try_again);
        step = Step::wait;
    }
    return step;
}

Task<Result<void>> RedisCluster::pause(const RedisCourse& course, Deadline deadline) {
    const auto now = environment_.clock.mono_now();
    if (deadline.passed(now)) {
        co_return tl::unexpected{failed({.code = ErrorCode::deadline_exceeded, .detail = "Redis"})};
    }
    if (nodes_.is_closed()) {
        co_return tl::unexpected{failed(nodes_.trouble())};
    }
    if (pauses_.size() >= options_.queue_max) {
        co_return tl::unexpected{failed({.code = ErrorCode::queue_full, .detail = "Redis"})};
    }
    RedisPause pause;
    pauses_.begin(pause, std::min<MonoTime::duration>(course.pause(), deadline.left(now)));
    co_await pause;
    co_return Result<void>{};
}

Task<Result<void>> RedisCluster::wait_for_nodes(Deadline deadline) {
    RedisCourse course;
    while (nodes_.readiness() != RedisClusterNodes::Readiness::ready) {
        nodes_.look_again();
        if (nodes_.readiness() == RedisClusterNodes::Readiness::away) {
            co_return tl::unexpected{failed(nodes_.trouble())};
        }
        course.note_wait();
        auto waited = co_await pause(course, deadline);
        if (!waited) {
            co_return pass_on(waited);
        }
    }
    co_return Result<void>{};
}

void RedisCluster::ask(Questions& questions, const std::string& address, Deadline until) {
    auto* const connection = nodes_.at(address);
    questions.looks = connection->wants_look();
    connection->send(questions.replication, format_command({"INFO", "replication"}), until);
    connection->send(questions.commands, format_command({"INFO", "commandstats"}), until);
    if (questions.looks) {
        connection->send(questions.memory, format_command({"INFO", "memory"}), until);
        connection->send(questions.stats, format_command({"INFO", "stats"}), until);
    }
}

Result<RedisNodeLife> RedisCluster::judge_life(const RedisClusterNode& node, NodeWords words) {
    auto& [answered, counted, memory, stats] = words;
    if (!answered || !counted) {
        return answered ? pass_on(counted) : pass_on(answered);
    }
    auto* const connection = nodes_.at(node.address);
    if (connection != nullptr && memory && stats) {
        if (auto kept = connection->take_look(*memory, *stats); !kept) {
            return pass_on(kept);
        }
    }
    const auto* const peer = connection != nullptr ? connection->server() : nullptr;
    const auto promotion = promotion_of(answered->text);
    if (peer == nullptr || !promotion || !is_promotion_of(peer->incarnation, *promotion)) {
        if (connection != nullptr) {
            connection->drop("Redis has been demoted or promoted");
        }
        return fail(ErrorCode::store_unavailable, "Redis has been demoted or promoted");
    }
    auto life = node_life_of(answered->text, counted->text);
    life.id = node.id;
    life.address = node.address;
    life.incarnation = peer->incarnation;
    return life;
}

// Nothing was read from the store before its first life was taken in, so that it needs no question
// of anybody.
void RedisCluster::begin_first_look() {
    if (!looking_ && life_.name().empty()) {
        looking_ = true;
        first_look_.emplace(first_look());
        first_look_->await_suspend(std::noop_coroutine()).resume();
    }
}

Task<void> RedisCluster::first_look() {
    const auto now = environment_.clock.mono_now();
    (void)co_await incarnation(Deadline::after(now, options_.connect_deadline));
    looking_ = false;
}

Error RedisCluster::failed(Error why) {
    auto& metrics = environment_.metrics;
    if (why.code == ErrorCode::deadline_exceeded) {
        metrics.deadlines_exceeded.add();
    } else if (why.code == ErrorCode::queue_full) {
        metrics.refused_full.add();
    } else {
        metrics.unavailable.add();
    }
    return why;
}

}  // namespace numproof
