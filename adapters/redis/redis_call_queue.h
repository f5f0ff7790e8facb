// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <optional>
#include <string_view>

#include "adapters/redis/redis_metrics.h"
#include "adapters/redis/redis_reply.h"
#include "daemon/base/bytes.h"
#include "daemon/base/deadline.h"
#include "daemon/base/result.h"
#include "daemon/base/task.h"
#include "daemon/base/time.h"

namespace numproof {

class RedisCallQueue;

/// One command from whoever waits for its reply. It stays where it is; if it dies early, its reply
/// is thrown away when it comes.
class RedisCall {
public:
    RedisCall() = default;
    RedisCall(const RedisCall&) = delete;
    RedisCall& operator=(const RedisCall&) = delete;
    ~RedisCall();

    // To be awaited once; gives the reply, an error reply of Redis included.
    [[nodiscard]] bool await_ready() const noexcept { return reply_.await_ready(); }

    void await_suspend(std::coroutine_handle<> awaiter) noexcept { reply_.await_suspend(awaiter); }

    Result<RedisReply> await_resume() { return reply_.await_resume(); }

private:
    friend class RedisCallQueue;

    Pending<Result<RedisReply>> reply_;
    RedisCallQueue* queue_ = nullptr;  // While it waits.
};

/// The commands of one connection in the order in which their replies must come. A command that
/// ran out of time keeps its place until its reply has come, so that no reply is ever taken for
/// another one. Pure; may be re-entered by the coroutines that it resumes.
class RedisCallQueue {
public:
    /// What a command is pushed with.
    struct Terms {
        Deadline deadline;
        MonoTime now;
    };

    RedisCallQueue(std::size_t max, RedisMetrics& metrics) noexcept
        : max_(max), metrics_(metrics) {}

    RedisCallQueue(const RedisCallQueue&) = delete;
    RedisCallQueue& operator=(const RedisCallQueue&) = delete;

    /// Does not resume anybody.
    ~RedisCallQueue();

    /// How many more commands there is room for.
    [[nodiscard]] std::size_t room() const noexcept { return max_ - entries_.size(); }

    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

    /// Notes a command that has been sent. There must be room.
    void push_sent(RedisCall& call, Terms terms);

    /// Notes a command that is to be sent once there is a connection. There must be room.
    void push_unsent(RedisCall& call, Bytes octets, Terms terms);

    /// The octets of all commands that were not sent and still have time; they count as sent.
    [[nodiscard]] Bytes take_unsent(MonoTime now);

    /// The reply to the oldest command; false if there is none.
    [[nodiscard]] bool answer(RedisReply reply, MonoTime now);

    /// Fails what has run out of time with deadline_exceeded.
    void expire(MonoTime now);

    /// Fails everything with `error`.
    void fail_all(const Error& error);

    /// When expire() has to be called next.
    [[nodiscard]] std::optional<MonoTime> next_deadline() const;

    /// When the oldest command was sent; nullopt if none is under way.
    [[nodiscard]] std::optional<MonoTime> oldest_sent() const;

    /// Counts `error` and gives it to `call`, which was never pushed.
    void refuse(RedisCall& call, Error error);

private:
    friend class RedisCall;

    struct Entry {
        RedisCall* call = nullptr;  // nullptr: nobody waits for it any more.
        MonoTime deadline;
        std::optional<MonoTime> sent;
        Bytes unsent;
    };

    void push(RedisCall& call, Entry entry);
    void forget(const RedisCall& call) noexcept;
    void count(const Error& error);
    void complete(RedisCall* call, Result<RedisReply> reply);

    std::size_t max_;
    RedisMetrics& metrics_;
    std::deque<Entry> entries_;
};

}  // namespace numproof
