// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/fakes/redis_server.h"

namespace numproof {

/// Looks again and again until `done` says so: what other processes do cannot be waited for.
template <typename Done>
void poll_until(const Done& done) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!done()) {
        NP_CHECK(std::chrono::steady_clock::now() < give_up);
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
}

inline bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// Three sentinels that watch `mymaster`, each a RedisServer that is no store.
class SentinelTrio {
public:
    /// `lines` go into each one's file.
    explicit SentinelTrio(const RedisServer& primary, const std::string& lines = {}) {
        for (int i = 0; i < 3; ++i) {
            sentinels_.push_back(std::make_unique<RedisServer>(
                std::vector<std::string>{}, file_for(primary.port(), lines)
            ));
        }
    }

    [[nodiscard]] RedisServer& at(std::size_t index) { return *sentinels_.at(index); }

    [[nodiscard]] std::vector<std::string> addresses() const {
        std::vector<std::string> all;
        for (const auto& sentinel : sentinels_) {
            all.push_back(sentinel->address());
        }
        return all;
    }

    /// Waits until all of them know each other and `replicas` replicas.
    void wait_until_whole(int replicas) {
        const auto wanted = "status=ok,";
        const auto counts = "slaves=" + std::to_string(replicas) + ",sentinels=3";
        poll_until([&] {
            bool whole = true;
            for (const auto& sentinel : sentinels_) {
                const auto info = sentinel->ask({"INFO", "sentinel"});
                whole = whole && has(info, wanted) && has(info, counts);
            }
            return whole;
        });
    }

    /// Tells one of them that the primary is another one.
    void point(std::size_t index, const RedisServer& primary) {
        const auto port = std::to_string(primary.port());
        at(index).ask({"SENTINEL", "REMOVE", "mymaster"});
        at(index).ask({"SENTINEL", "MONITOR", "mymaster", "127.0.0.1", port, "2"});
    }

private:
    static std::string file_for(std::uint16_t port, const std::string& lines) {
        return "sentinel monitor mymaster 127.0.0.1 " + std::to_string(port) +
               " 2\n"
               "sentinel down-after-milliseconds mymaster 1000\n"
               "sentinel failover-timeout mymaster 5000\n" +
               lines;
    }

    std::vector<std::unique_ptr<RedisServer>> sentinels_;
};

}  // namespace numproof
