// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/redis/redis_backoff.h"
#include "adapters/redis/redis_call_queue.h"
#include "adapters/redis/redis_handshake.h"
#include "adapters/redis/redis_options.h"
#include "adapters/redis/redis_outbox.h"
#include "adapters/redis/redis_reply.h"
#include "adapters/redis/redis_socket.h"
#include "adapters/redis/redis_timer.h"
#include "adapters/redis/sentinel_panel.h"

namespace numproof {

/// One pipelined connection to a Redis primary, which it makes anew whenever it is lost.
///
/// Commands that are sent in one turn of the loop leave together. While the first attempt to
/// connect after a loss is under way, commands wait within their deadlines; once it has failed,
/// commands fail at once until there is a connection again. A command that was under way when the
/// connection was lost fails, and is never sent again: nobody knows whether it was done.
/// Where there are sentinels, they are asked before each attempt and all the while: the connection
/// ends when most of them name another primary. That they cannot be reached does not end it.
/// If the oldest reply does not come for twice the deadline of a command, the connection is dead.
///
/// Belongs to one loop and thread. It outlives whoever waits for its replies.
class RedisConnection {
public:
    RedisConnection(RedisEnvironment environment, RedisOptions options);
    RedisConnection(const RedisConnection&) = delete;
    RedisConnection& operator=(const RedisConnection&) = delete;

    /// Ends without resuming anybody.
    ~RedisConnection();

    /// Begins to connect.
    void open();

    /// Fails what is under way, and everything from now on, with store_unavailable.
    void close();

    /// Sends one command (format_command). `call` ends with the reply, error replies included, or
    /// with store_unavailable, queue_full or deadline_exceeded: no later than `deadline` and
    /// RedisOptions::deadline. `preface` is another command that goes right before it, whose reply
    /// nobody needs; with one the connection must be ready.
    void send(
        RedisCall& call, std::string_view command, Deadline deadline, std::string_view preface = {}
    );

    /// True if a command would wait for the connection that is being made.
    [[nodiscard]] bool is_awaited() const noexcept {
        return first_attempt_ && phase_ != Phase::closed && phase_ != Phase::ready;
    }

    /// Where it is connected to, or tries to.
    [[nodiscard]] const std::string& address() const {
        return sentinels_ ? named_ : options_.addresses[next_address_];
    }

    /// How many more commands would be taken.
    [[nodiscard]] std::size_t room() const noexcept { return calls_.room(); }

    /// Who answers now; nullptr while nobody does. Valid until the loop's next turn.
    [[nodiscard]] const RedisPeer* server() const noexcept;

    /// What the operator has to change before this Redis may be used, as of the last attempt.
    [[nodiscard]] const std::optional<Error>& refusal() const noexcept { return refusal_; }

    /// True every few seconds while it is ready: then whoever asks after its life asks for INFO
    /// memory and INFO stats too, on the way, for take_look().
    [[nodiscard]] bool wants_look();

    /// Takes in what they said: notes whether Redis is full. Fails, and ends this connection, if
    /// Redis may evict or has done so.
    [[nodiscard]] Result<void> take_look(
        const Result<RedisReply>& memory, const Result<RedisReply>& stats
    );

    /// Ends this connection and makes another one.
    void drop(std::string_view reason);

private:
    enum class Phase : std::uint8_t { closed, waiting, seeking, connecting, greeting, ready };

    static void on_readable(bufferevent* buffered, void* self);
    static void on_event(bufferevent* buffered, short what, void* self);
    static void on_phase_timer(void* self);
    static void on_call_timer(void* self);

    void connect();
    void take_verdict(const Result<std::string>& primary);
    void dial();
    void connected();
    void read_replies();
    [[nodiscard]] bool feed_reader();
    void take_reply(RedisReply reply, MonoTime now);
    void take_greeting(const RedisReply& reply);
    void note_refused_write(std::string_view word, MonoTime now);
    void become_ready(RedisPeer server);
    void hang_up();
    void end(Error why);
    void note_failed_attempt(const Error& why);
    void set_breaker(bool open);
    void watch(MonoTime until, MonoTime now);
    void check_calls();
    [[nodiscard]] Error unavailable() const;

    RedisEnvironment environment_;
    RedisOptions options_;
    RedisDialer dialer_;
    RedisBackoff backoff_;
    RedisTimer phase_timer_;
    RedisTimer call_timer_;
    RedisCallQueue calls_;

    Phase phase_ = Phase::closed;
    bool first_attempt_ = true;  // Since the last loss.
    bool breaker_open_ = false;  // An attempt has failed since, so commands fail at once.
    std::size_t next_address_ = 0;
    std::uint64_t attempt_ = 0;  // Tells callbacks that the connection under them has changed.
    std::string named_;          // By the sentinels: the primary. Before that: what they call it.
    BuffereventPtr buffered_;
    RedisOutbox outbox_;
    std::optional<RedisReplyReader> reader_;
    std::optional<RedisHandshake> handshake_;
    RedisPeer server_;
    MonoTime next_look_{};
    std::optional<MonoTime> watched_until_;
    std::optional<Error> refusal_;
    std::string last_failure_;
    std::optional<SentinelPanel> sentinels_;
};

}  // namespace numproof
