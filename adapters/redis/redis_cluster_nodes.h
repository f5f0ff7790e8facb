// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "adapters/redis/redis_connection.h"
#include "adapters/redis/redis_options.h"
#include "adapters/redis/redis_slot_map.h"
#include "adapters/redis/redis_timer.h"
#include "daemon/base/task.h"

namespace numproof {

/// The nodes of a Cluster as one loop sees them: the map of slots, read again whenever there is a
/// reason and from time to time, and one connection to each primary.
///
/// The map comes from any node that says that the Cluster is well: a node that was cut off from the
/// others would give an old one. While no node is connected, the addresses of the configuration are
/// tried, primaries and replicas alike. Belongs to one loop and thread.
class RedisClusterNodes {
public:
    /// Whether all primaries can be asked.
    enum class Readiness : std::uint8_t {
        ready,
        soon,  ///< A first attempt to connect is under way.
        away
    };

    /// `on_ready` is called from time to time while all primaries are connected.
    RedisClusterNodes(
        RedisEnvironment environment, RedisOptions options, std::function<void()> on_ready
    );
    RedisClusterNodes(const RedisClusterNodes&) = delete;
    RedisClusterNodes& operator=(const RedisClusterNodes&) = delete;

    /// Ends without resuming anybody.
    ~RedisClusterNodes();

    void open();

    /// Fails what is under way. There is no connection from now on.
    void close();

    [[nodiscard]] bool is_closed() const noexcept { return closed_; }

    /// nullptr until one has been read.
    [[nodiscard]] const RedisSlotMap* map() const noexcept { return map_ ? &*map_ : nullptr; }

    /// Another one whenever other primaries have slots.
    [[nodiscard]] std::uint64_t version() const noexcept { return version_; }

    /// The connection to `address`, which is made if there is none; nullptr when closed, or if
    /// there are too many.
    [[nodiscard]] RedisConnection* at(const std::string& address);

    /// The connection to `address` if there is one.
    [[nodiscard]] const RedisConnection* known(const std::string& address) const;

    /// Notes a redirection, and that the map has to be read again.
    void learn(std::uint16_t slot, const std::string& address);

    /// The map may be old.
    void look_again();

    [[nodiscard]] Readiness readiness() const;

    /// Why not all primaries can be asked, in a word for the operator.
    [[nodiscard]] Error trouble() const;

    /// What the operator has to change before some node may be used; nothing if there is nothing.
    [[nodiscard]] const std::optional<Error>& refusal() const;

private:
    static void on_timer(void* self);

    void tend();
    void tend_seed();
    void close_departed();
    void start_reading();
    [[nodiscard]] RedisConnection* next_source();
    [[nodiscard]] Task<void> read_map(RedisConnection& source);
    [[nodiscard]] Result<RedisSlotMap> judge_map(
        const Result<RedisReply>& state, const Result<RedisReply>& slots, const std::string& asked
    ) const;
    void adopt(RedisSlotMap map);
    void note_trouble(Error why);
    [[nodiscard]] bool is_primary_ready(const std::string& address) const;

    RedisEnvironment environment_;
    RedisOptions options_;
    std::function<void()> on_ready_;
    RedisTimer timer_;
    RedisConnection seed_;
    bool seed_is_open_ = false;
    bool closed_ = true;
    std::optional<RedisSlotMap> map_;
    std::uint64_t version_ = 0;
    std::map<std::string, std::unique_ptr<RedisConnection>, std::less<>> nodes_;
    bool look_again_ = false;
    bool reading_ = false;
    MonoTime tried_at_{};
    MonoTime read_at_{};
    std::size_t turn_ = 0;
    Error trouble_;                     // Why there is no map.
    std::optional<Task<void>> reader_;  // Dies before the connections that it waits for.
};

}  // namespace numproof
