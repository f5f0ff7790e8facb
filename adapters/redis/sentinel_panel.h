// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "adapters/redis/redis_options.h"
#include "adapters/redis/redis_socket.h"
#include "adapters/redis/redis_timer.h"
#include "adapters/redis/sentinel_link.h"
#include "daemon/base/result.h"

namespace numproof {

/// Asks all sentinels which Redis is our primary: when asked to, and again each second, so that a
/// primary that has been replaced does not go unnoticed because it still answers.
/// Belongs to one loop and thread.
class SentinelPanel {
public:
    static constexpr Milliseconds kEvery{1000};

    /// Who is told, once a round, what the sentinels say (verdict_of). It may ask() or stop().
    struct Listener {
        void (*told)(void*, const Result<std::string>&);
        void* context;
    };

    /// What is named here outlives the panel.
    SentinelPanel(RedisEnvironment environment, const RedisOptions& options, Listener listener);
    SentinelPanel(const SentinelPanel&) = delete;
    SentinelPanel& operator=(const SentinelPanel&) = delete;

    /// Begins a round. There is a verdict within RedisOptions::connect_deadline.
    void ask();

    /// Asks nobody any more, until ask().
    void stop();

private:
    static void on_word(void* self);
    static void on_timer(void* self);

    void judge(bool time_is_up);
    [[nodiscard]] bool anybody_waits() const;

    RedisEnvironment environment_;
    const RedisOptions& options_;
    Listener listener_;
    RedisDialer dialer_;
    RedisTimer timer_;
    std::deque<SentinelLink> links_;
    bool asking_ = false;   // Words are being gathered.
    bool judged_ = false;   // This round's verdict has been told.
    bool opening_ = false;  // Links are being asked: those that fail at once are heard afterwards.
};

}  // namespace numproof
