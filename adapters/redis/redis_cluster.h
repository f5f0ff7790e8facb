// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/redis/redis_cluster_life.h"
#include "adapters/redis/redis_cluster_nodes.h"
#include "adapters/redis/redis_course.h"
#include "adapters/redis/redis_pauses.h"
#include "daemon/base/bytes.h"
#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"

namespace numproof {

/// One command for the node that has its slot.
struct RedisRequest {
    std::uint16_t slot = 0;
    Bytes octets;
    std::string life = {};  ///< If not empty: only in this life of the store.
    /// True of a reply that may say less than it should, because the node that was asked with
    /// ASKING has not got all keys of the slot yet. The command is asked again then.
    bool (*may_lack)(const RedisReply& reply) = nullptr;
};

/// Redis Cluster: brings each command to the primary that has its slot, follows what says that a
/// command was not executed, and names the life of the whole store. Nothing is ever asked of a
/// replica, nor of a node in a life that incarnation() has not taken in: it may have lost what the
/// others still count on. A command whose connection was lost is never sent again.
///
/// Errors as those of RedisClient. Belongs to one loop and thread.
class RedisCluster {
public:
    RedisCluster(RedisEnvironment environment, RedisOptions options);

    void open() { nodes_.open(); }

    /// Fails what is under way, and everything from now on.
    void close();

    [[nodiscard]] Task<Result<RedisReply>> carry(RedisRequest request, Deadline deadline);

    /// Commands that do not depend on each other, all on their way at once; their replies in order,
    /// error replies included.
    [[nodiscard]] Task<std::vector<Result<RedisReply>>> carry_all(
        std::vector<RedisRequest> requests, Deadline deadline
    );

    /// Whether there is room for all of `requests` at their nodes.
    [[nodiscard]] bool has_room(const std::vector<RedisRequest>& requests) const;

    /// Asks all primaries that have slots whether they are still who they were; takes in their
    /// lives and gives the name of the life of the whole store.
    [[nodiscard]] Task<Result<std::string>> incarnation(Deadline deadline);

    /// The life that was taken in, if all primaries are connected in it.
    [[nodiscard]] std::optional<std::string> present_incarnation() const;

    /// Somebody who answers; nullptr while nobody does.
    [[nodiscard]] const RedisPeer* any_peer() const;

    /// How many primaries have slots, as far as we know.
    [[nodiscard]] std::size_t primaries() const;

    /// A slot of the primary at this place among them; nothing if there is none.
    [[nodiscard]] std::optional<std::uint16_t> slot_at(std::size_t node) const;

    /// Whether all primaries know `SET … NX GET`.
    [[nodiscard]] bool sets_and_tells() const;

    [[nodiscard]] const std::optional<Error>& refusal() const { return nodes_.refusal(); }

private:
    /// Where a command was sent.
    struct Leg {
        std::string address;
        bool asking = false;
    };

    /// What a primary is asked about its life; `looks`: also whether it keeps what it is given.
    struct Questions {
        bool looks = false;
        RedisCall replication;
        RedisCall commands;
        RedisCall memory;
        RedisCall stats;
    };

    /// What it said.
    struct NodeWords {
        Result<RedisReply> replication;
        Result<RedisReply> commands;
        std::optional<Result<RedisReply>> memory;
        std::optional<Result<RedisReply>> stats;
    };

    void ask(Questions& questions, const std::string& address, Deadline until);
    [[nodiscard]] Deadline capped(Deadline deadline) const;
    [[nodiscard]] Leg leg_to_owner(std::uint16_t slot) const;
    [[nodiscard]] Result<bool> send(
        RedisCall& call, const RedisRequest& request, const Leg& leg, Deadline deadline
    );
    [[nodiscard]] Task<Result<RedisReply>> follow(
        const RedisRequest& request, Leg leg, std::optional<RedisReply> reply, Deadline deadline
    );
    [[nodiscard]] RedisCourse::Step judge(
        RedisCourse& course, const RedisRequest& request, const RedisReply& reply, const Leg& leg
    );
    [[nodiscard]] Task<Result<void>> pause(const RedisCourse& course, Deadline deadline);
    [[nodiscard]] Task<Result<void>> wait_for_nodes(Deadline deadline);
    [[nodiscard]] Result<RedisNodeLife> judge_life(const RedisClusterNode& node, NodeWords words);
    void begin_first_look();
    [[nodiscard]] Task<void> first_look();
    [[nodiscard]] Error failed(Error why);

    RedisEnvironment environment_;
    RedisOptions options_;
    RedisClusterNodes nodes_;
    RedisPauses pauses_;
    RedisClusterLife life_;
    bool looking_ = false;
    std::optional<Task<void>> first_look_;  // Dies before what it waits for.
};

}  // namespace numproof
