// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "adapters/event/event_loop.h"
#include "adapters/jose/jose_opener.h"
#include "adapters/jose/jose_signer.h"
#include "adapters/openssl/openssl_crypto.h"
#include "adapters/redis/redis_metrics.h"
#include "daemon/api/http_metrics.h"
#include "daemon/app/edition.h"
#include "daemon/auth/auth_metrics.h"
#include "daemon/config/configuration.h"
#include "daemon/domain/client.h"
#include "daemon/domain/rate_limiter.h"
#include "daemon/sessions/directory_counters.h"
#include "daemon/telemetry/log.h"
#include "daemon/vault/vault.h"
#include "daemon/verify/verify_metrics.h"

namespace numproof {

/// Keys and clients, as read from their files.
struct KeyMaterial {
    KeyRing directory;
    KeyRing audit;
    std::shared_ptr<const TokenSigner> signer;
    ClientSnapshot clients;
    Passwords passwords;
    std::shared_ptr<const RedisTls> redis_tls;  ///< nullptr: none.
    ListenerTls listeners;
    KafkaFiles kafka_files;
};

/// Reads every file that the configuration names. All mistakes at once, one a line.
[[nodiscard]] tl::expected<KeyMaterial, std::string> read_key_material(
    const Settings& settings, const Crypto& crypto
);

/// What all threads share. Everything in it is immutable or thread-safe, and outlives them; but
/// `edition` is the main thread's own. What it says of the node, its listeners and the spool's
/// folder is the same in every edition: only a restart changes it.
struct Foundation {
    Foundation(Configuration made, KeyMaterial material, Log& opened);

    SystemClock clock;
    OpensslCrypto crypto;
    JoseOpener opener;
    Log* const log;  ///< Outlives everything that is made here.
    RateLimiter per_client;
    std::shared_ptr<const Edition> edition;  ///< The one in force. Workers are handed it.

    HttpMetrics http;
    VerifyMetrics verify;
    AuthMetrics auth;
    DirectoryCounters directory;
    RedisMetrics redis;

    std::atomic<bool> draining{false};
};

}  // namespace numproof
