// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_call_queue.h"

#include <algorithm>
#include <utility>

#include "daemon/base/check.h"

namespace numproof {

RedisCall::~RedisCall() {
    if (queue_) {
        queue_->forget(*this);
    }
}

RedisCallQueue::~RedisCallQueue() {
    for (auto& entry : entries_) {
        if (entry.call) {
            entry.call->queue_ = nullptr;
        }
    }
}

void RedisCallQueue::push_sent(RedisCall& call, Terms terms) {
    push(call, {.call = &call, .deadline = terms.deadline.at(), .sent = terms.now, .unsent = {}});
}

void RedisCallQueue::push_unsent(RedisCall& call, Bytes octets, Terms terms) {
    push(
        call,
        {.call = &call,
         .deadline = terms.deadline.at(),
         .sent = std::nullopt,
         .unsent = std::move(octets)}
    );
}

void RedisCallQueue::push(RedisCall& call, Entry entry) {
    NP_CHECK(room() > 0);
    NP_CHECK(!call.queue_);
    call.queue_ = this;
    entries_.push_back(std::move(entry));
    metrics_.commands.add();
}

Bytes RedisCallQueue::take_unsent(MonoTime now) {
    const auto given_up = [](const Entry& entry) { return !entry.sent && !entry.call; };
    metrics_.ended.add(std::erase_if(entries_, given_up));
    Bytes all;
    for (auto& entry : entries_) {
        if (!entry.sent) {
            entry.sent = now;
            all += std::exchange(entry.unsent, {});
        }
    }
    return all;
}

bool RedisCallQueue::answer(RedisReply reply, MonoTime now) {
    if (entries_.empty() || !entries_.front().sent) {
        return false;
    }
    const auto entry = std::move(entries_.front());
    entries_.pop_front();
    metrics_.ended.add();
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - *entry.sent);
    metrics_.latency.observe_us(static_cast<std::uint64_t>(std::max<std::int64_t>(0, took.count()))
    );
    complete(entry.call, std::move(reply));
    return true;
}

void RedisCallQueue::expire(MonoTime now) {
    // By index: whoever is resumed may push, which moves no entry but ends iterators.
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].call && entries_[i].deadline <= now) {
            auto* const call = std::exchange(entries_[i].call, nullptr);
            const Error error{.code = ErrorCode::deadline_exceeded, .detail = "Redis"};
            count(error);
            complete(call, tl::unexpected<Error>(error));
        }
    }
}

void RedisCallQueue::fail_all(const Error& error) {
    // What is pushed meanwhile by those who are resumed is not meant.
    for (auto left = entries_.size(); left > 0; --left) {
        auto* const call = entries_.front().call;
        entries_.pop_front();
        metrics_.ended.add();
        if (call) {
            count(error);
            complete(call, tl::unexpected<Error>(error));
        }
    }
}

std::optional<MonoTime> RedisCallQueue::next_deadline() const {
    std::optional<MonoTime> earliest;
    for (const auto& entry : entries_) {
        if (entry.call && (!earliest || entry.deadline < *earliest)) {
            earliest = entry.deadline;
        }
    }
    return earliest;
}

std::optional<MonoTime> RedisCallQueue::oldest_sent() const {
    return entries_.empty() ? std::nullopt : entries_.front().sent;
}

void RedisCallQueue::refuse(RedisCall& call, Error error) {
    count(error);
    complete(&call, tl::unexpected<Error>(std::move(error)));
}

void RedisCallQueue::forget(const RedisCall& call) noexcept {
    for (auto& entry : entries_) {
        if (entry.call == &call) {
            entry.call = nullptr;
        }
    }
}

void RedisCallQueue::count(const Error& error) {
    if (error.code == ErrorCode::deadline_exceeded) {
        metrics_.deadlines_exceeded.add();
    } else if (error.code == ErrorCode::queue_full) {
        metrics_.refused_full.add();
    } else {
        metrics_.unavailable.add();
    }
}

void RedisCallQueue::complete(RedisCall* call, Result<RedisReply> reply) {
    if (call) {
        call->queue_ = nullptr;
        call->reply_.complete(std::move(reply));
    }
}

}  // namespace numproof
