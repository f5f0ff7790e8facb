// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/base/check.h"
#include "tests/fakes/redis_server.h"

namespace numproof {

/// A real Redis Cluster on loopback: primaries that share the slots evenly, and as many replicas of
/// each as wanted. It dies with the test. Link PkgConfig::HIREDIS.
class RedisClusterServers {
public:
    static constexpr int kSlots = 16'384;

    /// What a test waits for takes a moment; only a machine that stands still takes that long.
    static constexpr std::chrono::seconds kPatience{60};

    struct Shape {
        std::size_t primaries = 3;
        std::size_t replicas = 0;  ///< Of each primary.
        std::size_t without = 0;   ///< More primaries, without slots.
        std::chrono::milliseconds node_timeout{3000};
        std::vector<std::string> settings{};
    };

    explicit RedisClusterServers(const Shape& shape) : primaries_(shape.primaries) {
        const auto count = shape.primaries * (1 + shape.replicas) + shape.without;
        for (std::size_t i = 0; i < count; ++i) {
            nodes_.push_back(std::make_unique<RedisServer>(settings_of(shape)));
        }
        give_slots();
        meet();
        for (std::size_t i = 0; i < shape.primaries * shape.replicas; ++i) {
            follow(shape.primaries + i, i % shape.primaries);
        }
        wait_until([this] { return is_well(); });
    }

    /// Primaries first, then the replicas (of the first primary, of the second, …), then the rest.
    [[nodiscard]] RedisServer& node(std::size_t index) { return *nodes_.at(index); }

    [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }

    [[nodiscard]] std::vector<std::string> addresses() const {
        std::vector<std::string> all;
        for (const auto& node : nodes_) {
            all.push_back(node->address());
        }
        return all;
    }

    /// Which of the primaries has `slot` at the beginning.
    [[nodiscard]] std::size_t first_owner(int slot) const {
        return static_cast<std::size_t>(slot) * primaries_ / kSlots;
    }

    [[nodiscard]] std::string id(std::size_t index) { return node(index).ask({"CLUSTER", "MYID"}); }

    [[nodiscard]] std::string role(std::size_t index) { return ask_list(index, {"ROLE"}).at(0); }

    void flush() {
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            node(i).ask({"FLUSHALL"});
        }
    }

    /// Moves a slot with all its keys, as redis-cli does; `between` runs half-way.
    template <typename Between>
    void move_slot(int slot, std::size_t from, std::size_t to, Between between) {
        begin_move(slot, from, to);
        move_keys(slot, from, to, 1);
        between();
        move_keys(slot, from, to, 100);
        end_move(slot, from, to);
    }

    void begin_move(int slot, std::size_t from, std::size_t to) {
        const auto text = std::to_string(slot);
        const auto source = id(from);
        const auto target = id(to);
        set_slot(to, text, "IMPORTING", source);
        set_slot(from, text, "MIGRATING", target);
    }

    /// Moves keys until there are none, or at most `rounds` times one of them.
    void move_keys(int slot, std::size_t from, std::size_t to, int rounds) {
        const auto text = std::to_string(slot);
        const auto port = std::to_string(node(to).port());
        for (int round = 0; round < rounds; ++round) {
            const auto keys = ask_list(from, {"CLUSTER", "GETKEYSINSLOT", text, "1"});
            if (keys.empty()) {
                return;
            }
            const auto moved =
                node(from).ask({"MIGRATE", "127.0.0.1", port, keys.front(), "0", "10000"});
            NP_CHECK(moved == "OK" || moved == "NOKEY");
        }
    }

    void end_move(int slot, std::size_t from, std::size_t to) {
        const auto text = std::to_string(slot);
        const auto target = id(to);
        NP_CHECK(ask_list(from, {"CLUSTER", "GETKEYSINSLOT", text, "1"}).empty());
        set_slot(to, text, "NODE", target);
        set_slot(from, text, "NODE", target);
    }

