// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <event2/event.h>

#include "adapters/event/event_loop.h"
#include "adapters/redis/redis_client.h"
#include "adapters/redis/redis_grant_store.h"
#include "adapters/redis/redis_metrics.h"
#include "adapters/redis/redis_record_store.h"
#include "tests/contract/store_host.h"
#include "tests/fakes/memory_log.h"

namespace numproof {

/// One node with a loop of its own and its connection to a Redis.
class RedisStoreHost final : public StoreHost {
public:
    /// Does not wait until there is a connection.
    explicit RedisStoreHost(RedisOptions options)
        : options_(std::move(options)),
          client_(
              {.base = loop_.base(), .clock = clock_, .log = log_, .metrics = metrics_}, options_
          ) {
        client_.open();
    }

    ~RedisStoreHost() override { client_.close(); }

    [[nodiscard]] RecordStore& records() override { return records_; }

    [[nodiscard]] GrantStore& grants() override { return grants_; }

    [[nodiscard]] const Clock& clock() const override { return clock_; }

    void let_pass(Milliseconds time) override {
        bool over = false;
        spawn(wait(loop_, time + Milliseconds{10}, over));
        turn_until([&over] { return over; });
    }

    void turn_until(const std::function<bool()>& done) override {
        const auto give_up = clock_.mono_now() + std::chrono::seconds{40};
        while (!done()) {
            NP_CHECK(clock_.mono_now() < give_up);
            event_base_loop(&loop_.base(), EVLOOP_ONCE);
        }
    }

    [[nodiscard]] std::unique_ptr<StoreHost> peer() override {
        auto made = std::make_unique<RedisStoreHost>(options_);
        made->wait_until_ready();
        return made;
    }

    void wait_until_ready() {
        turn_until([this] { return client_.present_incarnation().has_value(); });
    }

    void wait_until_lost() {
        turn_until([this] { return !client_.present_incarnation().has_value(); });
    }

    /// True if some log line has `text` in it.
    [[nodiscard]] bool logged(std::string_view text) const {
        for (const auto& line : log_.lines()) {
            if (line.find(text) != std::string::npos) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] RedisClient& client() noexcept { return client_; }

    [[nodiscard]] const RedisMetrics& metrics() const noexcept { return metrics_; }

    [[nodiscard]] EventLoop& loop() noexcept { return loop_; }

private:
    static Task<void> wait(EventLoop& loop, Milliseconds time, bool& over) {
        co_await loop.sleep(time);
        over = true;
    }

    RedisOptions options_;
    EventLoop loop_;
    SystemClock clock_;
    MemoryLog log_;
    RedisMetrics metrics_;
    RedisClient client_;
    RedisRecordStore records_{client_};
    RedisGrantStore grants_{client_};
};

}  // namespace numproof
