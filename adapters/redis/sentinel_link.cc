// SPDX-License-Identifier: Apache-2.0
#include "adapters/redis/sentinel_link.h"

#include <utility>

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "adapters/redis/redis_command.h"
#include "adapters/redis/redis_error.h"
#include "adapters/redis/redis_failure.h"

namespace numproof {

SentinelLink::SentinelLink(
    RedisDialer& dialer, const RedisOptions& options, std::string address, Listener listener
)
    : dialer_(dialer), options_(options), address_(std::move(address)), listener_(listener) {}

SentinelLink::~SentinelLink() = default;

void SentinelLink::ask(MonoTime now) {
    word_ = {};
    if (asked_at_ && now - *asked_at_ < options_.connect_deadline) {
        return;
    }
    if (asked_at_) {
        hang_up();
    }
    asked_at_ = now;
    if (open_) {
        question();
    } else {
        dial();
    }
}

void SentinelLink::hang_up() {
    ++attempt_;
    buffered_.reset();
    open_ = false;
    asked_at_.reset();
}

void SentinelLink::on_readable(bufferevent*, void* self) {
    static_cast<SentinelLink*>(self)->read();
}

void SentinelLink::on_event(bufferevent* buffered, short what, void* self) {
    auto& link = *static_cast<SentinelLink*>(self);
    if ((what & BEV_EVENT_CONNECTED) != 0) {
        link.connected();
    } else {
        link.lost(failure_of(*buffered, what));
    }
}

void SentinelLink::dial() {
    const auto attempt = ++attempt_;
    reader_.emplace();
    auto dialed =
        dialer_.dial(address_, {.on_readable = on_readable, .on_event = on_event, .context = this});
    if (attempt != attempt_) {
        return;  // It failed at once, and on_event() knows already.
    }
    if (!dialed) {
        return lost(dialed.error());
    }
    buffered_ = std::move(*dialed);
}

void SentinelLink::connected() {
    tune_redis_socket(bufferevent_getfd(buffered_.get()), options_.connect_deadline);
    open_ = true;
    signing_in_ = !options_.sentinel.password.empty();
    if (signing_in_) {
        const auto& user = options_.sentinel.username;
        const auto password = options_.sentinel.password.reveal();
        const auto sign_in = user.empty() ? format_command({"AUTH", password})
                                          : format_command({"AUTH", user, password});
        bufferevent_write(buffered_.get(), sign_in.data(), sign_in.size());
    }
    question();
}

// A write that fails shows as a failure of the connection, or by the deadline of the question.
void SentinelLink::question() {
    const auto& name = options_.sentinel.master_name;
    const auto octets = format_command({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", name});
    bufferevent_write(buffered_.get(), octets.data(), octets.size());
}

void SentinelLink::read() {
    auto* const input = bufferevent_get_input(buffered_.get());
    std::string octets(evbuffer_get_length(input), '\0');
    evbuffer_remove(input, octets.data(), octets.size());
    if (auto fed = reader_->feed(octets); !fed) {
        return lost(fed.error());
    }
    const auto attempt = attempt_;
    while (attempt == attempt_) {
        auto reply = reader_->next();
        if (!reply) {
            return lost(reply.error());
        }
        if (!*reply) {
            return;
        }
        take(**reply);
    }
}

void SentinelLink::take(const RedisReply& reply) {
    if (!std::exchange(signing_in_, false)) {
        return tell(word_of_sentinel(reply));
    }
    if (reply.kind == RedisReply::Kind::error) {
        lost(
            {.code = ErrorCode::invalid_configuration,
             .detail = "a sentinel answered " + std::string{word_of(reply)} + " to AUTH"}
        );
    }
}

void SentinelLink::lost(const Error& why) {
    const bool waited = waits();
    hang_up();
    if (waited) {
        const bool refused = why.code == ErrorCode::invalid_configuration;
        using Kind = SentinelWord::Kind;
        tell(
            {.kind = refused ? Kind::refuses : Kind::silent,
             .primary = {},
             .detail = address_ + ": " + why.detail}
        );
    }
}

void SentinelLink::tell(SentinelWord word) {
    asked_at_.reset();
    word_ = std::move(word);
    listener_.told(listener_.context);
}

}  // namespace numproof
