// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/worker.h"

#include <utility>

#include <pthread.h>

#include "daemon/app/options_of.h"
#include "daemon/http/forwarded.h"

namespace numproof {
namespace {

constexpr Milliseconds kSummaryEvery{1000};
constexpr Milliseconds kShowEvery{50};

VerifyParts verify_parts(
    Foundation& foundation, LoopStores& stores, StandingWatch& standing, AuditTrail& audit
) {
    return {
        .codec = foundation.codec,
        .vault = foundation.vault,
        .grants = stores.grants(),
        .standing = standing,
        .audit = audit,
        .clock = foundation.clock,
        .limiter = foundation.per_client,
        .metrics = foundation.verify,
        .log = *foundation.log,
        .clients = [&foundation] { return foundation.keys.clients; },
        .per_client = foundation.settings().http.rate_per_client};
}

struct AuthOwn {
    LoopStores& stores;
    StandingWatch& standing;
    AuditTrail& audit;
    DirectoryReader& numbers;
};

AuthParts auth_parts(Foundation& foundation, const AuthOwn& own) {
    return {
        .codec = foundation.codec,
        .vault = foundation.vault,
        .numbers = own.numbers,
        .standing = own.standing,
        .grants = own.stores.grants(),
        .audit = own.audit,
        .opener = foundation.opener,
        .clock = foundation.clock,
        .metrics = foundation.auth,
        .log = *foundation.log,
        .per_subscriber = &foundation.per_subscriber,
        .clients = [&foundation] { return foundation.keys.clients; },
        .signer = [&foundation] { return foundation.keys.signer; }};
}

}  // namespace

Worker::Worker(FrontParts parts, std::vector<ListeningSocket> sockets)
    : foundation_(parts.foundation),
      directory_(foundation_, loop_),
      audit_log_(parts.spool, loop_, foundation_.clock),
      audit_(
          foundation_.crypto,
          foundation_.keys.audit,
          foundation_.clock,
          audit_log_,
          audit_origin_of(foundation_),
          spool_policy_of(foundation_.settings())
      ),
      verifier_(verify_parts(foundation_, directory_.stores, directory_.standing, audit_)),
      auth_(
          auth_parts(
              foundation_,
              {.stores = directory_.stores,
               .standing = directory_.standing,
               .audit = audit_,
               .numbers = directory_.numbers}
          ),
          auth_settings_of(foundation_.settings())
      ),
      oauth_(auth_),
      router_(public_parts()),
      server_(
          {.base = loop_.base(),
           .handler = router_,
           .clock = foundation_.clock,
           .log = *foundation_.log,
           .metrics = parts.metrics,
           .counts = parts.counts},
          http_options_of(foundation_.settings())
      ),
      sockets_(std::move(sockets)) {}

Worker::~Worker() {
    stop();
}

PublicParts Worker::public_parts() {
    return {
        .routes = foundation_.routes,
        .verifier = &verifier_,
        .oauth = &oauth_,
        .audit = audit_,
        .metrics = foundation_.http,
        .clock = foundation_.clock,
        .draining = foundation_.draining,
        .source_of = [this](const http::Request& request) { return source_of(request); }};
}

std::optional<SourceEndpoint> Worker::source_of(const http::Request& request) const {
    const auto source = http::real_source(request, foundation_.settings().http.trusted_proxies);
    return source ? std::optional{*source} : std::nullopt;
}

void Worker::start() {
    for (auto& socket : sockets_) {
        // A socket of ours that cannot be accepted on is a bug: it was bound and checked before.
        NP_CHECK(server_.serve(std::move(socket)).has_value());
    }
    sockets_.clear();
    spawn(directory_.standing.run());
    spawn(summarise_refusals());
    spawn(show_standing());
    thread_ = std::thread{[this] { loop_.run(); }};
    pthread_setname_np(thread_.native_handle(), "np-worker");
}

Task<void> Worker::summarise_refusals() {
    for (;;) {
        co_await loop_.sleep(kSummaryEvery);
        const auto deadline = Deadline::after(foundation_.clock.mono_now(), kSummaryEvery);
        co_await audit_.summarise(deadline);
    }
}

Task<void> Worker::show_standing() {
    for (;;) {
        seen_.store(directory_.standing.basis().standing);
        co_await loop_.sleep(kShowEvery);
    }
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
    directory_.stores.close();
}

}  // namespace numproof
