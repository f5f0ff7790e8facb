// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_cluster_nodes.h"

#include <algorithm>
#include <coroutine>
#include <utility>
#include <vector>

#include "adapters/redis/redis_command.h"
#include "adapters/redis/redis_error.h"
#include "daemon/base/check.h"
#include "daemon/ports/clock.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

constexpr Milliseconds kReadEvery{5000};  // Without any reason.
constexpr Milliseconds kReadPause{50};    // With one.
constexpr Milliseconds kQuietTick{250};
constexpr Milliseconds kBusyTick{25};
constexpr std::string_view kNoConnection = "no connection to Redis";

RedisOptions only(RedisOptions options, const std::string& address) {
    options.addresses = {address};
    return options;
}

Error unavailable(std::string detail) {
    return {.code = ErrorCode::store_unavailable, .detail = std::move(detail)};
}

}  // namespace

RedisClusterNodes::RedisClusterNodes(
    RedisEnvironment environment, RedisOptions options, std::function<void()> on_ready
)
    : environment_(environment),
      options_(std::move(options)),
      on_ready_(std::move(on_ready)),
      timer_(environment.base, on_timer, this),
      seed_(environment, options_),
      trouble_(unavailable(std::string{kNoConnection})) {}

RedisClusterNodes::~RedisClusterNodes() = default;

void RedisClusterNodes::open() {
    NP_CHECK(closed_);
    closed_ = false;
    tend();
}

void RedisClusterNodes::close() {
    closed_ = true;
    timer_.cancel();
    seed_.close();
    seed_is_open_ = false;
    // They stay: whoever is resumed by one of them may still look at another one.
    for (const auto& [address, connection] : nodes_) {
        connection->close();
    }
}

RedisConnection* RedisClusterNodes::at(const std::string& address) {
    if (closed_) {
        return nullptr;
    }
    const auto known = nodes_.find(address);
    if (known != nodes_.end()) {
        return known->second.get();
    }
    if (nodes_.size() >= RedisSlotMap::kNodesMax) {
        return nullptr;
    }
    auto made = std::make_unique<RedisConnection>(environment_, only(options_, address));
    made->open();
    return nodes_.emplace(address, std::move(made)).first->second.get();
}

const RedisConnection* RedisClusterNodes::known(const std::string& address) const {
    const auto known = nodes_.find(address);
    return known == nodes_.end() ? nullptr : known->second.get();
}

void RedisClusterNodes::learn(std::uint16_t slot, const std::string& address) {
    if (map_) {
        map_->learn(slot, address);
    }
    look_again();
}

void RedisClusterNodes::look_again() {
    if (!closed_ && !std::exchange(look_again_, true)) {
        timer_.set(Milliseconds{0});
    }
}

RedisClusterNodes::Readiness RedisClusterNodes::readiness() const {
    if (!map_) {
        const bool asked = seed_.server() != nullptr && trouble_.detail == kNoConnection;
        const bool soon = !closed_ && (seed_.is_awaited() || asked);
        return soon ? Readiness::soon : Readiness::away;
    }
    auto all = map_->uncovered() == 0 ? Readiness::ready : Readiness::away;
    for (const auto& node : map_->nodes()) {
        if (is_primary_ready(node.address)) {
            continue;
        }
        const auto* const connection = known(node.address);
        if (connection == nullptr || !connection->is_awaited()) {
            return Readiness::away;
        }
        all = Readiness::soon;
    }
    return all;
}

Error RedisClusterNodes::trouble() const {
    if (closed_) {
        return unavailable("the connection to Redis is closed");
    }
    if (!map_) {
        return trouble_;
    }
    if (const auto missing = map_->uncovered()) {
        return unavailable("no node of Redis has " + std::to_string(missing) + " of its slots");
    }
    for (const auto& node : map_->nodes()) {
        if (!is_primary_ready(node.address)) {
            return unavailable("no connection to Redis at " + node.address);
        }
    }
    return unavailable("the nodes of Redis have changed");
}

const std::optional<Error>& RedisClusterNodes::refusal() const {
    const auto refused = std::ranges::find_if(nodes_, [](const auto& node) {
        return node.second->refusal().has_value();
    });
    return refused == nodes_.end() ? seed_.refusal() : refused->second->refusal();
}

void RedisClusterNodes::on_timer(void* self) {
    static_cast<RedisClusterNodes*>(self)->tend();
}

void RedisClusterNodes::tend() {
    close_departed();
    const bool ready = map_ && readiness() == Readiness::ready;
    tend_seed();
    const auto now = environment_.clock.mono_now();
    const bool due = !ready || look_again_ || now - read_at_ >= kReadEvery;
    if (due && !reading_ && now - tried_at_ >= kReadPause) {
        start_reading();
    }
    timer_.set(due ? kBusyTick : kQuietTick);
    if (ready) {
        on_ready_();
    }
}

