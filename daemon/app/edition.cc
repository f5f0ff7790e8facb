// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/edition.h"

#include <utility>

namespace numproof {
namespace {

// Subscribers that are limited at one time; beyond that the idle ones are forgotten.
constexpr std::size_t kLimitedSubscribersMax = 100'000;

Offer offer_of(const Settings& settings) {
    Offer offer;
    if (settings.node.api) {
        for (const auto& mount : settings.http.mounts) {
            offer.mounts.push_back(
                {.prefix = mount.prefix, .contract = mount.contract, .errors = mount.errors}
            );
        }
    }
    if (settings.node.auth) {
        offer.oauth = Offer::Oauth::present;
        offer.authorize_paths = settings.auth.authorize_paths;
        offer.token_paths = settings.auth.token_paths;
    }
    return offer;
}

std::shared_ptr<RateLimiter> limiter_of(const HttpSettings& http, const Edition* before) {
    const auto& limit = http.rate_authorize_per_subscriber;
    if (!limit) {
        return nullptr;
    }
    if (before != nullptr && before->settings.http.rate_authorize_per_subscriber == limit) {
        return before->per_subscriber;
    }
    return std::make_shared<RateLimiter>(*limit, kLimitedSubscribersMax);
}

std::shared_ptr<Vault> vault_of(
    const Crypto& crypto, const KeyRing& ring, Renewals renewals, const Edition* before
) {
    return before != nullptr && !renewals.directory ? before->vault
                                                    : std::make_shared<Vault>(crypto, ring);
}

std::shared_ptr<MemoryStore> memory_of(
    const Settings& settings, const Clock& clock, const Edition* before
) {
    if (settings.directory.backend != DirectoryBackend::memory) {
        return nullptr;
    }
    return before != nullptr && before->memory ? before->memory
                                               : std::make_shared<MemoryStore>(clock);
}

}  // namespace

Edition::Edition(
    EditionParts parts,
    Renewals made_anew,
    const Crypto& crypto,
    const Clock& clock,
    const Edition* before
)
    : settings(std::move(parts.settings)),
      effective(std::move(parts.effective)),
      config_hash(numproof::config_hash(effective, crypto)),
      clients(std::move(parts.clients)),
      signer(std::move(parts.signer)),
      directory(std::move(parts.directory)),
      audit(std::move(parts.audit)),
      listeners(std::move(parts.listeners)),
      passwords(std::move(parts.passwords)),
      redis_tls(std::move(parts.redis_tls)),
      kafka_files(parts.kafka_files),
      renewals(made_anew),
      memory(memory_of(settings, clock, before)),
      vault(vault_of(crypto, directory, renewals, before)),
      codec(*vault),
      routes(offer_of(settings)),
      per_subscriber(limiter_of(settings.http, before)) {}

}  // namespace numproof
