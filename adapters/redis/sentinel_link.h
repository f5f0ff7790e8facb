// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/redis/redis_options.h"
#include "adapters/redis/redis_reply.h"
#include "adapters/redis/redis_socket.h"
#include "adapters/redis/sentinel_verdict.h"
#include "daemon/base/time.h"

namespace numproof {

/// A connection to one sentinel, made when it is asked, and kept for the next question.
/// Belongs to one loop and thread.
class SentinelLink {
public:
    /// Who is told that there is a word; it may ask again, or hang up.
    struct Listener {
        void (*told)(void*);
        void* context;
    };

    /// `dialer` and `options` outlive the link.
    SentinelLink(
        RedisDialer& dialer, const RedisOptions& options, std::string address, Listener listener
    );
    ~SentinelLink();
    SentinelLink(const SentinelLink&) = delete;
    SentinelLink& operator=(const SentinelLink&) = delete;

    /// Asks for the primary; word() is silent until the answer is there. A question that waits
    /// still is asked anew only if it has waited for longer than RedisOptions::connect_deadline.
    void ask(MonoTime now);

    /// True from ask() until there is a word.
    [[nodiscard]] bool waits() const noexcept { return asked_at_.has_value(); }

    [[nodiscard]] const SentinelWord& word() const noexcept { return word_; }

    /// Ends the connection without telling anybody.
    void hang_up();

private:
    static void on_readable(bufferevent* buffered, void* self);
    static void on_event(bufferevent* buffered, short what, void* self);

    void dial();
    void connected();
    void question();
    void read();
    void take(const RedisReply& reply);
    void lost(const Error& why);
    void tell(SentinelWord word);

    RedisDialer& dialer_;
    const RedisOptions& options_;
    std::string address_;
    Listener listener_;
    BuffereventPtr buffered_;
    std::optional<RedisReplyReader> reader_;
    bool open_ = false;        // Connected, and TLS stands.
    bool signing_in_ = false;  // The next reply is that to AUTH.
    std::uint64_t attempt_ = 0;
    std::optional<MonoTime> asked_at_;
    SentinelWord word_;
};

}  // namespace numproof
