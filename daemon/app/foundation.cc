// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/foundation.h"

#include <utility>

namespace numproof {
namespace {

// Clients that are limited at one time; beyond that the idle ones are forgotten.
constexpr std::size_t kLimitedClientsMax = 100'000;

// Each call to it says its limit.
constexpr RateLimit kUnlimited{.rate = 1e12, .burst = 1e12};

}  // namespace

Foundation::Foundation(Configuration made, KeyMaterial material, Log& opened)
    : configuration(std::move(made)),
      log(&opened),
      keys(std::move(material)),
      vault(crypto, keys.directory),
      codec(vault),
      memory(clock),
      per_client(kUnlimited, kLimitedClientsMax),
      edition(std::make_shared<const Edition>(
          EditionParts{
              .settings = configuration.settings,
              .effective = configuration.effective,
              .clients = keys.clients,
              .signer = keys.signer,
              .directory = keys.directory,
              .listeners = keys.listeners},
          crypto,
          nullptr
      )) {}

}  // namespace numproof
