// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/worker.h"

#include <utility>

#include <pthread.h>

#include "daemon/app/options_of.h"

namespace numproof {
namespace {

constexpr Milliseconds kSummaryEvery{1000};
constexpr Milliseconds kShowEvery{50};

}  // namespace

Worker::Worker(FrontParts parts, std::vector<PublicSocket> sockets)
    : foundation_(parts.foundation),
      directories_(foundation_, loop_),
      audit_log_(parts.spool, loop_, foundation_.clock),
      service_(
          {.foundation = foundation_, .directories = directories_, .audit_log = audit_log_},
          foundation_.edition
      ),
      server_(
          {.base = loop_.base(),
           .handler = service_,
           .clock = foundation_.clock,
           .log = *foundation_.log,
           .metrics = parts.metrics,
           .counts = parts.counts},
          http_options_of(foundation_.edition->settings)
      ),
      sockets_(std::move(sockets)),
      tls_(foundation_.edition->listeners) {}

Worker::~Worker() {
    stop();
}

void Worker::start() {
    directories_.start();
    spawn(summarise_refusals());
    spawn(show_standing());
    thread_ = std::thread{[this] { loop_.run(); }};
    pthread_setname_np(thread_.native_handle(), "np-worker");
}

void Worker::accept_callers() {
    loop_.post([this] {
        for (auto& own : sockets_) {
            // A socket that cannot be accepted on is a bug: it was bound and checked before.
            NP_CHECK(server_.serve(std::move(own.socket), tls_[own.listener]).has_value());
            served_.push_back(own.listener);
        }
        sockets_.clear();
    });
}

Task<void> Worker::summarise_refusals() {
    for (;;) {
        co_await loop_.sleep(kSummaryEvery);
        co_await service_.summarise_refusals(kSummaryEvery);
    }
}

Task<void> Worker::show_standing() {
    for (;;) {
        // What it knows is fresh for a moment longer than the store can be used.
        const auto& directory = *directories_.current();
        const bool refused = directory.stores.refusal().has_value();
        seen_.store(refused ? Standing::store_unavailable : directory.standing.basis().standing);
        directories_.sweep();
        co_await loop_.sleep(kShowEvery);
    }
}

void Worker::prepare(
    std::shared_ptr<const Edition> edition, std::function<void(std::string)> done
) {
    loop_.post([this, edition = std::move(edition), done = std::move(done)] {
        spawn(directories_.prepare(edition), done);
    });
}

void Worker::drop_prepared() {
    loop_.post([this] { directories_.drop_next(); });
}

void Worker::adopt(std::shared_ptr<const Edition> edition, std::function<void()> done) {
    loop_.post([this, edition = std::move(edition), done = std::move(done)] {
        tls_ = edition->listeners;
        ListenerTls of_sockets;
        for (const auto listener : served_) {
            of_sockets.push_back(tls_[listener]);
        }
        server_.adopt(http_options_of(edition->settings), of_sockets);
        directories_.take_next();
        service_.adopt(edition);
        done();
    });
}

void Worker::begin_drain() {
    loop_.post([this] { server_.begin_drain(); });
}

void Worker::stop() {
    loop_.stop();
    if (thread_.joinable()) {
        thread_.join();
    }
    // Whoever still waits for the store is told while all that it uses is there.
    directories_.close();
}

}  // namespace numproof