// Only while no node is connected: an operator expects one connection to each.
void RedisClusterNodes::tend_seed() {
    const bool wanted = std::ranges::none_of(nodes_, [](const auto& node) {
        return node.second->server() != nullptr;
    });
    if (wanted && !seed_is_open_) {
        seed_is_open_ = true;
        seed_.open();
    } else if (!wanted && seed_is_open_ && !reading_) {
        seed_is_open_ = false;
        seed_.close();
    }
}

// What is under way at a node that has left is still answered, or ends at its deadline.
void RedisClusterNodes::close_departed() {
    if (!map_) {
        return;
    }
    std::vector<std::unique_ptr<RedisConnection>> departed;
    for (auto at = nodes_.begin(); at != nodes_.end();) {
        const bool stays =
            look_again_ || reading_ || at->second->room() < options_.queue_max ||
            std::ranges::find(map_->nodes(), at->first, &RedisClusterNode::address) !=
                map_->nodes().end();
        if (stays) {
            ++at;
        } else {
            departed.push_back(std::move(at->second));
            at = nodes_.erase(at);
        }
    }
    for (const auto& connection : departed) {
        connection->close();
    }
}

void RedisClusterNodes::start_reading() {
    tried_at_ = environment_.clock.mono_now();
    auto* const source = next_source();
    if (source == nullptr) {
        return;
    }
    reading_ = true;
    reader_.emplace(read_map(*source));
    reader_->await_suspend(std::noop_coroutine()).resume();
}

RedisConnection* RedisClusterNodes::next_source() {
    std::vector<RedisConnection*> ready;
    for (const auto& [address, connection] : nodes_) {
        if (connection->server() != nullptr) {
            ready.push_back(connection.get());
        }
    }
    if (!ready.empty()) {
        return ready[turn_++ % ready.size()];
    }
    return seed_.server() != nullptr ? &seed_ : nullptr;
}

Task<void> RedisClusterNodes::read_map(RedisConnection& source) {
    // What comes to be known while this is on its way wants another reading.
    look_again_ = false;
    const auto asked = source.address();
    const auto deadline = Deadline::after(environment_.clock.mono_now(), options_.connect_deadline);
    RedisCall state;
    RedisCall slots;
    source.send(state, format_command({"CLUSTER", "INFO"}), deadline);
    source.send(slots, format_command({"CLUSTER", "SLOTS"}), deadline);
    const auto said = co_await state;
    const auto listed = co_await slots;
    reading_ = false;
    if (closed_) {
        co_return;
    }
    auto map = judge_map(said, listed, asked);
    if (map) {
        adopt(std::move(*map));
    } else {
        note_trouble(std::move(map.error()));
    }
}

Result<RedisSlotMap> RedisClusterNodes::judge_map(
    const Result<RedisReply>& state, const Result<RedisReply>& slots, const std::string& asked
) const {
    auto said = refuse_errors(state);
    if (!said) {
        return pass_on(said);
    }
    if (said->text.find("cluster_state:ok") == std::string::npos) {
        return fail(
            ErrorCode::store_unavailable,
            "the Cluster is down as " + asked + " sees it (CLUSTER INFO: cluster_state is not ok)"
        );
    }
    auto listed = refuse_errors(slots);
    if (!listed) {
        return pass_on(listed);
    }
    auto map = RedisSlotMap::parse(*listed, asked);
    if (map && map->nodes().empty()) {
        return fail(ErrorCode::store_unavailable, "no node of the Cluster has slots");
    }
    return map;
}

void RedisClusterNodes::adopt(RedisSlotMap map) {
    const bool others = !map_ || map_->nodes() != map.nodes();
    map_ = std::move(map);
    read_at_ = environment_.clock.mono_now();
    trouble_.detail = kNoConnection;
    environment_.metrics.maps_read.add();
    for (const auto& node : map_->nodes()) {
        auto* const connection = at(node.address);
        const auto* const peer = connection != nullptr ? connection->server() : nullptr;
        if (peer != nullptr && peer->incarnation.empty()) {
            connection->drop("Redis was a replica and has been promoted");
        }
    }
    if (others) {
        ++version_;
        environment_.log.write(
            messages::redis_cluster_map,
            {{"primaries", std::to_string(map_->nodes().size())},
             {"uncovered", std::to_string(map_->uncovered())}}
        );
    }
}

void RedisClusterNodes::note_trouble(Error why) {
    look_again_ = true;
    if (std::exchange(trouble_.detail, why.detail) != why.detail) {
        environment_.log.write(messages::redis_cluster_unread, {{"detail", why.detail}});
    }
}

bool RedisClusterNodes::is_primary_ready(const std::string& address) const {
    const auto* const connection = known(address);
    return connection != nullptr && connection->server() != nullptr &&
           !connection->server()->incarnation.empty();
}

}  // namespace numproof
