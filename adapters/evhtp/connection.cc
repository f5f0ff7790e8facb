// SPDX-License-Identifier: Apache-2.0
#include "adapters/evhtp/connection.h"

#include <algorithm>
#include <utility>

#include <event2/buffer.h>

#include "daemon/domain/correlator.h"

namespace numproof {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// A client that does not read its answers gets no more of them.
constexpr std::size_t kUnsentMax = 64 * 1024;

constexpr std::size_t kLingerBytesMax = 256 * 1024;
constexpr Milliseconds kLinger{2'000};

/// Who uses a connection steadily asks again within this.
constexpr Milliseconds kLastRequest{1'000};

}  // namespace

Connection::Connection(
    std::shared_ptr<Front> front, const SourceEndpoint& peer, Admission admission
)
    : front_(std::move(front)),
      peer_(peer),
      admission_(admission),
      options_(front_->options()),
      scanner_(options_->rules) {}

Connection::~Connection() {
    std::ranges::fill(octets_, '\0');
}

bool Connection::open(evhtp_connection& accepted) {
    wire_ = Wire::attach(accepted, *this);
    if (wire_ != nullptr && wire_->secure()) {
        enter(Phase::handshake, options_->timeouts.tls_handshake);
    } else {
        enter(Phase::idle, options_->timeouts.head);
    }
    return wire_ != nullptr;
}

void Connection::established() {
    if (phase_ == Phase::handshake) {
        enter(Phase::idle, options_->timeouts.head);
        if (front_->draining()) {
            drain();
        }
    }
}

void Connection::handshake_failed(HandshakeFailure failure) {
    if (phase_ == Phase::handshake) {
        front_->metrics().handshake_failed(failure);
        end();
    }
}

Wire::Owner::Intake Connection::take(evbuffer& arrived) {
    if (phase_ == Phase::handling) {
        return Intake::hold;
    }
    if (!receiving()) {
        discard(arrived);
        return Intake::hold;
    }
    if (wire_->unsent() > kUnsentMax) {
        stalled_ = true;
        return Intake::hold;
    }
    const auto size = evbuffer_get_length(&arrived);
    const auto before = octets_.size();
    octets_.resize(before + size);
    evbuffer_remove(&arrived, octets_.data() + before, size);
    return scan();
}

Wire::Owner::Intake Connection::scan() {
    using Scan = http::RequestScanner::Scan;
    switch (scanner_.scan(octets_)) {
        case Scan::complete:
            phase_ = Phase::handling;
            return Intake::release;
        case Scan::refused:
            refuse(scanner_.refusal());
            return Intake::hold;
        case Scan::expects_continue:
            wire_->send(kContinue);
            sent_ += kContinue.size();
            break;
        case Scan::need_more:
            break;
    }
    await_more();
    return Intake::hold;
}

void Connection::await_more() {
    if (peer_closed_) {
        starve();
        return;
    }
    const auto& timeouts = options_->timeouts;
    if (scanner_.in_body()) {
        if (phase_ != Phase::body) {
            enter(Phase::body, timeouts.body);
        }
    } else if (scanner_.started(octets_) && phase_ != Phase::head) {
        enter(Phase::head, timeouts.head);
    }
}

/// Nothing more will come.
void Connection::starve() {
    if (scanner_.started(octets_)) {
        refuse(http::Refusal::malformed);
    } else {
        begin_close();
    }
}

void Connection::discard(evbuffer& arrived) {
    const auto size = evbuffer_get_length(&arrived);
    evbuffer_drain(&arrived, size);
    discarded_ += size;
    if (discarded_ > kLingerBytesMax && phase_ == Phase::lingering) {
        end();
    }
}

void Connection::dispatch() {
    if (admission_ == Admission::overloaded) {
        refuse(http::Refusal::overloaded);
        return;
    }
    auto& request = scanner_.request();
    request.peer = peer_;
    front_->in_flight.fetch_add(1, std::memory_order_relaxed);
    const auto deadline = Deadline::after(front_->now(), options_->timeouts.request);
    spawn(
        front_->handler().handle(request, deadline),
        [self = shared_from_this()](const http::Response& response) { self->answer(response); }
    );
}

void Connection::answer(const http::Response& response) {
    front_->in_flight.fetch_sub(1, std::memory_order_relaxed);
    if (front_->closed()) {
        return;
    }
    if (ended()) {
        front_->metrics().abandoned();
        return;
    }
    const bool keep = scanner_.keep_alive() && !front_->draining();
    send(response, keep ? http::Persistence::keep_alive : http::Persistence::close);
    front_->metrics().answered(response.status);
    wire_->finish();
    forget_request();
    if (!keep) {
        begin_close();
        return;
    }
    enter(Phase::idle, options_->timeouts.idle);
    wire_->pump();
}

/// An idle connection must not keep its last request in memory: a token and a number. What came
/// after it moves to the front, and its old place is overwritten as well.
void Connection::forget_request() {
    const auto rest = std::copy(
        octets_.begin() + static_cast<std::ptrdiff_t>(scanner_.consumed()),
        octets_.end(),
        octets_.begin()
    );
    std::fill(rest, octets_.end(), '\0');
    octets_.erase(rest, octets_.end());
    scanner_.reset();
}

void Connection::refuse(http::Refusal refusal) {
    front_->metrics().refused(refusal);
    auto response = front_->handler().refuse(refusal, scanner_.known_path(octets_));
    const auto correlator = scanner_.known_field_of(octets_, "x-correlator");
    if (correlator && !correlator->empty() && is_good_correlator(*correlator)) {
        response.fields.emplace_back("x-correlator", *correlator);
    }
    send(response, http::Persistence::close);
    begin_close();
}

void Connection::send(const http::Response& response, http::Persistence persistence) {
    const auto octets = front_->written(
        response,
        {.method = scanner_.method(), .version = scanner_.version(), .persistence = persistence}
    );
    sent_ += octets.size();
    wire_->send(octets);
    front_->forget_written();
}

void Connection::peer_closed() {
    peer_closed_ = true;
    if (phase_ == Phase::lingering) {
        end();
    } else if (receiving() && !stalled_) {
        starve();
    }
}

void Connection::broken() {
    end();
}

void Connection::all_sent() {
    if (phase_ == Phase::closing || stalled_) {
        front_->later(shared_from_this());
    }
}

void Connection::advance() {
    if (phase_ == Phase::closing && wire_->unsent() == 0 && wire_->end_output()) {
        if (peer_closed_) {
            phase_ = Phase::ended;
        } else {
            enter(Phase::lingering, kLinger);
            wire_->pump();
        }
    }
    if (std::exchange(stalled_, false) && receiving()) {
        wire_->pump();
    }
    if (ended()) {
        wire_.reset();
    }
}

void Connection::drain() {
    if (phase_ == Phase::idle) {
        deadline_ = std::min(deadline_, front_->now() + kLastRequest);
    }
}

void Connection::abandon() {
    phase_ = Phase::ended;
    wire_.reset();
}

void Connection::check(MonoTime now) {
    if (ended()) {
        return;
    }
    if (writing_has_stopped(now)) {
        end();
        return;
    }
    if (phase_ != Phase::handling && now >= deadline_) {
        time_out();
    } else if (phase_ == Phase::closing && wire_->unsent() == 0) {
        // The client could not be told before.
        front_->later(shared_from_this());
    }
}

void Connection::time_out() {
    switch (phase_) {
        case Phase::handshake:
            handshake_failed(HandshakeFailure::timeout);
            return;
        case Phase::head:
        case Phase::body:
            refuse(http::Refusal::timeout);
            return;
        case Phase::idle:
            begin_close();
            return;
        case Phase::handling:
        case Phase::closing:
        case Phase::lingering:
        case Phase::ended:
            end();
            return;
    }
}

bool Connection::writing_has_stopped(MonoTime now) {
    const auto unsent = wire_->unsent();
    if (unsent == 0) {
        taken_mark_ = kNothingUnsent;
        return false;
    }
    const auto taken = sent_ - unsent;
    if (taken != taken_mark_) {
        taken_mark_ = taken;
        write_deadline_ = now + options_->timeouts.write;
        return false;
    }
    return now >= write_deadline_;
}

void Connection::enter(Phase phase, Milliseconds time) {
    phase_ = phase;
    deadline_ = front_->now() + time;
}

void Connection::begin_close() {
    enter(Phase::closing, options_->timeouts.write);
    if (wire_->unsent() == 0) {
        front_->later(shared_from_this());
    }
}

void Connection::end() {
    phase_ = Phase::ended;
    front_->later(shared_from_this());
}

}  // namespace numproof
