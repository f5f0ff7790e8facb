// SPDX-License-Identifier: Apache-2.0
#include "tools/numproof_bench/closed_loop.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/epoll.h>

namespace numproof::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPatience{3'000};  // After the end, for answers under way.
constexpr std::chrono::milliseconds kTurn{100};
// A server that accepts and hangs up every time would keep us busy for nothing.
constexpr std::uint64_t kLossesInARow = 1000;
constexpr std::size_t kEventsAtOnce = 256;
constexpr std::size_t kReceive = std::size_t{64} * 1024;

}  // namespace

ClosedLoop::ClosedLoop(const Target& target, Caller& caller, std::vector<IpAddress> sources)
    : target_(target),
      caller_(caller),
      sources_(std::move(sources)),
      poll_(epoll_create1(EPOLL_CLOEXEC)) {}

Result<void> ClosedLoop::connect(std::size_t count) {
    lines_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (auto opened = open(i); !opened) {
            return opened;
        }
    }
    return {};
}

Result<void> ClosedLoop::open(std::size_t index) {
    const auto source = sources_.empty() ? std::optional<IpAddress>{}
                                         : std::optional{sources_[index % sources_.size()]};
    auto socket = target_.connect(source);
    if (!socket) {
        return pass_on(socket);
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    if (epoll_ctl(poll_.get(), EPOLL_CTL_ADD, socket->get(), &event) != 0) {
        return fail(ErrorCode::io_failure, std::string{"epoll: "} + std::strerror(errno));
    }
    lines_[index].socket = std::move(*socket);
    return {};
}

Result<LoopFigures> ClosedLoop::run(std::chrono::nanoseconds duration) {
    const auto began = Clock::now();
    end_ = began + duration;
    last_answer_ = began;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        ask(i, Clock::now());
    }
    while (busy_ > 0 && !unreachable_ && Clock::now() < end_ + kPatience) {
        turn(kTurn);
    }
    if (unreachable_) {
        return tl::unexpected(*unreachable_);
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i].asked) {
            ++figures_.unanswered;
            caller_.lose(i);
        }
    }
    figures_.took = last_answer_ - began;
    return figures_;
}

void ClosedLoop::turn(std::chrono::milliseconds wait) {
    std::array<epoll_event, kEventsAtOnce> events;
    const int count =
        epoll_wait(poll_.get(), events.data(), events.size(), static_cast<int>(wait.count()));
    for (int i = 0; i < count; ++i) {
        read(events[static_cast<std::size_t>(i)].data.u64);
    }
}

void ClosedLoop::ask(std::size_t index, Time now) {
    if (now >= end_) {
        return;
    }
    const auto request = caller_.next(index);
    if (request.empty()) {
        return;
    }
    auto& line = lines_[index];
    line.asked = true;
    line.asked_at = now;
    ++busy_;
    ++figures_.requests;
    const auto sent = send(line.socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
    // Nothing else is under way on the connection: a request fits, or the peer has gone.
    if (sent != static_cast<ssize_t>(request.size())) {
        drop(index);
    }
}

void ClosedLoop::read(std::size_t index) {
    static thread_local std::array<char, kReceive> buffer;
    auto& line = lines_[index];
    const auto got = recv(line.socket.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0) {
        drop(index);
        return;
    }
    const std::string_view fresh{buffer.data(), static_cast<std::size_t>(got)};
    if (line.part.empty()) {
        take(index, fresh);
        return;
    }
    std::string whole = std::move(line.part);
    line.part.clear();
    whole += fresh;
    take(index, whole);
}

void ClosedLoop::take(std::size_t index, std::string_view received) {
    auto& line = lines_[index];
    Response response;
    const auto outcome = line.asked ? scan_response(received, response) : ScanOutcome::broken;
    if (outcome == ScanOutcome::partial) {
        line.part = received;
        return;
    }
    if (outcome == ScanOutcome::broken) {
        drop(index);
        return;
    }
    const auto now = Clock::now();
    line.asked = false;
    --busy_;
    last_answer_ = now;
    losses_in_a_row_ = 0;
    caller_.take(index, response, now - line.asked_at);
    if (response.closes) {
        reopen(index);
    } else {
        ask(index, now);
    }
}

// The connection is of no more use; a request on it is lost, since nobody knows what became of it.
void ClosedLoop::drop(std::size_t index) {
    auto& line = lines_[index];
    line.part.clear();
    if (line.asked) {
        line.asked = false;
        --busy_;
        ++figures_.lost;
        caller_.lose(index);
    }
    if (++losses_in_a_row_ > kLossesInARow) {
        unreachable_ = Error{
            .code = ErrorCode::io_failure,
            .detail = target_.url().authority + " closes every connection without an answer"};
        return;
    }
    reopen(index);
}

void ClosedLoop::reopen(std::size_t index) {
    lines_[index].socket = Descriptor{};
    if (Clock::now() >= end_) {
        return;
    }
    ++figures_.reconnects;
    if (auto opened = open(index); !opened) {
        unreachable_ = std::move(opened.error());
        return;
    }
    ask(index, Clock::now());
}

}  // namespace numproof::bench
