// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/redis_client.h"
#include "adapters/redis/redis_metrics.h"
#include "tests/fakes/memory_log.h"
#include "tests/fuzz/redis/memory_wire.h"

namespace numproof {

/// One connection as the server's end sees it: the n-th reply is for the n-th command, whatever
/// the client makes of it.
struct ServedConnection {
    std::vector<std::string> keys;    ///< Of the commands, in order; empty for those without.
    std::vector<RedisReply> replies;  ///< As far as they were said and make sense.
    RedisReplyReader heard;
    RedisReplyReader said;
    bool broken = false;  ///< What was said makes no sense any more.
};

/// What came of one question.
struct AskedRedis {
    std::string key;
    MonoTime deadline;
    bool plain = false;  ///< One command, no script.
    std::optional<Result<RedisReply>> answer;
    MonoTime answered;
};

/// The whole adapter on a MemoryWire, and a server that says what it is told to say.
class RedisStand {
public:
    explicit RedisStand(bool welcoming);

    /// Sends a plain command, or a script, that has `budget` left.
    void ask(Milliseconds budget);
    void run(RedisScript script, Milliseconds budget);

    /// Several scripts at once.
    void run_some(std::size_t count);

    /// Asks whether it is still the same Redis.
    void ask_incarnation();

    /// The server says something.
    void say(std::string_view octets);

    void pass_time(Milliseconds by);
    void pass_to_timer();

    /// Ends everything; then no question may be open.
    void close();

    /// No reply that the server gave to a question is withheld from who asked.
    void check_open() const;

    /// After close(): every answer is the reply to its own question, or an error.
    void check_answers() const;

private:
    [[nodiscard]] AskedRedis& next_question(Milliseconds budget);
    [[nodiscard]] ScriptCall script_for(const AskedRedis& question, RedisScript script) const;
    void settle();
    void hear();
    void answer(AskedRedis& question, Result<RedisReply> reply);
    void check_answer(const AskedRedis& question) const;
    [[nodiscard]] std::vector<RedisReply> replies_to(const AskedRedis& question) const;
    [[nodiscard]] bool is_withheld(const AskedRedis& question) const;

    const bool welcoming_;  ///< Greets every connection well before it says anything else.
    MemoryWire wire_;
    MemoryLog log_;
    RedisMetrics metrics_;
    std::deque<AskedRedis> asked_;
    std::size_t open_ = 0;
    std::deque<ServedConnection> served_;
    RedisClient client_;
};

}  // namespace numproof
