// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/redis_connection.h"

#include <algorithm>
#include <random>
#include <utility>

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "adapters/redis/redis_capacity.h"
#include "adapters/redis/redis_error.h"
#include "adapters/redis/redis_failure.h"
#include "daemon/base/check.h"
#include "daemon/ports/clock.h"
#include "daemon/telemetry/messages.h"

namespace numproof {
namespace {

constexpr Milliseconds kLookEvery{2000};

Error gone(std::string detail) {
    return {.code = ErrorCode::store_unavailable, .detail = std::move(detail)};
}

}  // namespace

RedisConnection::RedisConnection(RedisEnvironment environment, RedisOptions options)
    : environment_(environment),
      options_(std::move(options)),
      dialer_(environment.base, options_.tls),
      backoff_(std::random_device{}()),
      phase_timer_(environment.base, on_phase_timer, this),
      call_timer_(environment.base, on_call_timer, this),
      calls_(options_.queue_max, environment.metrics),
      outbox_(environment.base) {
    NP_CHECK(!options_.addresses.empty());
    if (options_.mode == RedisMode::sentinel) {
        const auto told = [](void* self, const Result<std::string>& primary) {
            static_cast<RedisConnection*>(self)->take_verdict(primary);
        };
        named_ = options_.sentinel.master_name;
        sentinels_.emplace(
            environment, options_, SentinelPanel::Listener{.told = told, .context = this}
        );
    }
}

RedisConnection::~RedisConnection() = default;

void RedisConnection::open() {
    NP_CHECK(phase_ == Phase::closed);
    connect();
}

void RedisConnection::close() {
    ++attempt_;
    if (phase_ == Phase::ready) {
        environment_.metrics.lost.add();
    }
    phase_ = Phase::closed;
    set_breaker(false);
    hang_up();
    if (sentinels_) {
        sentinels_->stop();
    }
    phase_timer_.cancel();
    call_timer_.cancel();
    calls_.fail_all(gone("the connection to Redis is closed"));
}

const RedisPeer* RedisConnection::server() const noexcept {
    return phase_ == Phase::ready ? &server_ : nullptr;
}

void RedisConnection::send(
    RedisCall& call, std::string_view command, Deadline deadline, std::string_view preface
) {
    const auto now = environment_.clock.mono_now();
    const auto capped = deadline.capped(now, options_.deadline);
    const bool may_wait = is_awaited() && preface.empty();
    if (capped.passed(now)) {
        return calls_.refuse(call, {.code = ErrorCode::deadline_exceeded, .detail = "Redis"});
    }
    if (phase_ != Phase::ready && !may_wait) {
        return calls_.refuse(call, unavailable());
    }
    if (calls_.room() < (preface.empty() ? 1 : 2)) {
        return calls_.refuse(call, {.code = ErrorCode::queue_full, .detail = "Redis"});
    }
    if (!preface.empty()) {
        RedisCall nobody;
        calls_.push_sent(nobody, {.deadline = capped, .now = now});
        outbox_.add(preface);
    }
    if (phase_ == Phase::ready) {
        calls_.push_sent(call, {.deadline = capped, .now = now});
        outbox_.add(command);
    } else {
        calls_.push_unsent(call, Bytes{command}, {.deadline = capped, .now = now});
    }
    watch(capped.at(), now);
}

void RedisConnection::drop(std::string_view reason) {
    if (phase_ == Phase::ready) {
        end(gone(std::string{reason}));
    }
}

bool RedisConnection::wants_look() {
    const auto now = environment_.clock.mono_now();
    if (phase_ != Phase::ready || now < next_look_) {
        return false;
    }
    next_look_ = now + kLookEvery;
    return true;
}

Result<void> RedisConnection::take_look(
    const Result<RedisReply>& memory, const Result<RedisReply>& stats
) {
    const auto now = environment_.clock.mono_now();
    if (memory && is_full(memory->text)) {
        note_refused_write("OOM", now);
    } else if (memory && environment_.metrics.writes.note_calm(now)) {
        environment_.log.write(messages::redis_writes_taken, {{"address", address()}});
    }
    auto judged = judge_keeping(memory, stats, server_.incarnation);
    if (!judged) {
        drop(judged.error().detail);
    }
    return judged;
}

void RedisConnection::note_refused_write(std::string_view word, MonoTime now) {
    auto& metrics = environment_.metrics;
    if (word.empty() || !metrics.writes.note_refusal(word, now)) {
        return;
    }
    environment_.log.write(
        messages::redis_writes_refused,
        {{"address", address()}, {"detail", metrics.writes.trouble(now).value_or("")}}
    );
}

void RedisConnection::on_readable(bufferevent*, void* self) {
    static_cast<RedisConnection*>(self)->read_replies();
}

void RedisConnection::on_event(bufferevent* buffered, short what, void* self) {
    auto& connection = *static_cast<RedisConnection*>(self);
    if ((what & BEV_EVENT_CONNECTED) != 0) {
        connection.connected();
    } else {
        connection.end(failure_of(*buffered, what));
    }
}

void RedisConnection::on_phase_timer(void* self) {
    auto& connection = *static_cast<RedisConnection*>(self);
    if (connection.phase_ == Phase::waiting) {
        connection.connect();
    } else {
        connection.end(gone("Redis did not let us in in time"));
    }
}

void RedisConnection::on_call_timer(void* self) {
    static_cast<RedisConnection*>(self)->check_calls();
}

void RedisConnection::connect() {
    if (!sentinels_) {
        return dial();
    }
    phase_ = Phase::seeking;
    sentinels_->ask();
}

void RedisConnection::take_verdict(const Result<std::string>& primary) {
    if (phase_ == Phase::seeking) {
        if (!primary) {
            return end(primary.error());
        }
        named_ = *primary;
        return dial();
    }
    const bool elsewhere = primary && *primary != named_;
    if (elsewhere && phase_ != Phase::waiting && phase_ != Phase::closed) {
        end(gone("the sentinels name another primary"));
    }
}

void RedisConnection::dial() {
    const auto attempt = ++attempt_;
    phase_ = Phase::connecting;
    reader_.emplace();
    handshake_.emplace(options_);
    phase_timer_.set(options_.connect_deadline);
    auto dialed = dialer_.dial(
        address(), {.on_readable = on_readable, .on_event = on_event, .context = this}
    );
    if (attempt != attempt_) {
        return;  // It failed at once, and on_event() knows already.
    }
    if (!dialed) {
        return end(std::move(dialed.error()));
    }
    buffered_ = std::move(*dialed);
    outbox_.open(*buffered_);
}

void RedisConnection::connected() {
    phase_ = Phase::greeting;
    tune_redis_socket(bufferevent_getfd(buffered_.get()), options_.connect_deadline);
    outbox_.add(handshake_->greeting());
}

void RedisConnection::read_replies() {
    const auto attempt = attempt_;
    if (!feed_reader()) {
        return;
    }
    const auto now = environment_.clock.mono_now();
    while (attempt == attempt_) {
        auto reply = reader_->next();
        if (!reply) {
            return end(gone(reply.error().detail));
        }
        if (!*reply) {
            return;
        }
        take_reply(std::move(**reply), now);
    }
}

bool RedisConnection::feed_reader() {
    auto* const input = bufferevent_get_input(buffered_.get());
    while (const auto size = evbuffer_get_contiguous_space(input)) {
        const auto* const octets =
            reinterpret_cast<const char*>(evbuffer_pullup(input, static_cast<ev_ssize_t>(size)));
        const auto fed = reader_->feed({octets, size});
        if (!fed) {
            end(gone(fed.error().detail));
            return false;
        }
        evbuffer_drain(input, size);
    }
    return true;
}

void RedisConnection::take_reply(RedisReply reply, MonoTime now) {
    if (phase_ == Phase::greeting) {
        return take_greeting(reply);
    }
    const auto attempt = attempt_;
    const bool last = ends_connection(reply);
    const std::string word{reply.kind == RedisReply::Kind::error ? word_of(reply) : ""};
    note_refused_write(word, now);
    const bool expected = calls_.answer(std::move(reply), now);
    if (attempt != attempt_) {
        return;
    }
    if (!expected) {
        end(gone("Redis said something unasked"));
    } else if (last) {
        end(gone("Redis answered " + word));
    }
}

void RedisConnection::take_greeting(const RedisReply& reply) {
    auto server = handshake_->take(reply);
    if (!server) {
        return end(std::move(server.error()));
    }
    if (*server) {
        become_ready(std::move(**server));
    }
}

void RedisConnection::become_ready(RedisPeer server) {
    // Before anybody can send: who is told now may send at once, and has to queue behind the rest.
    calls_.expire(environment_.clock.mono_now());
    phase_ = Phase::ready;
    server_ = std::move(server);
    next_look_ = environment_.clock.mono_now() + kLookEvery;
    phase_timer_.cancel();
    backoff_.reset();
    refusal_.reset();
    last_failure_.clear();
    environment_.metrics.connected.add();
    set_breaker(false);
    environment_.log.write(
        messages::redis_connected, {{"address", address()}, {"incarnation", server_.incarnation}}
    );
    outbox_.add(calls_.take_unsent(environment_.clock.mono_now()));
    first_attempt_ = false;
}

void RedisConnection::hang_up() {
    outbox_.close();
    buffered_.reset();
}

void RedisConnection::end(Error why) {
    ++attempt_;
    const bool was_ready = std::exchange(phase_, Phase::waiting) == Phase::ready;
    hang_up();
    phase_timer_.set(backoff_.next());
    first_attempt_ = was_ready;
    set_breaker(!was_ready);
    if (was_ready) {
        environment_.metrics.lost.add();
        environment_.log.write(
            messages::redis_lost, {{"address", address()}, {"detail", why.detail}}
        );
    } else {
        note_failed_attempt(why);
        next_address_ = (next_address_ + 1) % options_.addresses.size();
    }
    calls_.fail_all(gone(why.detail));
}

void RedisConnection::note_failed_attempt(const Error& why) {
    const bool refused = why.code == ErrorCode::invalid_configuration;
    refusal_ = refused ? std::optional{why} : std::nullopt;
    if (std::exchange(last_failure_, why.detail) == why.detail) {
        return;
    }
    environment_.log.write(
        refused ? messages::redis_refused : messages::redis_unreachable,
        {{"address", address()}, {"detail", why.detail}}
    );
}

void RedisConnection::set_breaker(bool open) {
    if (std::exchange(breaker_open_, open) != open) {
        auto& metrics = environment_.metrics;
        (open ? metrics.breakers_opened : metrics.breakers_closed).add();
    }
}

void RedisConnection::watch(MonoTime until, MonoTime now) {
    if (!watched_until_ || until < *watched_until_) {
        watched_until_ = until;
        call_timer_.set(std::max(MonoTime::duration::zero(), until - now));
    }
}

void RedisConnection::check_calls() {
    watched_until_.reset();
    calls_.expire(environment_.clock.mono_now());
    const auto now = environment_.clock.mono_now();
    const auto oldest = calls_.oldest_sent();
    const auto stalled_at = oldest ? std::optional{*oldest + 2 * options_.deadline} : std::nullopt;
    if (stalled_at && *stalled_at <= now) {
        return end(gone("Redis does not answer"));
    }
    if (stalled_at) {
        watch(*stalled_at, now);
    }
    if (const auto next = calls_.next_deadline()) {
        watch(*next, now);
    }
}

Error RedisConnection::unavailable() const {
    if (phase_ == Phase::closed) {
        return gone("the connection to Redis is closed");
    }
    return gone(last_failure_.empty() ? "no connection to Redis" : last_failure_);
}

}  // namespace numproof