    /// Lets a replica take its primary's place, as an operator does. Redis says OK and gives up
    /// silently if the others do not vote in time.
    void promote(std::size_t replica) {
        auto again = std::chrono::steady_clock::now();
        wait_until([&] {
            if (std::chrono::steady_clock::now() >= again) {
                again = std::chrono::steady_clock::now() + std::chrono::seconds{7};
                node(replica).ask({"CLUSTER", "FAILOVER"});
            }
            return role(replica) == "master";
        });
    }

    /// A list of texts, empty if the answer is none.
    std::vector<std::string> ask_list(
        std::size_t index, std::initializer_list<std::string_view> words
    ) {
        return node(index).ask_list(words);
    }

    template <typename Done>
    void wait_until(Done done) {
        const auto give_up = std::chrono::steady_clock::now() + kPatience;
        while (!done()) {
            NP_CHECK(std::chrono::steady_clock::now() < give_up);
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
    }

    /// Whether all nodes say that the Cluster works, and each replica follows its primary.
    [[nodiscard]] bool is_well() {
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            const auto info = node(i).ask({"CLUSTER", "INFO"});
            const auto known = "cluster_known_nodes:" + std::to_string(nodes_.size()) + "\r";
            const auto follows = node(i).ask({"INFO", "replication"});
            const bool linked = follows.find("role:master") != std::string::npos ||
                                follows.find("master_link_status:up") != std::string::npos;
            if (info.find("cluster_state:ok") == std::string::npos ||
                info.find(known) == std::string::npos || !linked) {
                return false;
            }
        }
        return true;
    }

private:
    static void expect_ok(const std::string& answer) { NP_CHECK(answer == "OK"); }

    // A slot that has only just moved may be another's for whom gossip has not reached yet.
    void set_slot(
        std::size_t at, std::string_view slot, std::string_view state, std::string_view peer
    ) {
        const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (node(at).ask({"CLUSTER", "SETSLOT", slot, state, peer}) != "OK") {
            NP_CHECK(std::chrono::steady_clock::now() < give_up);
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
    }

    static std::vector<std::string> settings_of(const Shape& shape) {
        std::vector<std::string> words{
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            std::to_string(shape.node_timeout.count()),
            "--cluster-port",
            std::to_string(RedisServer::find_free_port()),
            "--cluster-allow-replica-migration",
            "no",
            "--repl-diskless-sync-delay",
            "0"};
        words.insert(words.end(), shape.settings.begin(), shape.settings.end());
        return words;
    }

    void give_slots() {
        for (std::size_t i = 0; i < primaries_; ++i) {
            const auto first = (kSlots * i + primaries_ - 1) / primaries_;
            const auto last = (kSlots * (i + 1) + primaries_ - 1) / primaries_ - 1;
            const auto from = std::to_string(first);
            const auto to = std::to_string(last);
            expect_ok(node(i).ask({"CLUSTER", "ADDSLOTSRANGE", from, to}));
            const auto epoch = std::to_string(i + 1);
            expect_ok(node(i).ask({"CLUSTER", "SET-CONFIG-EPOCH", epoch}));
        }
    }

    void meet() {
        for (std::size_t i = 1; i < nodes_.size(); ++i) {
            const auto port = std::to_string(node(i).port());
            const auto bus = node(i).ask_setting("cluster-port");
            expect_ok(node(0).ask({"CLUSTER", "MEET", "127.0.0.1", port, bus}));
        }
        const auto all = "cluster_known_nodes:" + std::to_string(nodes_.size()) + "\r";
        wait_until([&] {
            for (const auto& node : nodes_) {
                if (node->ask({"CLUSTER", "INFO"}).find(all) == std::string::npos) {
                    return false;
                }
            }
            return true;
        });
    }

    void follow(std::size_t replica, std::size_t primary) {
        const auto name = id(primary);
        wait_until([&] { return node(replica).ask({"CLUSTER", "REPLICATE", name}) == "OK"; });
    }

    std::size_t primaries_;
    std::vector<std::unique_ptr<RedisServer>> nodes_;
};

}  // namespace numproof
