// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/foundation.h"

#include <utility>

#include "daemon/config/configuration.h"

namespace numproof {
namespace {

// Subscribers and clients that are limited at one time; beyond that the idle ones are forgotten.
constexpr std::size_t kLimitedKeysMax = 100'000;

// "No limit" is a bucket that no client can empty.
constexpr RateLimit kUnlimited{.rate = 1e12, .burst = 1e12};

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

}  // namespace

Foundation::Foundation(Configuration made, KeyMaterial material, Log& opened)
    : configuration(std::move(made)),
      log(&opened),
      keys(std::move(material)),
      vault(crypto, keys.directory),
      codec(vault),
      config_hash(numproof::config_hash(configuration.effective, crypto)),
      memory(clock),
      routes(offer_of(settings())),
      per_client(settings().http.rate_per_client.value_or(kUnlimited), kLimitedKeysMax),
      per_subscriber(
          settings().http.rate_authorize_per_subscriber.value_or(kUnlimited), kLimitedKeysMax
      ) {}

}  // namespace numproof
