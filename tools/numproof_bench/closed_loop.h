// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/numproof_bench/response_scan.h"
#include "tools/numproof_bench/target.h"

namespace numproof::bench {

/// What a closed loop asks, and what it makes of the answers. Calls come from the loop's thread.
class Caller {
public:
    Caller() = default;
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;
    virtual ~Caller() = default;

    /// The next request on `connection`; empty when there is none left. It stays until the next
    /// call for the same connection.
    [[nodiscard]] virtual std::string_view next(std::size_t connection) = 0;

    /// The answer to the last request on `connection`, and how long it took.
    virtual void take(
        std::size_t connection, const Response& response, std::chrono::nanoseconds latency
    ) = 0;

    /// There will be no answer to the last request on `connection`.
    virtual void lose(std::size_t connection) = 0;
};

/// What happened apart from the answers.
struct LoopFigures {
    std::chrono::nanoseconds took{};  ///< From the first request to the last answer.
    std::uint64_t requests = 0;
    std::uint64_t lost = 0;        ///< The connection broke before the answer was whole.
    std::uint64_t unanswered = 0;  ///< Nothing had come three seconds after the end.
    std::uint64_t reconnects = 0;  ///< The server closed in good order or broke the connection.
};

/// Many connections on one thread: each sends its next request as soon as it has the whole answer
/// to the last one. Everything is made before the first request; what is done between an answer
/// and the next request is one receive, one look at it and one send.
class ClosedLoop {
public:
    /// `sources`: the address that each connection comes from; empty: any. Both outlive the loop.
    ClosedLoop(const Target& target, Caller& caller, std::vector<IpAddress> sources);
    ClosedLoop(const ClosedLoop&) = delete;
    ClosedLoop& operator=(const ClosedLoop&) = delete;

    /// Makes so many connections; io_failure names what could not be reached.
    [[nodiscard]] Result<void> connect(std::size_t count);

    /// Asks for `duration`, then waits for what is under way. io_failure if the server cannot be
    /// reached any more; then nothing was measured.
    [[nodiscard]] Result<LoopFigures> run(std::chrono::nanoseconds duration);

private:
    using Time = std::chrono::steady_clock::time_point;

    struct Line {
        Descriptor socket;
        Time asked_at;
        bool asked = false;
        std::string part;  ///< The beginning of an answer that came in pieces.
    };

    [[nodiscard]] Result<void> open(std::size_t index);
    void ask(std::size_t index, Time now);
    void read(std::size_t index);
    void take(std::size_t index, std::string_view received);
    void drop(std::size_t index);
    void reopen(std::size_t index);
    void turn(std::chrono::milliseconds wait);

    const Target& target_;
    Caller& caller_;
    std::vector<IpAddress> sources_;
    Descriptor poll_;
    std::vector<Line> lines_;
    std::size_t busy_ = 0;
    Time end_;
    Time last_answer_;
    LoopFigures figures_;
    std::uint64_t losses_in_a_row_ = 0;
    std::optional<Error> unreachable_;
};

}  // namespace numproof::bench
