// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/public_service.h"

#include <algorithm>
#include <utility>

#include "daemon/app/options_of.h"
#include "daemon/http/forwarded.h"

namespace numproof {
namespace {

VerifyParts verify_parts(
    Foundation& foundation, LoopDirectory& directory, const Edition& edition, AuditTrail& audit
) {
    return {
        .codec = edition.codec,
        .vault = *edition.vault,
        .grants = directory.stores.grants(),
        .standing = directory.standing,
        .audit = audit,
        .clock = foundation.clock,
        .limiter = foundation.per_client,
        .metrics = foundation.verify,
        .log = *foundation.log,
        .clients = [clients = edition.clients] { return clients; },
        .per_client = edition.settings.http.rate_per_client};
}

AuthParts auth_parts(
    Foundation& foundation, LoopDirectory& directory, const Edition& edition, AuditTrail& audit
) {
    return {
        .codec = edition.codec,
        .vault = *edition.vault,
        .numbers = directory.numbers,
        .standing = directory.standing,
        .grants = directory.stores.grants(),
        .audit = audit,
        .opener = foundation.opener,
        .clock = foundation.clock,
        .metrics = foundation.auth,
        .log = *foundation.log,
        .per_subscriber = edition.per_subscriber.get(),
        .clients = [clients = edition.clients] { return clients; },
        .signer = [signer = edition.signer] { return signer; }};
}

}  // namespace

PublicService::PublicService(const ServiceParts& parts, std::shared_ptr<const Edition> edition)
    : edition_(std::move(edition)),
      directory_(parts.directories.current()),
      audit_(
          parts.foundation.crypto,
          edition_->audit,
          parts.foundation.clock,
          parts.audit_log,
          audit_origin_of(*edition_),
          spool_policy_of(edition_->settings)
      ),
      verifier_(verify_parts(parts.foundation, *directory_, *edition_, audit_)),
      auth_(
          auth_parts(parts.foundation, *directory_, *edition_, audit_),
          auth_settings_of(edition_->settings)
      ),
      oauth_(auth_),
      router_(public_parts(parts)) {}

PublicParts PublicService::public_parts(const ServiceParts& parts) {
    auto& foundation = parts.foundation;
    return {
        .routes = edition_->routes,
        .verifier = &verifier_,
        .oauth = &oauth_,
        .audit = audit_,
        .metrics = foundation.http,
        .clock = foundation.clock,
        .draining = foundation.draining,
        .source_of = [this](const http::Request& request) { return source_of(request); }};
}

std::optional<SourceEndpoint> PublicService::source_of(const http::Request& request) const {
    const auto source = http::real_source(request, edition_->settings.http.trusted_proxies);
    return source ? std::optional{*source} : std::nullopt;
}

CurrentService::CurrentService(const ServiceParts& parts, std::shared_ptr<const Edition> edition)
    : parts_(parts), now_(std::make_shared<PublicService>(parts_, std::move(edition))) {}

void CurrentService::adopt(std::shared_ptr<const Edition> edition) {
    auto next = std::make_shared<PublicService>(parts_, std::move(edition));
    former_.push_back(std::exchange(now_, std::move(next)));
}

Task<http::Response> CurrentService::handle(const http::Request& request, Deadline deadline) {
    const auto service = now_;
    co_return co_await service->router().handle(request, deadline);
}

http::Response CurrentService::refuse(http::Refusal refusal, std::string_view path) const {
    return now_->router().refuse(refusal, path);
}

bool CurrentService::draining() const noexcept {
    return now_->router().draining();
}

Task<void> CurrentService::summarise_refusals(Milliseconds within) {
    const auto& clock = parts_.foundation.clock;
    auto services = std::exchange(former_, {});
    services.push_back(now_);
    for (auto& service : services) {
        // One that still has requests may yet refuse some, or could not write what it counted: it
        // is asked again.
        const bool former = service != now_;
        const bool busy = service.use_count() > 1;
        // A reload meanwhile may have made the current one a former one, which then is there
        // already.
        const auto deadline = Deadline::after(clock.mono_now(), within);
        const bool told = co_await service->audit().summarise(deadline);
        if (former && (busy || !told) && std::ranges::find(former_, service) == former_.end()) {
            former_.push_back(service);
        }
    }
}

}  // namespace numproof
