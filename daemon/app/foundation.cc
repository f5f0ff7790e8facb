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
    : log(&opened),
      per_client(kUnlimited, kLimitedClientsMax),
      edition(std::make_shared<const Edition>(
          EditionParts{
              .settings = std::move(made.settings),
              .effective = std::move(made.effective),
              .clients = std::move(material.clients),
              .signer = std::move(material.signer),
              .directory = std::move(material.directory),
              .audit = std::move(material.audit),
              .passwords = std::move(material.passwords),
              .redis_tls = std::move(material.redis_tls),
              .listeners = std::move(material.listeners),
              .kafka_files = material.kafka_files},
          Renewals{},
          crypto,
          clock,
          nullptr
      )) {}

}  // namespace numproof
